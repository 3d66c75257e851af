import { expect, test } from 'vitest';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { echo, HOUR_MS, signedIn } from '../../support/signed-in.ts';
import { quietly } from '../../support/time.ts';

/** What the vault holds of the account. */
async function atRest({ app, id }: Awaited<ReturnType<typeof signedIn>>) {
  const reading = await app.core.vault.read(id, 'account');
  return reading.kind === 'found' ? reading.secrets : null;
}

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
  expect(refreshes()).toHaveLength(1);
  expect(app.core.accounts.all()).toHaveLength(1);
  // It is still so after a restart.
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect(await problemCodeOf(again.core.keeper.authorization(id))).toBe('grant-revoked');
  expect(again.wire.tokenRequests()).toHaveLength(0);
});

test('invalid_grant ahead of time ends the account at once: its access token is used no more, though it would live', async () => {
  const { app, sandbox, server, keeper, id, first, account } = await signedIn();
  sandbox.issuer.failNext({ endpoint: 'token', status: 400, body: { error: 'invalid_grant' } });
  expect(await problemCodeOf(keeper.refreshAhead(id))).toBe('grant-revoked');
  expect(account().state.kind).toBe('revoked');
  expect(await sandbox.issuer.introspect(first)).toMatchObject({ active: true });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('grant-revoked');
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('grant-revoked');
  const before = sandbox.count({ host: 'server' });
  expect(await echo(app, server.id, id, 'x')).toMatchObject({
    kind: 'problem',
    problem: { code: 'grant-revoked' },
  });
  expect(sandbox.count({ host: 'server' })).toBe(before);
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

const html = { 'content-type': 'text/html' };
const passing = [
  ['503', { status: 503, body: 'down for maintenance' }],
  ['500 with an OAuth error', { status: 500, body: { error: 'server_error' } }],
  ['502 with a page of somebody in between', { status: 502, body: '<h1>Bad gateway</h1>', headers: html }],
  ['429', { status: 429, body: {} }],
  ['408', { status: 408, body: {} }],
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
    expect(refreshes()).toHaveLength(1);
    app.time.sleepThrough(2_001);
    expect((await keeper.authorization(id)).accessToken).not.toBe(first);
    expect(refreshes()).toHaveLength(2);
  });
}

test('an issuer that is gone keeps the account and its tokens', async () => {
  const { app, sandbox, keeper, id, first, expire, account } = await signedIn();
  expire();
  await sandbox.issuer.stop();
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
  expect(account().state).toEqual({ kind: 'live' });
  await sandbox.issuer.start();
  app.time.sleepThrough(2_001);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
});

test('an issuer that never answers keeps the account and its tokens', async () => {
  const { app, keeper, id, first, expire, account } = await signedIn({ protocolTimeoutMs: 500 });
  expire();
  app.wire.intercept = ({ body }) =>
    body.includes('refresh_token') ? new Promise<Response>(() => undefined) : undefined;
  const problem = await keeper.authorization(id).catch((error) => error.problem);
  expect(problem).toMatchObject({ code: 'refresh-delayed', params: { reason: /did not answer within/ } });
  expect(account().state).toEqual({ kind: 'live' });
  app.wire.intercept = () => undefined;
  app.time.sleepThrough(2_001);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
});

const refused = [
  ['invalid_request', { status: 400, body: { error: 'invalid_request' } }],
  ['invalid_scope', { status: 400, body: { error: 'invalid_scope' } }],
  ['unsupported_grant_type', { status: 400, body: { error: 'unsupported_grant_type' } }],
  ['unauthorized_client', { status: 400, body: { error: 'unauthorized_client' } }],
  ['an error nobody knows', { status: 400, body: { error: 'moon_phase' } }],
  ['400 with a page', { status: 400, body: '<h1>Bad request</h1>', headers: html }],
  ['403 with a page', { status: 403, body: '<h1>Blocked</h1>', headers: html }],
  ['404 with a page', { status: 404, body: '<h1>Not found</h1>', headers: html }],
  ['401 without an error', { status: 401, body: '' }],
  ['a page of a hotel', { status: 200, body: '<h1>Welcome</h1>', headers: html }],
  ['an answer without a token', { status: 200, body: { token_type: 'Bearer' } }],
] as const;

for (const [name, answer] of refused) {
  test(`${name} wipes nothing: it is said, and asked again after five minutes`, async () => {
    const signed = await signedIn();
    const { app, sandbox, keeper, id, first, expire, refreshes, account } = signed;
    const [registration] = app.core.registrations.all();
    const kept = (await atRest(signed))?.refreshToken;
    expire();
    sandbox.issuer.failNext({ endpoint: 'token', ...answer });
    const code = await problemCodeOf(keeper.authorization(id));
    expect(['token-refused', 'answer-malformed']).toContain(code);
    expect(account().state).toEqual({ kind: 'live' });
    expect((await atRest(signed))?.refreshToken).toBe(kept);
    expect(app.core.registrations.all()).toEqual([registration]);
    app.time.sleepThrough(299_000);
    expect(await problemCodeOf(keeper.authorization(id))).toBe(code);
    expect(refreshes()).toHaveLength(1);
    app.time.sleepThrough(1_001);
    expect((await keeper.authorization(id)).accessToken).not.toBe(first);
    expect(refreshes()).toEqual([kept, kept]);
  });
}

