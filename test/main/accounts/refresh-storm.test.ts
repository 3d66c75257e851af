import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { AttemptLimit } from '../../../src/main/servers/attempt-limit.ts';
import { followRedirects } from '../../drive/follow-browser.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';

const ACCOUNTS = 20;
const CALLS = 100;
const REQUESTS_AT_ONCE = 100;
const HOUR_MS = 3_600_000;

/** What came of a storm. */
interface Outcome {
  /** Token requests the issuer counted. */
  readonly refreshes: number;
  readonly succeeded: number;
  /** Browser windows asked for. */
  readonly windows: number;
  /** Accounts whose next call succeeds. */
  readonly alive: number;
}

/** Accounts under test, whoever keeps their tokens. */
interface Subject {
  /** Calls `echo`; whether the text came back. */
  readonly echo: (account: number, text: string) => Promise<boolean>;
  readonly windows: () => number;
}

/** Runs all calls of all accounts at once, and counts what came of it. */
async function storm(sandbox: Sandbox, { echo, windows }: Subject): Promise<Outcome> {
  sandbox.reset();
  const before = windows();
  const succeeding = async (calls: number) => {
    const echoed = Array.from({ length: calls }, (_, index) => echo(index % ACCOUNTS, `call ${index}`));
    return (await Promise.all(echoed)).filter((same) => same).length;
  };
  const succeeded = await succeeding(ACCOUNTS * CALLS);
  const refreshes = sandbox.count({ host: 'issuer', path: '/token', grantType: 'refresh_token' });
  const opened = windows() - before;
  return { refreshes, succeeded, windows: opened, alive: await succeeding(ACCOUNTS) };
}

/**
 * A network as a browser has it: a bounded number of requests out at once, and one that met a connection
 * closed while it was idle is sent again on another (RFC 9112 §9.3.1).
 */
function narrowFetch(): typeof fetch {
  const limit = new AttemptLimit(REQUESTS_AT_ONCE);
  return async (input, init) => {
    const leave = await limit.enter(init?.signal ?? new AbortController().signal);
    try {
      for (let idle = REQUESTS_AT_ONCE; ; idle -= 1) {
        try {
          return await fetch(input, init);
        } catch (error) {
          if (idle === 0 || !wasClosed(error)) throw error;
        }
      }
    } finally {
      leave();
    }
  };
}

function wasClosed(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return (
    cause instanceof Error && 'code' in cause && /^(?:ECONNRESET|UND_ERR_SOCKET)$/.test(String(cause.code))
  );
}

const harmless: Outcome = { refreshes: ACCOUNTS, succeeded: ACCOUNTS * CALLS, windows: 0, alive: ACCOUNTS };

function print(who: string, { refreshes, succeeded, windows, alive }: Outcome): void {
  console.log(
    `${who}: ${ACCOUNTS} accounts, ${CALLS} calls each at once: ${refreshes} token requests, ` +
      `${succeeded} of ${ACCOUNTS * CALLS} calls succeeded, ${windows} browser windows asked for, ` +
      `${alive} of ${ACCOUNTS} accounts work afterwards`,
  );
}

async function gatehouse(sandbox: Sandbox) {
  // 2,000 calls take their time on a busy machine; that is not what is measured here.
  const app = await startCore({ sandbox, protocolTimeoutMs: 120_000, fetch: narrowFetch() });
  const server = await app.addServer({ settings: { requestTimeoutSeconds: 300 } });
  for (let number = 0; number < ACCOUNTS; number += 1) {
    const { status } = await app.signIn(server);
    if (status.kind !== 'succeeded') throw new Error(JSON.stringify(status));
  }
  const connections = app.core.accounts.all().map(({ id }) => app.core.connection(server.id, id));
  const subject: Subject = {
    windows: () => app.visits.length,
    async echo(account, text) {
      const connection = connections[account];
      if (!connection) return false;
      const outcome = await app.core.calls.call(connection, {
        callId: text,
        name: 'echo',
        arguments: { text },
      });
      if (outcome.kind !== 'result') return false;
      return outcome.content.some((block) => block.type === 'text' && block.text === text);
    },
  };
  return { app, subject };
}

