/**
 * Kills the core with SIGKILL again and again and looks what is left: `node test/crash/main.ts
 * [--rounds 200] [--seed <number>] [--verbose]`. Exits 1 when anything was lost that could have been kept.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CampaignReport, runCampaign } from './campaign.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const seed = Number(options.seed);
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error('crash test: --rounds and --seed take whole numbers');
  process.exit(64);
}

console.log(`crash test: ${rounds} rounds, --seed ${seed}`);
const startedAt = Date.now();
const folder = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
let last = '';
const report = await runCampaign({
  rounds,
  seed,
  folder,
  progress: (round, plan) => {
    last = `round ${round}: ${plan}`;
    if (options.verbose) console.log(last);
  },
});
console.log(`${tell(report)}\n${Math.round((Date.now() - startedAt) / 1000)} s`);
const failed = report.violations.length > 0;
if (failed) {
  console.log(
    `${last}\n${report.violations.map((one) => `  ${one}`).join('\n')}\nwhat was left is in ${folder}`,
  );
} else await rm(folder, { recursive: true, force: true });
// Idle keep-alive sockets would hold the process for seconds.
process.exit(failed ? 1 : 0);

function tell({ killed, accounts, signIns, observed, leftovers }: CampaignReport): string {
  return `killed: ${killed.time} at a time, ${killed.request} around a request, ${killed.file} at a change on disk
accounts found after a kill
  as before                                      ${accounts.asBefore}
  as after a renewal                             ${accounts.asAfterRenewal}
  as after a sign-in                             ${accounts.asAfterSignIn}
  renewed at the issuer, not yet on disk, ended  ${accounts.renewalLost}
sign-ins
  ended                                          ${signIns.finished}
  killed and gone on after the restart           ${signIns.resumed}
  killed, nothing left                           ${signIns.absent}
  killed between tokens and account              ${signIns.storedBeforeAccount}
refresh requests                                 ${observed.refreshRequests}
  with a spent token                             ${observed.spentSent}
  … though a newer one was stored                ${observed.spentSentThoughNewerStored}
tokens used before they were stored              ${observed.usedBeforeStored}
temporary files left at the end                  ${leftovers}`;
}
