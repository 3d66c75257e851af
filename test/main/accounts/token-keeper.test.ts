import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestCore } from '../../support/core.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { quietly, until } from '../../support/time.ts';

const HOUR_MS = 3_600_000;

async function echo({ core }: TestCore, serverId: string, accountId: string, text: string) {
  return core.calls.call(core.connection(serverId, accountId), {
    callId: `call-${text}`,
    name: 'echo',
    arguments: { text },
  });
}

/** A signed-in account at a sandbox, nothing of the sign-in counted any more. */
async function signedIn() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  sandbox.reset();
  const { keeper } = app.core;
  const first = (await keeper.authorization(account.id)).accessToken;
  return {
    sandbox,
    app,
    server,
    keeper,
    first,
    id: account.id,
    account: () => app.core.accounts.require(account.id),
    refreshes: () => app.wire.tokenRequests('refresh_token').length,
    expire: () => app.time.sleepThrough(HOUR_MS + 1),
  };
}

test('50 calls at once after expiry make exactly one token request and all succeed', async () => {
  const { app, server, id, expire, refreshes, account } = await signedIn();
  expire();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => echo(app, server.id, id, `${index}`)),
  );
  expect(outcomes.filter(({ kind }) => kind === 'result')).toHaveLength(50);
  expect(refreshes()).toBe(1);
  expect(app.visits).toHaveLength(1);
  expect(account().state).toEqual({ kind: 'live' });
});

test('50 calls at once with a token the server refuses make exactly one token request and all succeed', async () => {
  const { app, sandbox, server, id, refreshes, account } = await signedIn();
  // The server ends the tokens early; the clock here knows nothing of it.
  sandbox.server.expireTokens();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => echo(app, server.id, id, `${index}`)),
  );
  expect(outcomes.filter(({ kind }) => kind === 'result')).toHaveLength(50);
  expect(refreshes()).toBe(1);
  expect(app.visits).toHaveLength(1);
  expect(account().state).toEqual({ kind: 'live' });
});

test('whoever comes late with an older token gets the current one, not another refresh', async () => {
  const { keeper, id, first, refreshes } = await signedIn();
  const second = await keeper.rejected(id, first);
  expect(second.accessToken).not.toBe(first);
  expect(await keeper.rejected(id, first)).toEqual(second);
  expect(await keeper.rejected(id, 'a token from long ago')).toEqual(second);
  expect(refreshes()).toBe(1);
});

test('a call during a refresh waits for its token', async () => {
  const { app, keeper, id, first, refreshes } = await signedIn();
  let release: (value: undefined) => void = () => undefined;
  const held = new Promise<undefined>((resolve) => {
    release = resolve;
  });
  app.wire.intercept = ({ body }) => (body.includes('refresh_token') ? held : undefined);
  const ahead = keeper.refreshAhead(id);
  await until(() => refreshes() === 1);
  const call = keeper.authorization(id);
  release(undefined);
  await ahead;
  expect((await call).accessToken).not.toBe(first);
  expect(refreshes()).toBe(1);
});

test('a token about to end is renewed before it is used', async () => {
  const { keeper, id, first, app, refreshes } = await signedIn();
  app.time.sleepThrough(HOUR_MS - 60_000);
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  app.time.sleepThrough(55_000);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
  expect(refreshes()).toBe(1);
});

test('renewed tokens survive a restart', async () => {
  const { app, keeper, id, first } = await signedIn();
  const { accessToken } = await keeper.rejected(id, first);
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect((await again.core.keeper.authorization(id)).accessToken).toBe(accessToken);
  expect(again.core.accounts.require(id).lastRefreshedAt).not.toBeNull();
});

test('invalid_grant marks the account revoked, keeps it, and is never tried again', async () => {
  const { app, sandbox, server, keeper, id, expire, refreshes, account } = await signedIn();
  sandbox.issuer.revokeAllGrants();
  expire();
  expect(await problemCodeOf(keeper.authorization(id))).toBe('grant-revoked');
  expect(account().state).toMatchObject({
    kind: 'revoked',
    reason: expect.stringContaining('invalid_grant'),
  });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('grant-revoked');
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('grant-revoked');
  const outcome = await echo(app, server.id, id, 'x');
  expect(outcome).toMatchObject({ kind: 'problem', problem: { code: 'grant-revoked' } });
  app.time.advance(24 * HOUR_MS);
  app.core.wake();
  await quietly();
  expect(refreshes()).toBe(1);
  expect(app.core.accounts.all()).toHaveLength(1);
  // It is still so after a restart.
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect(await problemCodeOf(again.core.keeper.authorization(id))).toBe('grant-revoked');
  expect(again.wire.tokenRequests()).toHaveLength(0);
});

test('signing in again gives a revoked account new life under the same identifier', async () => {
  const { app, sandbox, server, keeper, id, expire, account } = await signedIn();
  sandbox.issuer.revokeAllGrants();
  expire();
  await keeper.authorization(id).catch(() => undefined);
  const { status } = await app.signIn(server, account());
  expect(status).toEqual({ kind: 'succeeded', accountId: id });
  expect(account().state).toEqual({ kind: 'live' });
  expect(await echo(app, server.id, id, 'x')).toMatchObject({ kind: 'result' });
});

