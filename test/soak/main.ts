/**
 * Uses a hundred accounts at fifty servers in real time while everything around them breaks, and looks what is
 * left and what grew: `node test/soak/main.ts [--minutes 20] [--seed <number>] [--servers 50] [--accounts 100]
 * [--verbose]`. Exits 1 when an account was lost without a reason, or a figure grew.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSoak, type SoakReport } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    servers: { type: 'string', default: '50' },
    accounts: { type: 'string', default: '100' },
    verbose: { type: 'boolean', default: false },
  },
});
const [minutes, seed, servers, accounts] = [values.minutes, values.seed, values.servers, values.accounts].map(
  Number,
);
if (!minutes || !Number.isSafeInteger(seed) || !servers || !accounts || accounts > 2 * servers) {
  console.error(
    'soak: --minutes, --seed, --servers and --accounts take numbers, at most two accounts per server',
  );
  process.exit(64);
}

console.log(`soak: ${minutes} minutes, ${servers} servers, ${accounts} accounts, --seed ${seed}`);
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-soak-'));
const unforeseen: string[] = [];
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    unforeseen.push(`${event}: ${error instanceof Error ? error.stack : String(error)}`);
  });
}
const startedAt = Date.now();
const progress = (line: string) => {
  if (values.verbose) console.log(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`);
};
const report = await runSoak({
  minutes,
  seed: seed ?? 0,
  servers,
  accounts,
  folder: join(folder, 'user-data'),
  progress,
}).catch((error: unknown) => {
  unforeseen.push(`the soak broke off: ${error instanceof Error ? error.stack : String(error)}`);
  return null;
});
if (report) console.log(tell(report));
const violations = [...unforeseen, ...(report?.violations ?? [])];
if (violations.length > 0) {
  console.log(`${violations.map((one) => `  ${one}`).join('\n')}\nwhat was left is in ${folder}`);
} else await rm(folder, { recursive: true, force: true });
// Idle keep-alive sockets would hold the process for seconds.
process.exit(violations.length > 0 ? 1 : 0);

function tell({ requests, deeds, renewals, faults, ended, working, honest, verdicts }: SoakReport): string {
  const lines = (counts: ReadonlyMap<string, number>) =>
    [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `  ${name.padEnd(44)} ${count}`);
  const figure = (value: number | null) => (value === null ? 'unknown' : value.toFixed(1));
  return [
    `requests ${requests}, deeds ${deeds.calls}, renewals ${renewals}, sign-ins during faults ${deeds.signIns}`,
    'faults',
    ...lines(faults),
    'problems told',
    ...lines(deeds.problems),
    `grants ended, each explained by a fault: ${ended}`,
    'accounts at the end',
    `  ${'working'.padEnd(44)} ${working}`,
    ...lines(honest),
    'second half, medians of its first and last third',
    ...verdicts.map(
      ({ bound, from, to, isFlat }) =>
        `  ${bound.figure.padEnd(12)} ${figure(from).padStart(8)} → ${figure(to).padStart(8)}   bound +${bound.most} ${isFlat ? '' : ' EXCEEDED'}`,
    ),
  ].join('\n');
}
