import { setTimeout as pause } from 'node:timers/promises';
import type { ClientName } from '../clients/messages.ts';
import { median, medianRatio, spread, times } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import { type BenchOptions, inFolder, inRounds, withClient } from '../rounds.ts';
import { farSandbox, requestsOf } from '../servers/far-sandbox.ts';

/** Life of the tokens that are to have run out when the client starts again, in seconds. */
const SHORT_LIFE_S = 2;
const HOUR_S = 3_600;

const scenes = ['cold', 'second', 'restart', 'expired'] as const;
type Scene = (typeof scenes)[number];
type Outcome = Record<Scene, { readonly ms: number; readonly requests: readonly string[] }>;

const titles: Record<Scene, string> = {
  cold: 'sign-in from nothing to first tool result',
  second: 'second account at the same server',
  restart: 'restart with a stored account',
  expired: 'restart after the token ran out',
};

/** Signing in and starting again, with an issuer and a server some way off. */
export async function measureSignIns(options: BenchOptions): Promise<Section> {
  const sandbox = await farSandbox(options.delayMs);
  const { mcpUrl: url } = sandbox;
  const once = (name: ClientName): Promise<Outcome> =>
    inFolder(async (folder) => {
      const counted = async (work: () => Promise<{ ms: number }>) => {
        sandbox.reset();
        const { ms } = await work();
        return { ms, requests: requestsOf(sandbox) };
      };
      const { cold, second } = await withClient(name, folder, async (client) => ({
        cold: await counted(() => client.ask({ kind: 'sign-in', url })),
        second: await counted(() => client.ask({ kind: 'second-account', url })),
      }));
      /** Starts again on one account whose token lives so long. */
      const restarted = (lifeS: number) =>
        inFolder(async (another) => {
          sandbox.issuer.setAccessTokenTtl(lifeS);
          await withClient(name, another, (client) => client.ask({ kind: 'sign-in', url }));
          sandbox.issuer.setAccessTokenTtl(HOUR_S);
          if (lifeS < HOUR_S) await pause(lifeS * 1000);
          return withClient(name, another, (client) => counted(() => client.ask({ kind: 'resume', url })));
        });
      const restart = await restarted(HOUR_S);
      const expired = await restarted(SHORT_LIFE_S);
      return { cold, second, restart, expired };
    });
  try {
    // The server asks the issuer for its keys once, which is no request of a client.
    await inFolder((folder) => withClient('sdk', folder, (client) => client.ask({ kind: 'sign-in', url })));
    const outcomes = await inRounds(options, 'sign-in', once);
    return {
      title: 'Signing in and starting again',
      how:
        `Every answer of issuer and server comes ${options.delayMs} ms late. Requests are counted by the servers, the ` +
        'browser’s aside. mcp-remote’s times contain the start of its process, which is how it is used.',
      rows: scenes.flatMap((scene) => rowsOf(scene, outcomes)),
    };
  } finally {
    await sandbox.close();
  }
}

function rowsOf(scene: Scene, outcomes: ReadonlyMap<ClientName, readonly Outcome[]>): Row[] {
  const of = <T>(pick: (outcome: Outcome[Scene]) => T) =>
    new Map([...outcomes].map(([name, rounds]) => [name, rounds.map((round) => pick(round[scene]))]));
  const requests = of(({ requests }) => requests.length);
  const ms = of(({ ms }) => ms);
  const [ours = [], theirs = []] = [ms.get('gatehouse'), ms.get('sdk')];
  const [count = 0, theirCount = 0] = [requests.get('gatehouse'), requests.get('sdk')].map((one) =>
    Math.max(...(one ?? [])),
  );
  const ratio = medianRatio(ours, theirs);
  const bounded = scene === 'cold' || scene === 'restart';
  return [
    {
      what: `${titles[scene]}: requests`,
      cells: Object.fromEntries([...requests].map(([name, all]) => [name, `${median(all)}`])),
      ...(bounded && { target: { text: 'no more than the SDK’s', met: count <= theirCount } }),
      figures: Object.fromEntries(of(({ requests }) => requests)),
    },
    {
      what: `${titles[scene]}: time`,
      cells: Object.fromEntries([...ms].map(([name, all]) => [name, spread(all)])),
      ...(scene === 'cold'
        ? { target: { text: `≤ 1.0 × the SDK’s: ${times(ratio)}`, met: ratio <= 1 } }
        : { target: { text: `beside the SDK’s: ${times(ratio)}`, met: true } }),
      figures: Object.fromEntries(ms),
    },
  ];
}
