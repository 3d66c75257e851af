import assert from 'node:assert/strict';
import { parseDeepLink } from '../../src/shared/deep-link.ts';
import type { RemoteServer } from '../../src/shared/domain/server.ts';
import type { SignInView } from '../../src/shared/domain/sign-in.ts';
import { followRedirects } from '../drive/follow-browser.ts';
import type { HostileSandbox } from '../sandbox/profiles/hostile.ts';
import type { TestCore, TestCoreOptions } from '../support/core.ts';
import { until } from '../support/time.ts';
import type { Stage } from './row.ts';

/** A sign-in whose browser is out. */
export interface Waiting {
  readonly sandbox: HostileSandbox;
  readonly app: TestCore;
  readonly server: RemoteServer;
  readonly begun: SignInView;
  /** Where the browser was sent. */
  readonly address: URL;
  ended(): Promise<SignInView['status'] | undefined>;
}

/** Starts a sign-in with a browser that only notes the address. */
export async function waiting(
  stage: Stage,
  sandbox: HostileSandbox,
  options: TestCoreOptions = {},
  app?: TestCore,
): Promise<Waiting> {
  const used = app ?? (await stage.core({ browser: 'hold', ...options }));
  const server = await used.addServer({ url: sandbox.mcpUrl });
  const before = used.visits.length;
  const begun = used.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => used.visits.length > before);
  const address = used.visits[before];
  assert.ok(address);
  return {
    sandbox,
    app: used,
    server,
    begun,
    address,
    ended: async () => (await used.core.desk.ended(begun.id))?.status,
  };
}

/** The link a consenting browser comes back with. */
export async function linkFrom(address: URL): Promise<URL> {
  const outcome = await followRedirects(address, fetch);
  assert.equal(outcome.kind, 'custom-scheme', JSON.stringify(outcome));
  return new URL((outcome as { link: string }).link);
}

/** Hands a link to the desk, as the system would. */
export function deliver(app: TestCore, link: URL): boolean {
  const parsed = parseDeepLink(link.href);
  return parsed.kind === 'oauth-callback' && app.core.desk.receive(parsed.parameters);
}

/** The code of the problem a sign-in failed with; anything else is told in full. */
export async function problemOf(one: Waiting): Promise<string> {
  const status = await one.ended();
  return status?.kind === 'failed' ? status.problem.code : JSON.stringify(status);
}

/** Nothing was asked of any token endpoint, and nothing was kept. */
export function expectNothingObtained(app: TestCore): void {
  assert.deepEqual(
    app.wire.tokenRequests().map(({ url }) => url.href),
    [],
    'token requests',
  );
  assert.deepEqual(app.core.accounts.all(), []);
}

/** Signs in with a browser that consents. */
export async function signedIn(stage: Stage, sandbox: HostileSandbox, options: TestCoreOptions = {}) {
  const app = await stage.core(options);
  const server = await app.addServer({ url: sandbox.mcpUrl });
  const { status } = await app.signIn(server);
  assert.equal(status.kind, 'succeeded', JSON.stringify(status));
  const [account] = app.core.accounts.ofServer(server.id);
  assert.ok(account);
  return { app, server, id: account.id, account: () => app.core.accounts.require(account.id) };
}