test('the pause after a failed refresh doubles each time', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  expire();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, times: 20 });
  for (const [index, pause] of [2_000, 4_000, 8_000, 16_000, 32_000].entries()) {
    await keeper.authorization(id).catch(() => undefined);
    expect(refreshes()).toHaveLength(index + 1);
    app.time.sleepThrough(pause - 1);
    await keeper.authorization(id).catch(() => undefined);
    expect(refreshes()).toHaveLength(index + 1);
    app.time.sleepThrough(1);
  }
  for (let round = 0; round < 8; round += 1) {
    await keeper.authorization(id).catch(() => undefined);
    app.time.sleepThrough(300_000);
  }
  expect(refreshes()).toHaveLength(13);
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
  expect(refreshes()).toHaveLength(1);
  app.time.advance(60_001);
  await keeper.authorization(id);
  expect(refreshes()).toHaveLength(2);
});

for (const status of [429, 503]) {
  test(`Retry-After as a date is honoured with ${status}`, async () => {
    const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
    expire();
    const at = Math.ceil(app.time.now() / 1000) * 1000 + 600_000;
    const headers = { 'retry-after': new Date(at).toUTCString() };
    sandbox.issuer.failNext({ endpoint: 'token', status, headers });
    expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
    app.time.sleepThrough(at - app.time.now() - 1);
    app.core.wake();
    expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
    expect(refreshes()).toHaveLength(1);
    app.time.sleepThrough(1);
    await keeper.authorization(id);
    expect(refreshes()).toHaveLength(2);
  });
}

test('a pause nobody asked for ends when the network is back', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  expire();
  await sandbox.issuer.stop();
  await keeper.authorization(id).catch(() => undefined);
  await sandbox.issuer.start();
  app.core.wake();
  await keeper.authorization(id);
  expect(refreshes()).toHaveLength(2);
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
  const before = sandbox.count({ host: 'server' });
  const outcome = await echo(app, server.id, id, 'x');
  expect(outcome).toMatchObject({ kind: 'problem', problem: { code: 'refresh-delayed' } });
  expect(sandbox.count({ host: 'server' })).toBe(before);
  app.time.sleepThrough(2_001);
  expect(await echo(app, server.id, id, 'y')).toMatchObject({ kind: 'result' });
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

test('another account of a registration that was dropped says so, keeps its state, and asks nobody', async () => {
  const { app, sandbox, server, keeper, id, expire, refreshes } = await signedIn();
  await app.signIn(server);
  const [other] = app.core.accounts.all().filter((one) => one.id !== id);
  sandbox.issuer.dropClient(app.core.registrations.all()[0]?.clientId ?? '');
  expire();
  await keeper.authorization(id).catch(() => undefined);
  expect(await problemCodeOf(keeper.authorization(other?.id ?? ''))).toBe('client-unknown');
  expect(app.core.accounts.require(other?.id ?? '').state).toEqual({ kind: 'live' });
  expect(refreshes()).toHaveLength(1);
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
  expect(app.core.accounts.require(status.accountId).state).toEqual({ kind: 'live' });
  expect(await problemCodeOf(keeper.authorization(status.accountId))).toBe('client-unknown');
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(1);
});

test('an answer without a new refresh token keeps the old one', async () => {
  const { app, keeper, id, first, refreshes } = await signedIn();
  app.wire.intercept = ({ body }) =>
    new URLSearchParams(body).get('grant_type') === 'refresh_token'
      ? Response.json({ access_token: `made-up-${app.wire.tokenRequests().length}`, token_type: 'Bearer' })
      : undefined;
  const second = await keeper.rejected(id, first);
  await keeper.rejected(id, second.accessToken);
  expect(refreshes()).toHaveLength(2);
  expect(new Set(refreshes()).size).toBe(1);
  // No expires_in: unknown, so nothing is renewed ahead of time.
  expect(app.core.accounts.require(id).grant).toMatchObject({
    accessTokenExpiresAt: null,
    refreshable: true,
  });
});

test('a narrower scope in the answer is what was granted; none means as before', async () => {
  const signed = await signedIn();
  const { app, keeper, id, first, account } = signed;
  const before = account().grant.grantedScopes;
  await keeper.rejected(id, first);
  expect(account().grant.grantedScopes).toEqual(before);
  app.wire.intercept = ({ body }) =>
    body.includes('refresh_token')
      ? Response.json({ access_token: 'narrower', token_type: 'Bearer', scope: 'less' })
      : undefined;
  await keeper.refreshNow(id);
  expect(account().grant.grantedScopes).toEqual(['less']);
  app.wire.intercept = ({ body }) =>
    body.includes('refresh_token')
      ? Response.json({ access_token: 'no-scope-named', token_type: 'Bearer' })
      : undefined;
  await keeper.refreshNow(id);
  expect(account().grant.grantedScopes).toEqual(['less']);
  expect((await atRest(signed))?.scopes).toEqual(['less']);
});
