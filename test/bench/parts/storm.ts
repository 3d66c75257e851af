import type { ClientName } from '../clients/messages.ts';
import { median } from '../figures.ts';
import type { Row, Section } from '../report.ts';
import { type BenchOptions, inFolder, inRounds, withClient } from '../rounds.ts';
import { farSandbox } from '../servers/far-sandbox.ts';

const CALLS = 100;
/** A storm is the same every time; what happens by chance shows in a few. */
const ROUNDS = 3;

interface Outcome {
  readonly refreshes: number;
  readonly succeeded: number;
  readonly windows: number;
}

/** 100 calls in the moment the server no longer takes the token, at an issuer that takes a refresh token once. */
export async function measureStorm(options: BenchOptions): Promise<Section> {
  const sandbox = await farSandbox(options.delayMs);
  const once = (name: ClientName): Promise<Outcome> =>
    inFolder((folder) =>
      withClient(name, folder, async (client) => {
        await client.ask({ kind: 'sign-in', url: sandbox.mcpUrl });
        sandbox.server.expireTokens();
        sandbox.reset();
        const { succeeded, windows } = await client.ask({ kind: 'storm', calls: CALLS });
        const refreshes = sandbox.count({ host: 'issuer', path: '/token', grantType: 'refresh_token' });
        return { refreshes, succeeded, windows };
      }),
    );
  try {
    const rounds = Math.min(ROUNDS, options.rounds);
    const outcomes = await inRounds({ ...options, rounds }, 'refresh storm', once);
    const row = (what: string, pick: (outcome: Outcome) => number, wanted: number): Row => ({
      what,
      cells: Object.fromEntries([...outcomes].map(([name, all]) => [name, `${median(all.map(pick))}`])),
      target: {
        text: `${wanted}`,
        met: (outcomes.get('gatehouse') ?? []).every((outcome) => pick(outcome) === wanted),
      },
      figures: Object.fromEntries([...outcomes].map(([name, all]) => [name, all.map(pick)])),
    });
    return {
      title: `${CALLS} calls at once when the token ends`,
      how:
        'The issuer rotates refresh tokens and ends the grant when a spent one comes back. Where a browser is asked for, ' +
        'it consents by itself for mcp-remote, which waits for it; the SDK’s client fails the call instead.',
      rows: [
        row('token requests', ({ refreshes }) => refreshes, 1),
        row('calls that succeeded', ({ succeeded }) => succeeded, CALLS),
        row('browser windows', ({ windows }) => windows, 0),
      ],
    };
  } finally {
    await sandbox.close();
  }
}
