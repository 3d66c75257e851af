import { ATTEMPTS_AT_ONCE } from '../../../src/main/servers/supervisor.ts';
import type { ClientName, ConnectAllResult } from '../clients/messages.ts';
import { kilobytes, lineThrough, median, megabytes, milliseconds, times } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import { type BenchOptions, inFolder, inRounds, withClient } from '../rounds.ts';
import { QuickServers } from '../servers/quick-servers.ts';

const HEAP_LIMIT = 400_000;
const TIME_LIMIT = 1.3;
/** A line explains this much of the growth, or it is none. */
const LINEAR = 0.98;
/** Each of these is a process of its own: more would need more memory than the machine has. */
const MOST_PROCESSES = 10;
const ROUNDS = 3;

type Outcome = ConnectAllResult & { readonly requests: number };
type Outcomes = ReadonlyMap<number, ReadonlyMap<ClientName, readonly Outcome[]>>;

/** From the start of the client until all its servers are connected. */
export async function measureStartUp(options: BenchOptions): Promise<Section> {
  const many = await QuickServers.start(Math.max(...options.servers), options.era, options.delayMs);
  const outcomes = new Map<number, ReadonlyMap<ClientName, readonly Outcome[]>>();
  try {
    for (const count of options.servers) {
      const servers = many.known(count);
      const clients = options.clients.filter((name) => name !== 'mcp-remote' || count <= MOST_PROCESSES);
      const once = (name: ClientName) =>
        inFolder(async (folder): Promise<Outcome> => {
          await withClient(name, folder, (client) => client.ask({ kind: 'fill', servers }));
          return withClient(name, folder, async (client) => {
            const [first] = servers;
            if (first) await client.ask({ kind: 'warm-up', server: first });
            many.log.reset();
            const result = await client.ask({ kind: 'connect-all', servers });
            return { ...result, requests: many.log.count() };
          });
        });
      const rounds = Math.min(ROUNDS, options.rounds);
      outcomes.set(count, await inRounds({ ...options, clients, rounds }, `${count} servers`, once));
    }
  } finally {
    await many.close();
  }
  return {
    title: 'Starting with many servers',
    how:
      `Each server has its own origin, account and token, speaks the ${options.era} era and does next to nothing; every ` +
      `answer comes ${options.delayMs} ms late. Gatehouse and the ` +
      `SDK’s client connect ${ATTEMPTS_AT_ONCE} at a time. mcp-remote is a process for each server, so it is asked for ` +
      `${MOST_PROCESSES} at most, and its memory is that of its processes.`,
    rows: [...[...outcomes].flatMap(([count, all]) => rowsOf(count, all)), ...growth(outcomes)],
  };
}

function rowsOf(count: number, all: ReadonlyMap<ClientName, readonly Outcome[]>): Row[] {
  const row = (what: string, pick: (outcome: Outcome) => number, show: (value: number) => string): Row => ({
    what: `${count} server${count === 1 ? '' : 's'}: ${what}`,
    cells: Object.fromEntries(
      [...all].flatMap(([name, rounds]) => {
        const value = median(rounds.map(pick));
        return value === 0 ? [] : [[name, show(value)]];
      }),
    ),
    figures: Object.fromEntries([...all].map(([name, rounds]) => [name, rounds.map(pick)])),
  });
  return [
    row('until all are connected', ({ ms }) => ms, milliseconds),
    row('work of the process', ({ cpuMs }) => cpuMs, milliseconds),
    row('requests', ({ requests }) => requests, String),
    row('peak heap', ({ heapPeak }) => heapPeak, megabytes),
    row('memory of the process(es)', ({ rss }) => rss, megabytes),
    row('open sockets', ({ sockets }) => sockets, String),
  ];
}

/** How each figure grows with the number of servers, and what the targets say of that. */
function growth(outcomes: Outcomes): Row[] {
  const counts = [...outcomes.keys()];
  const most = Math.max(...counts);
  const value = (count: number, name: ClientName, pick: (outcome: Outcome) => number) =>
    median((outcomes.get(count)?.get(name) ?? []).map(pick));
  const line = (name: ClientName, pick: (outcome: Outcome) => number) =>
    lineThrough(counts.map((count) => [count, value(count, name, pick)]));
  const heap = ({ heapAfter, heapBefore }: Outcome) => heapAfter - heapBefore;
  const time = ({ ms }: Outcome) => ms;
  const both = ['gatehouse', 'sdk'] as const;
  const lines = (pick: (outcome: Outcome) => number) =>
    Object.fromEntries(both.map((name) => [name, line(name, pick)])) as Record<
      (typeof both)[number],
      ReturnType<typeof lineThrough>
    >;
  const heaps = lines(heap);
  const msLines = lines(time);
  const requestLines = lines(({ requests }) => requests);
  const one = value(Math.min(...counts), 'gatehouse', time);
  const ideal = Math.ceil(most / ATTEMPTS_AT_ONCE) * one;
  const ratio = value(most, 'gatehouse', time) / ideal;
  const cells = (show: (name: (typeof both)[number]) => string) =>
    Object.fromEntries(both.map((name) => [name, show(name)]));
  return [
    {
      what: `${most} servers beside the ideal, ${ATTEMPTS_AT_ONCE} at a time`,
      cells: { gatehouse: `${milliseconds(ideal)} ideal` },
      target: { text: `≤ ${TIME_LIMIT} × the ideal: ${times(ratio)}`, met: ratio <= TIME_LIMIT },
      figures: { ideal, ratio },
    },
    {
      what: 'time for one more server (R² of the line)',
      cells: cells((name) => `${milliseconds(msLines[name].slope)} (${msLines[name].fit.toFixed(3)})`),
      target: { text: `linear: R² ≥ ${LINEAR}`, met: msLines.gatehouse.fit >= LINEAR },
      figures: msLines,
    },
    {
      what: 'requests for one more server (R²)',
      cells: cells((name) => `${requestLines[name].slope.toFixed(2)} (${requestLines[name].fit.toFixed(3)})`),
      figures: requestLines,
    },
    {
      what: 'heap per connected server (R²)',
      cells: cells((name) => `${kilobytes(heaps[name].slope)} (${heaps[name].fit.toFixed(3)})`),
      target: {
        text: `≤ ${kilobytes(HEAP_LIMIT)}, linear`,
        met: heaps.gatehouse.slope <= HEAP_LIMIT && heaps.gatehouse.fit >= LINEAR,
      },
      figures: heaps,
    },
  ];
}
