import { ClientProcess } from '../clients/client-process.ts';
import { median, milliseconds, spread, times } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import { type BenchOptions, inFolder, withClient } from '../rounds.ts';
import { farSandbox } from '../servers/far-sandbox.ts';

const ACCOUNTS = [10, 100, 1_000] as const;
const SAVES_A_ROUND = 10;
const TIME_LIMIT = 1.5;
/** Names and numbers in a file may be longer by so many bytes. */
const ALIKE_BYTES = 64;

interface Outcome {
  readonly openMs: number;
  readonly saveMs: readonly number[];
  /** Files a renewal replaced, with their sizes in bytes. */
  readonly written: Readonly<Record<string, number>>;
}

/** What it costs to keep accounts, with few and with many of them. */
export async function measureVault(options: BenchOptions): Promise<Section> {
  const sandbox = await farSandbox(0);
  try {
    const outcomes = await withProfiles(sandbox.mcpUrl, options, ACCOUNTS);
    return {
      title: 'Keeping accounts',
      how:
        `A save stores an account and its tokens, each flushed to disk; ${options.rounds * SAVES_A_ROUND} of them, the ` +
        'numbers of accounts taking turns. A renewal is a real one; its bytes are the sizes of the files it replaced, ' +
        'tokens, account, history and trace, counted by looking at every file of the profile.',
      rows: [
        ...[...outcomes].flatMap(([accounts, outcome]) => rowsOf(accounts, outcome)),
        ...targets(outcomes),
      ],
    };
  } finally {
    await sandbox.close();
  }
}

/** Makes a profile for each number of accounts, and measures in all of them in turns. */
async function withProfiles(
  url: string,
  options: BenchOptions,
  [count, ...more]: readonly number[],
  profiles: ReadonlyMap<number, string> = new Map(),
): Promise<Map<number, Outcome>> {
  if (count === undefined) return measureAll(profiles, options);
  return inFolder(async (folder) => {
    options.note(`vault: ${count} accounts`);
    await withClient('gatehouse', folder, async (client) => {
      await client.ask({ kind: 'sign-in', url });
      await client.ask({ kind: 'multiply', accounts: count });
    });
    return withProfiles(url, options, more, new Map([...profiles, [count, folder]]));
  });
}

async function measureAll(
  profiles: ReadonlyMap<number, string>,
  { rounds, note }: BenchOptions,
): Promise<Map<number, Outcome>> {
  const processes = new Map<number, ClientProcess>();
  const opened = new Map<number, number>();
  const saved = new Map<number, number[]>();
  try {
    for (const [count, folder] of profiles) {
      const client = await ClientProcess.start('gatehouse', folder);
      processes.set(count, client);
      opened.set(count, (await client.ask({ kind: 'open' })).ms);
      await client.ask({ kind: 'saves', count: SAVES_A_ROUND });
    }
    for (let round = 0; round < rounds; round += 1) {
      note(`vault: round ${round + 1} of ${rounds}`);
      for (const [count, client] of processes) {
        const { latencies } = await client.ask({ kind: 'saves', count: SAVES_A_ROUND });
        saved.set(count, [...(saved.get(count) ?? []), ...latencies]);
      }
    }
    const outcomes = new Map<number, Outcome>();
    for (const [count, client] of processes) {
      const { written } = await client.ask({ kind: 'renew' });
      outcomes.set(count, { openMs: opened.get(count) ?? 0, saveMs: saved.get(count) ?? [], written });
    }
    return outcomes;
  } finally {
    await Promise.all([...processes.values()].map((client) => client.kill()));
  }
}

const bytesOf = ({ written }: Outcome): number => Object.values(written).reduce((sum, size) => sum + size, 0);

function rowsOf(accounts: number, outcome: Outcome): Row[] {
  const { openMs, saveMs, written } = outcome;
  const row = (what: string, shown: string, figures: unknown): Row => ({
    what: `${accounts.toLocaleString('en')} accounts: ${what}`,
    cells: { gatehouse: shown },
    figures,
  });
  const files = Object.keys(written).length;
  return [
    row('open', milliseconds(openMs), openMs),
    row('one save', spread(saveMs), saveMs),
    row('written by a renewal', `${bytesOf(outcome).toLocaleString('en')} bytes, ${files} files`, written),
  ];
}

function targets(outcomes: ReadonlyMap<number, Outcome>): Row[] {
  const [few, many] = [outcomes.get(ACCOUNTS[0]), outcomes.get(ACCOUNTS[2])];
  if (!few || !many) return [];
  const ratio = median(many.saveMs) / median(few.saveMs);
  const more = bytesOf(many) - bytesOf(few);
  return [
    {
      what: `a save with ${ACCOUNTS[2]} accounts beside one with ${ACCOUNTS[0]}`,
      cells: { gatehouse: times(ratio) },
      target: { text: `≤ ${TIME_LIMIT} ×`, met: ratio <= TIME_LIMIT },
      figures: ratio,
    },
    {
      what: `bytes a renewal writes more with ${ACCOUNTS[2]} accounts`,
      cells: { gatehouse: `${more}` },
      target: { text: `none but in longer numbers`, met: Math.abs(more) <= ALIKE_BYTES },
      figures: more,
    },
  ];
}
