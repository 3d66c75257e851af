import { expect, test } from 'vitest';
import { eventContracts } from '../../../src/shared/contract/events.ts';
import { startHostile } from '../../sandbox/profiles/hostile.ts';
import { problemCodeOf, sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { webServer } from '../../support/servers.ts';
import { quietly, until } from '../../support/time.ts';

async function call(
  { core }: TestCore,
  serverId: string,
  accountId: string | null,
  name = 'whoami',
  args = {},
) {
  return core.calls.call(core.connection(serverId, accountId), {
    callId: crypto.randomUUID(),
    name,
    arguments: args,
  });
}

test('a server that is down is tried again after 1, 2, 4 … seconds, at most 5 minutes, a little earlier by jitter', async () => {
  const app = await startCore({
    fetch: async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    },
    randomness: { id: () => crypto.randomUUID(), fraction: () => 0 },
  });
  const server = await app.addServer({ url: 'https://mcp.example/mcp' });
  const connection = app.core.connection(server.id, null);
  connection.start();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    await until(() => connection.view.nextAttemptAt !== null);
    expect(connection.view).toMatchObject({
      status: 'reconnecting',
      problem: { code: 'connection-refused' },
    });
    const pause = (connection.view.nextAttemptAt ?? 0) - app.time.now();
    pauses.push(pause);
    app.time.advance(pause);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1000));
});

test('after wake-up whoever waits for a next attempt tries at once, however often it failed before', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  await sandbox.server.stop();
  const connection = app.core.connection(server.id, account.id);
  await connection.reconnect();
  for (let failure = 0; failure < 3; failure += 1) {
    await until(() => connection.view.nextAttemptAt !== null);
    app.time.advance((connection.view.nextAttemptAt ?? 0) - app.time.now());
    expect(connection.view.nextAttemptAt).toBeNull();
  }
  await until(() => connection.view.nextAttemptAt !== null);
  await sandbox.server.start();
  app.core.wake();
  await until(() => connection.view.status === 'connected');
});

test('a server that was killed shows at the next call and comes back by itself', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const connection = app.core.connection(server.id, account.id);
  await sandbox.server.stop();
  expect(await call(app, server.id, account.id)).toMatchObject({
    kind: 'problem',
    // Depends on whether an idle connection was still open.
    problem: { code: expect.stringMatching(/^(connection-refused|network-unreachable)$/) },
  });
  expect(connection.view.status).toBe('reconnecting');
  await sandbox.server.start();
  app.time.advance(1_000);
  await until(() => connection.view.status === 'connected');
  expect(await call(app, server.id, account.id)).toMatchObject({ kind: 'result' });
  expect(app.visits).toHaveLength(1);
});

test('a server of the older era that forgot its sessions is used again', async () => {
  const sandbox = await sandboxForTest({ era: 'legacy' });
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  expect(await call(app, server.id, account.id)).toMatchObject({ kind: 'result' });
  sandbox.server.dropSessions();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => call(app, server.id, account.id)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'result'));
  expect(app.core.connection(server.id, account.id).view.status).toBe('connected');
});

test('waiting for a sign-in is quiet: no timer, no request, no browser', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const server = await app.addServer();
  await app.core.start();
  const connection = app.core.connection(server.id, null);
  await until(() => connection.view.status === 'waiting-for-sign-in');
  expect(connection.view.problem?.code).toBe('sign-in-needed');
  const requests = app.wire.exchanges.length;
  app.time.advance(24 * 3_600_000);
  app.core.wake();
  await quietly();
  expect([app.wire.exchanges.length, app.time.armed, app.visits.length]).toEqual([requests, 0, 0]);
  expect(app.views.server(server).consent).toBe('required');
});

test('callers at once share one attempt', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const connection = app.core.connection(server.id, account.id);
  await connection.stop();
  const before = app.payloads('connection.changed').length;
  const clients = await Promise.all(Array.from({ length: 20 }, () => connection.client()));
  expect(new Set(clients).size).toBe(1);
  const statuses = app
    .payloads('connection.changed')
    .slice(before)
    .map(({ status }) => status);
  expect(statuses).toEqual(['connecting', 'connected']);
});