const passing = [
  ['503', { status: 503, body: 'down for maintenance' }],
  ['500 with an OAuth error', { status: 500, body: { error: 'server_error' } }],
  ['429', { status: 429, body: {} }],
  ['temporarily_unavailable', { status: 400, body: { error: 'temporarily_unavailable' } }],
] as const;

for (const [name, answer] of passing) {
  test(`${name} keeps the account and its tokens, and the refresh works again later`, async () => {
    const { app, sandbox, keeper, id, first, expire, refreshes, account } = await signedIn();
    expire();
    sandbox.issuer.failNext({ endpoint: 'token', ...answer });
    expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
    expect(account().state).toEqual({ kind: 'live' });
    // Backing off: no second request at once.
    expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
    expect(refreshes()).toBe(1);
    app.time.sleepThrough(2_001);
    expect((await keeper.authorization(id)).accessToken).not.toBe(first);
    expect(refreshes()).toBe(2);
  });
}

test('an issuer that is gone, and one that never answers, keep the account and its tokens', async () => {
  const { app, sandbox, keeper, id, first, expire, account } = await signedIn();
  expire();
  await sandbox.issuer.stop();
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
  await sandbox.issuer.start();
  app.time.sleepThrough(2_001);
  app.wire.intercept = () => {
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  };
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
  expect(account().state).toEqual({ kind: 'live' });
  app.wire.intercept = () => undefined;
  app.time.sleepThrough(4_001);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
});

test('the pause after a failed refresh doubles each time', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  expire();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, times: 20 });
  for (const [index, pause] of [2_000, 4_000, 8_000, 16_000, 32_000].entries()) {
    await keeper.authorization(id).catch(() => undefined);
    expect(refreshes()).toBe(index + 1);
    app.time.sleepThrough(pause - 1);
    await keeper.authorization(id).catch(() => undefined);
    expect(refreshes()).toBe(index + 1);
    app.time.sleepThrough(1);
  }
  for (let round = 0; round < 8; round += 1) {
    await keeper.authorization(id).catch(() => undefined);
    app.time.sleepThrough(300_000);
  }
  expect(refreshes()).toBe(13);
});

test('Retry-After is honoured, by calls, by the clock and after wake-up', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  await app.core.start();
  expire();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, headers: { 'retry-after': '600' } });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
  for (let minute = 0; minute < 9; minute += 1) {
    app.time.advance(60_000);
    app.core.wake();
    await keeper.authorization(id).catch(() => undefined);
  }
  await quietly();
  expect(refreshes()).toBe(1);
  app.time.advance(60_001);
  await keeper.authorization(id);
  expect(refreshes()).toBe(2);
});

test('a pause nobody asked for ends when the network is back', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  expire();
  await sandbox.issuer.stop();
  await keeper.authorization(id).catch(() => undefined);
  await sandbox.issuer.start();
  app.core.wake();
  await keeper.authorization(id);
  expect(refreshes()).toBe(2);
});

test('a token that still lives is used while its renewal fails; a dead one is not', async () => {
  const { app, sandbox, keeper, id, first } = await signedIn();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, headers: { 'retry-after': '60' } });
  app.time.sleepThrough(HOUR_MS - 5_000);
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  app.time.sleepThrough(5_001);
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
});

test('a token the server refused is not sent again when its renewal fails', async () => {
  const { app, sandbox, server, id, keeper, first } = await signedIn();
  sandbox.server.expireTokens();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503 });
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('refresh-delayed');
  const outcome = await echo(app, server.id, id, 'x');
  expect(outcome).toMatchObject({ kind: 'problem', problem: { code: 'refresh-delayed' } });
});

test('a refresh the person asked for says that it failed, even while the old token lives', async () => {
  const { sandbox, keeper, id, first } = await signedIn();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503 });
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('refresh-delayed');
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  // Asked again, it is tried again at once.
  await keeper.refreshNow(id);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
});

test('invalid_client drops a dynamic registration; the next sign-in registers anew', async () => {
  const { app, sandbox, server, keeper, id, expire, account } = await signedIn();
  const [before] = app.core.registrations.all();
  expect(sandbox.issuer.dropClient(before?.clientId ?? '')).toBe(true);
  expire();
  expect(await problemCodeOf(keeper.authorization(id))).toBe('client-unknown');
  expect(app.core.registrations.all()).toEqual([]);
  expect(app.core.accounts.all()).toHaveLength(1);
  expect(account().state.kind).toBe('revoked');
  expect((await app.signIn(server, account())).status.kind).toBe('succeeded');
  expect(app.core.registrations.all()[0]?.clientId).not.toBe(before?.clientId);
  expect(await echo(app, server.id, id, 'x')).toMatchObject({ kind: 'result' });
});