/** What a host has to write to use the SDK's own OAuth: everything in memory, and a browser that consents. */
class PlainProvider implements OAuthClientProvider {
  readonly redirectUrl = 'app.gatehouse.desktop:/oauth/callback';
  readonly clientMetadata = {
    client_name: 'Plain client',
    application_type: 'native' as const,
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  /** Addresses a browser was to be opened at. */
  readonly windows: URL[] = [];
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #discovery: OAuthDiscoveryState | undefined;
  #verifier = '';

  clientInformation = () => this.#client;
  tokens = () => this.#tokens;
  discoveryState = () => this.#discovery;
  codeVerifier = () => this.#verifier;
  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client;
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }
  saveDiscoveryState(discovery: OAuthDiscoveryState): void {
    this.#discovery = discovery;
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined;
    if (scope === 'all' || scope === 'client') this.#client = undefined;
    if (scope === 'all' || scope === 'discovery') this.#discovery = undefined;
  }
  redirectToAuthorization(url: URL): void {
    this.windows.push(url);
  }
}

/** Signs in with the SDK's plain client; the first window is the sign-in's own. */
async function plainClient(sandbox: Sandbox, network: typeof fetch) {
  const provider = new PlainProvider();
  const url = new URL(sandbox.mcpUrl);
  const transport = () => new StreamableHTTPClientTransport(url, { authProvider: provider, fetch: network });
  const newClient = () =>
    new Client({ name: 'plain', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const first = transport();
  await newClient()
    .connect(first)
    .catch(() => undefined);
  const [window] = provider.windows;
  if (!window) throw new Error('the plain client did not ask for a sign-in');
  const outcome = await followRedirects(window, fetch);
  if (outcome.kind !== 'custom-scheme') throw new Error(`no callback but ${JSON.stringify(outcome)}`);
  await first.finishAuth(new URL(outcome.link).searchParams);
  const client = newClient();
  await client.connect(transport());
  return { provider, client };
}

async function plainClients(sandbox: Sandbox): Promise<Subject> {
  const network = narrowFetch();
  const clients: Awaited<ReturnType<typeof plainClient>>[] = [];
  for (let number = 0; number < ACCOUNTS; number += 1) clients.push(await plainClient(sandbox, network));
  return {
    windows: () => clients.reduce((sum, { provider }) => sum + provider.windows.length, 0),
    async echo(account, text) {
      try {
        const call = { name: 'echo', arguments: { text } };
        const result = await clients[account]?.client.callTool(call, { timeout: 300_000 });
        return result?.content.some((block) => block.type === 'text' && block.text === text) ?? false;
      } catch {
        return false;
      }
    },
  };
}

/** Without what the SDK has to say about each grant it loses. */
async function quietly<T>(work: Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => undefined;
  return work.finally(() => {
    console.warn = warn;
  });
}

test('20 accounts with 100 calls each at once when their tokens end: one token request per account, every call succeeds, no browser', {
  timeout: 120_000,
}, async () => {
  const sandbox = await sandboxForTest();
  const { app, subject } = await gatehouse(sandbox);
  expect(app.core.accounts.all()).toHaveLength(ACCOUNTS);

  app.time.sleepThrough(HOUR_MS + 1);
  sandbox.server.expireTokens();
  const foreseen = await storm(sandbox, subject);
  print('Gatehouse, the end known here', foreseen);
  expect(foreseen).toEqual(harmless);

  // The server ends the tokens early: every call meets a 401 first.
  sandbox.server.expireTokens();
  const told = await storm(sandbox, subject);
  print('Gatehouse, the end told by 401', told);
  expect(told).toEqual(harmless);
  for (const { state } of app.core.accounts.all()) expect(state).toEqual({ kind: 'live' });

  // Beside ours for comparison, held to nothing.
  const peers = await plainClients(sandbox);
  sandbox.server.expireTokens();
  print('SDK’s plain client, the end told by 401', await quietly(storm(sandbox, peers)));
});