test('switched off a server is left alone, and says so; switched on it connects', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  await app.core.changeServer(server.id, (one) => ({ ...one, enabled: false }));
  expect(app.core.supervisor.views()).toMatchObject([{ accountId: account.id, status: 'disabled' }]);
  expect(() => app.core.connection(server.id, account.id)).toThrow('switched off');
  const requests = app.wire.exchanges.length;
  app.core.wake();
  await quietly();
  expect(app.wire.exchanges).toHaveLength(requests);
  await app.core.changeServer(server.id, (one) => ({ ...one, enabled: true }));
  await until(() => app.core.supervisor.views()[0]?.status === 'connected');
  expect(await call(app, server.id, account.id)).toMatchObject({ kind: 'result' });
});

test('a server that is switched off at start is shown so and not asked', async () => {
  const sandbox = await sandboxForTest();
  const first = await startCore({ sandbox });
  const server = await first.addServer();
  await first.core.servers.put({ ...server, enabled: false });
  await first.core.stop();
  const app = await startCore({ folder: first.folder, time: first.time });
  await app.core.start();
  await quietly();
  expect(app.core.supervisor.views()).toMatchObject([{ status: 'disabled' }]);
  expect(app.wire.exchanges).toEqual([]);
});

test('an attempt that is given up ends at once, even when the server never answers', async () => {
  const app = await startCore();
  const server = await app.addServer({ url: 'https://mcp.example/mcp' });
  app.wire.intercept = () => new Promise<undefined>(() => undefined);
  const connection = app.core.connection(server.id, null);
  const attempt = connection.client();
  await until(() => app.wire.exchanges.length > 0);
  await connection.stop();
  expect(await problemCodeOf(attempt)).toBe('connection-lost');
  expect(connection.view.status).toBe('disconnected');
});

test('a session is ended politely, but nobody waits for a server that no longer answers', async () => {
  const sandbox = await sandboxForTest({ era: 'legacy' });
  const app = await startCore({ sandbox });
  await app.signedIn();
  app.wire.intercept = ({ method }) =>
    method === 'DELETE' ? new Promise<undefined>(() => undefined) : undefined;
  await app.core.stop();
  expect(app.wire.exchanges.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

test('a token leaves for the origin it was issued for and for nowhere else', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const asked: (string | undefined)[] = [];
  const elsewhere = await webServer((request, response) => {
    asked.push(request.headers.authorization);
    response.end('{}');
  });
  sandbox.server.failNext({ endpoint: 'mcp', status: 307, headers: { location: `${elsewhere}/mcp` } });
  expect((await call(app, server.id, account.id)).kind).toBe('problem');
  expect(asked).toEqual([]);
});

test('a server that refuses even a fresh token is not asked in circles', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  sandbox.server.failNext({
    endpoint: 'mcp',
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
    times: 100,
  });
  const outcome = await call(app, server.id, account.id);
  expect(outcome).toMatchObject({ kind: 'problem', problem: { code: 'token-not-accepted' } });
  await until(() => app.core.connection(server.id, account.id).view.status === 'waiting-for-sign-in');
  app.time.advance(3_600_000);
  await quietly();
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(1);
  expect(app.visits).toHaveLength(1);
});

test('whatever a server calls itself, events stay within their contract and the books can be read again', async () => {
  const sandbox = await startHostile({ attacks: ['nasty-texts'], consent: 'auto' });
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  await app.core.features.catalog.tools(app.core.connection(server.id, account.id));
  const flood = '\u202E\u200B'.repeat(500);
  app.wire.intercept = ({ body }) =>
    body.includes('refresh_token')
      ? Response.json({ error: 'invalid_grant', error_description: flood }, { status: 400 })
      : undefined;
  expect(await problemCodeOf(app.core.keeper.refreshNow(account.id))).toBe('grant-revoked');
  for (const { name, payload } of app.events) {
    expect([name, eventContracts[name].safeParse(payload).error]).toEqual([name, undefined]);
  }
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect(again.notices).toEqual([]);
  expect(again.core.accounts.all()).toHaveLength(1);
  await sandbox.close();
});