test('invalid_client keeps a client ID the person entered, and is not asked again and again', async () => {
  const client = {
    client_id: 'entered-by-hand',
    redirect_uris: ['app.gatehouse.desktop:/oauth/callback'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  };
  const sandbox = await sandboxForTest({ clients: [client] });
  const app = await startCore({ sandbox });
  const server = await app.addServer({ settings: { clientId: client.client_id } });
  const { status } = await app.signIn(server);
  if (status.kind !== 'succeeded') throw new Error(JSON.stringify(status));
  const { keeper, registrations } = app.core;
  app.time.sleepThrough(HOUR_MS + 1);
  sandbox.issuer.failNext({ endpoint: 'token', status: 401, body: { error: 'invalid_client' } });
  expect(await problemCodeOf(keeper.authorization(status.accountId))).toBe('client-unknown');
  expect(registrations.all()).toMatchObject([{ clientId: 'entered-by-hand', kind: 'pre-registered' }]);
  expect(await problemCodeOf(keeper.authorization(status.accountId))).toBe('client-unknown');
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(1);
});

test('an answer without a new refresh token keeps the old one', async () => {
  const { app, keeper, id, first } = await signedIn();
  app.wire.intercept = ({ body }) =>
    new URLSearchParams(body).get('grant_type') === 'refresh_token'
      ? Response.json({ access_token: `made-up-${app.wire.tokenRequests().length}`, token_type: 'Bearer' })
      : undefined;
  const second = await keeper.rejected(id, first);
  await keeper.rejected(id, second.accessToken);
  const sent = app.wire
    .tokenRequests('refresh_token')
    .map(({ body }) => new URLSearchParams(body).get('refresh_token'));
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe(sent[1]);
  // No expires_in: unknown, so nothing is renewed ahead of time.
  expect(app.core.accounts.require(id).grant).toMatchObject({
    accessTokenExpiresAt: null,
    refreshable: true,
  });
});

test('a narrower scope in the answer is what was granted; none means as before', async () => {
  const { app, keeper, id, first, account } = await signedIn();
  const before = account().grant.grantedScopes;
  await keeper.rejected(id, first);
  expect(account().grant.grantedScopes).toEqual(before);
  app.wire.intercept = ({ body }) =>
    body.includes('refresh_token')
      ? Response.json({ access_token: 'narrower', token_type: 'Bearer', scope: 'less' })
      : undefined;
  await keeper.refreshNow(id);
  expect(account().grant.grantedScopes).toEqual(['less']);
});

test('tokens that could not be stored are not used, the spent one is never sent again, and storing is retried', async () => {
  const { app, sandbox, keeper, id, first, expire, refreshes } = await signedIn();
  const file = join(app.folder, 'vault', `${id}.json`);
  expire();
  // A folder in the place of the file: nothing can be renamed over it, whoever runs this.
  await rm(file);
  await mkdir(join(file, 'in-the-way'), { recursive: true });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('secrets-not-stored');
  expect(refreshes()).toBe(1);
  await rm(file, { recursive: true });
  const { accessToken } = await keeper.authorization(id);
  expect(accessToken).not.toBe(first);
  expect(refreshes()).toBe(1);
  expect(await sandbox.issuer.introspect(accessToken)).toMatchObject({ active: true });
  // The newest refresh token was not lost with it.
  await keeper.refreshNow(id);
  expect(refreshes()).toBe(2);
});

test('while renewed tokens can not be stored, a token that still lives is used', async () => {
  const { app, keeper, id, first, refreshes } = await signedIn();
  const file = join(app.folder, 'vault', `${id}.json`);
  await rm(file);
  await mkdir(join(file, 'in-the-way'), { recursive: true });
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('secrets-not-stored');
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  expect(refreshes()).toBe(1);
});

test('a sign-in whose tokens can not be stored fails by name and leaves no account', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({
    sandbox,
    secretBox: {
      protection: async () => ({ kind: 'key-store', backend: 'test' }),
      seal: async () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
      open: async () => {
        throw new Error('nothing was sealed');
      },
    },
  });
  const { status } = await app.signIn(await app.addServer());
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'secrets-not-stored' } });
  expect(app.core.accounts.all()).toEqual([]);
});

test('a token that ran out without a refresh token is expired, not revoked', async () => {
  const { app, id, expire } = await signedIn();
  await app.core.vault.write(id, {
    kind: 'account',
    accessToken: 'the only one',
    tokenType: 'Bearer',
    refreshToken: null,
    expiresAt: app.time.now() + HOUR_MS,
    issuedAt: app.time.now(),
    scopes: null,
    label: 'one',
  });
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  // While it lives, wanting to renew it does not end it.
  expect(await problemCodeOf(again.core.keeper.refreshNow(id))).toBe('refresh-not-offered');
  expect(again.core.accounts.require(id).state.kind).toBe('live');
  expect((await again.core.keeper.authorization(id)).accessToken).toBe('the only one');
  expire();
  expect(await problemCodeOf(again.core.keeper.authorization(id))).toBe('grant-expired');
  expect(again.core.accounts.require(id).state.kind).toBe('expired');
  expect(again.wire.tokenRequests()).toHaveLength(0);
});
