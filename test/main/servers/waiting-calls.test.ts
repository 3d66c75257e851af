import { expect, test } from 'vitest';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { echo } from '../../support/signed-in.ts';
import { until } from '../../support/time.ts';

/** Calls as soon as the account is stored, and again and again until it is connected for good. */
function callsOnceStored(app: TestCore, serverId: string): Promise<ToolCallOutcome>[] {
  const { core } = app;
  const calls: Promise<ToolCallOutcome>[] = [];
  const go = (accountId: string) => {
    if (core.desk.views().every(({ status }) => status.kind === 'succeeded')) return;
    calls.push(echo(app, serverId, accountId, String(calls.length)));
    setImmediate(() => go(accountId));
  };
  core.accounts.listen(({ entry }) => {
    if (calls.length === 0) go(entry.id);
  });
  return calls;
}

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: calls between storing an account and connecting it wait for the connection`, async () => {
    const sandbox = await sandboxForTest({ era });
    const app = await startCore({ sandbox });
    const server = await app.addServer();
    const calls = callsOnceStored(app, server.id);
    const { status } = await app.signIn(server);
    expect(status.kind).toBe('succeeded');
    expect(calls.length).toBeGreaterThan(1);
    expect(await Promise.all(calls)).toMatchObject(
      calls.map((_, index) => ({ kind: 'result', content: [{ text: String(index) }] })),
    );
  });
}

test('signed in again, calls meanwhile wait for the new connection', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const connection = app.core.connection(server.id, account.id);
  const before = connection.current;
  const calls: Promise<ToolCallOutcome>[] = [];
  app.core.events.listen((name, payload) => {
    const { status } = payload as { status?: unknown };
    if (name !== 'connection.changed' || status !== 'connecting') return;
    calls.push(echo(app, server.id, account.id, `call ${calls.length}`));
  });
  expect((await app.signIn(server, account)).status.kind).toBe('succeeded');
  expect(calls.length).toBeGreaterThan(0);
  for (const outcome of await Promise.all(calls)) expect(outcome.kind).toBe('result');
  expect(connection.current).not.toBe(before);
});

test('a call made while the connection is made anew by hand waits as well', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const connection = app.core.connection(server.id, account.id);
  const made = connection.reconnect();
  const first = echo(app, server.id, account.id, 'first');
  const again = connection.reconnect();
  const second = echo(app, server.id, account.id, 'second');
  await Promise.all([made, again]);
  expect(await Promise.all([first, second])).toMatchObject([{ kind: 'result' }, { kind: 'result' }]);
});

test('nobody waits for a connection longer than for an answer', async () => {
  const app = await startCore();
  const server = await app.addServer({ url: 'https://mcp.example/mcp' });
  app.wire.intercept = () => new Promise<undefined>(() => undefined);
  const call = app.core.calls.call(app.core.connection(server.id, null), {
    callId: 'call',
    name: 'echo',
    arguments: {},
  });
  await until(() => app.wire.exchanges.length > 0);
  app.time.advance(60_000);
  expect(await call).toMatchObject({
    kind: 'problem',
    problem: { code: 'answer-timeout', params: { seconds: '60' } },
  });
});

test('a connection that is stopped for good fails the calls that wait for it', async () => {
  const app = await startCore();
  const server = await app.addServer({ url: 'https://mcp.example/mcp' });
  app.wire.intercept = () => new Promise<undefined>(() => undefined);
  const connection = app.core.connection(server.id, null);
  const call = app.core.calls.call(connection, { callId: 'call', name: 'echo', arguments: {} });
  await until(() => app.wire.exchanges.length > 0);
  await connection.stop();
  expect(await call).toMatchObject({ kind: 'problem', problem: { code: 'connection-lost' } });
});
