import { expect, test } from 'vitest';
import type { Account } from '../../../src/shared/domain/account.ts';
import type { RemoteServer } from '../../../src/shared/domain/server.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';

const MINUTE_MS = 60_000;

/** A core with one account, signed in cold. */
async function firstAccount() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  return { sandbox, app, server, account };
}

/** Adds another account; what was asked meanwhile, by the core and by the browser. */
async function addAccount(sandbox: Sandbox, app: TestCore, server: RemoteServer): Promise<string[]> {
  app.wire.exchanges.length = 0;
  sandbox.reset();
  const before = app.core.accounts.all().length;
  expect((await app.signIn(server)).status.kind).toBe('succeeded');
  expect(app.core.accounts.all().length).toBe(before + 1);
  expect(app.wire.exchanges.length).toBeGreaterThan(0);
  expect(sandbox.count({ path: '/authorize' })).toBe(1);
  return app.wire.exchanges.map(({ method, url }) => `${method} ${url.pathname}`);
}

const token = 'POST /token';
const mcp = expect.stringMatching(/^(?:POST|GET) \/mcp$/);

function expectTokenAndMcpOnly(asked: string[]): void {
  expect(asked.filter((one) => one === token)).toEqual([token]);
  for (const one of asked) if (one !== token) expect(one).toEqual(mcp);
}

test('the first account costs discovery, registration and the token', async () => {
  const { app } = await firstAccount();
  const asked = app.wire.exchanges.map(({ url }) => url.pathname).filter((path) => path !== '/mcp');
  expect(asked).toEqual([
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/register',
    '/token',
  ]);
});

for (const minutes of [0, 11, 50]) {
  test(`a second account after ${minutes} minutes: authorization, token and MCP requests only`, async () => {
    const { sandbox, app, server } = await firstAccount();
    app.time.sleepThrough(minutes * MINUTE_MS);
    expectTokenAndMcpOnly(await addAccount(sandbox, app, server));
  });
}

test('metadata that is no longer fresh is asked for again, and so is the issuer; nobody registers again', async () => {
  const { sandbox, app, server } = await firstAccount();
  app.time.sleepThrough(61 * MINUTE_MS);
  const asked = await addAccount(sandbox, app, server);
  expect(asked).toContain('GET /.well-known/oauth-protected-resource/mcp');
  expect(asked).toContain('GET /.well-known/oauth-authorization-server');
  expect(asked).not.toContain('POST /register');
});

test('metadata that may not be kept is asked for again after ten minutes', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  app.wire.intercept = async ({ url }) =>
    url.pathname.startsWith('/.well-known/oauth-protected-resource')
      ? new Response((await fetch(url)).body, { headers: { 'cache-control': 'no-store' } })
      : undefined;
  const { server } = await app.signedIn();
  expectTokenAndMcpOnly(await addAccount(sandbox, app, server));
  app.time.sleepThrough(11 * MINUTE_MS);
  expect(await addAccount(sandbox, app, server)).toContain('GET /.well-known/oauth-protected-resource/mcp');
});

test('a challenge that names another address is followed', async () => {
  const { sandbox, app, server } = await firstAccount();
  const resourceMetadata = `${new URL(sandbox.mcpUrl).origin}/.well-known/oauth-protected-resource`;
  app.core.discoverer.challenged(server.url, { scheme: 'Bearer', resourceMetadata });
  app.wire.exchanges.length = 0;
  await app.signIn(server);
  expect(app.wire.exchanges.map(({ url }) => url.href)).toContain(resourceMetadata);
});

test('what one account’s call wanted on top is not asked of the next account', async () => {
  const { sandbox, app, server, account } = await firstAccount();
  const connection = app.core.connection(server.id, account.id);
  await app.core.calls.call(connection, { callId: 'one', name: 'admin_report', arguments: {} });
  expect(app.core.accounts.require(account.id).state).toMatchObject({ wantedScopes: ['mcp:admin'] });
  await addAccount(sandbox, app, server);
  expect(app.visits.map(({ searchParams }) => searchParams.get('scope'))).toEqual([
    'mcp:tools offline_access',
    'mcp:tools offline_access',
  ]);
});

test('a token the server refuses for good makes Gatehouse ask again: the server may have moved', async () => {
  const { sandbox, app, server, account } = await firstAccount();
  await refuseForGood(sandbox, app, account);
  expect(await addAccount(sandbox, app, server)).toContain('GET /.well-known/oauth-protected-resource/mcp');
});

async function refuseForGood(sandbox: Sandbox, app: TestCore, account: Account): Promise<void> {
  sandbox.issuer.revokeAllGrants();
  const connection = app.core.connection(account.serverId, account.id);
  await app.core.calls.call(connection, { callId: 'one', name: 'whoami', arguments: {} });
}
