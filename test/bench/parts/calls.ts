import { ClientProcess } from '../clients/client-process.ts';
import type { CallsResult, ClientName } from '../clients/messages.ts';
import { median, medianRatio, milliseconds, quantile, times } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import { type BenchOptions, inFolder, inRounds } from '../rounds.ts';
import { QuickServers } from '../servers/quick-servers.ts';

const CALLS = 2_000;
const PARALLEL = 64;
const LATENCY_LIMIT = 1.1;
const THROUGHPUT_LIMIT = 0.9;

type Outcomes = ReadonlyMap<ClientName, readonly CallsResult[]>;

/** What a call costs beyond the bare transport. */
export async function measureCalls(options: BenchOptions): Promise<Section> {
  const servers = await QuickServers.start(1, options.era, 0);
  const [known] = servers.known(1);
  if (!known) throw new Error('no server');
  const { url, token } = known;
  const processes = new Map<ClientName, ClientProcess>();
  // The rounds of one process: what is compiled once stays compiled, in all of them.
  const count = Math.ceil(CALLS / options.rounds);
  const inAll = (what: string, parallel: number, calls = count, rounds = options.rounds) =>
    inRounds({ ...options, rounds }, what, async (name) => {
      const client = processes.get(name);
      if (!client) throw new Error(`${name} is not there`);
      return client.ask({ kind: 'calls', count: calls, parallel, url, token });
    });
  try {
    return await inFolder(async (folder) => {
      for (const name of options.clients) {
        const client = await ClientProcess.start(name, folder);
        processes.set(name, client);
        await client.ask({ kind: 'fill', servers: [{ url, token }] });
      }
      await inAll('calls, warming up', 1, 300, 1);
      const sequential = await inAll('calls, one after another', 1);
      await inAll('calls, warming up', PARALLEL, 600, 1);
      const parallel = await inAll(`calls, ${PARALLEL} at a time`, PARALLEL);
      return {
        title: 'What a call costs',
        how:
          `${CALLS} calls of echo one after another, then ${CALLS} of them ${PARALLEL} at a time, in ${options.rounds} ` +
          `rounds that take turns. The server, of the ${options.era} era, answers at once and does next to nothing; the SDK’s client has no OAuth ` +
          'here, only the token as a fixed header.',
        rows: [...rowsOf('one after another', sequential), ...rowsOf(`${PARALLEL} at a time`, parallel)],
      };
    });
  } finally {
    await Promise.all([...processes.values()].map((client) => client.kill()));
    await servers.close();
  }
}

function rowsOf(what: string, outcomes: Outcomes): Row[] {
  const figures = new Map(
    [...outcomes].map(([name, rounds]) => {
      const latencies = rounds.flatMap((round) => round.latencies);
      return [
        name,
        {
          p50: quantile(latencies, 0.5),
          p99: quantile(latencies, 0.99),
          p50s: rounds.map((round) => median(round.latencies)),
          perSecond: rounds.map((round) => (round.latencies.length / round.totalMs) * 1000),
        },
      ];
    }),
  );
  const [ours, bare, proxy] = [figures.get('gatehouse'), figures.get('sdk'), figures.get('mcp-remote')];
  const latency = medianRatio(ours?.p50s ?? [], bare?.p50s ?? []);
  const throughput = medianRatio(ours?.perSecond ?? [], bare?.perSecond ?? []);
  const beatsProxy =
    !proxy || ((ours?.p50 ?? 0) <= proxy.p50 && median(ours?.perSecond ?? []) >= median(proxy.perSecond));
  const proxied = proxy ? `; mcp-remote ${beatsProxy ? 'is slower' : 'is quicker'}` : '';
  const cells = (show: (of: NonNullable<typeof ours>) => string) =>
    Object.fromEntries([...figures].map(([name, of]) => [name, show(of)]));
  return [
    {
      what: `${what}: p50`,
      cells: cells(({ p50 }) => milliseconds(p50)),
      target: {
        text: `≤ ${LATENCY_LIMIT} × the SDK’s: ${times(latency)}${proxied}`,
        met: latency <= LATENCY_LIMIT && beatsProxy,
      },
      figures: Object.fromEntries(figures),
    },
    { what: `${what}: p99`, cells: cells(({ p99 }) => milliseconds(p99)), figures: null },
    {
      what: `${what}: calls a second`,
      cells: cells(({ perSecond }) => `${Math.round(median(perSecond))}`),
      target: {
        text: `≥ ${THROUGHPUT_LIMIT} × the SDK’s: ${times(throughput)}${proxied}`,
        met: throughput >= THROUGHPUT_LIMIT && beatsProxy,
      },
      figures: null,
    },
  ];
}
