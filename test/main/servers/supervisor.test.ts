import { expect, test } from 'vitest';
import { ATTEMPTS_AT_ONCE } from '../../../src/main/servers/supervisor.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { quietly, until } from '../../support/time.ts';

test('at most 8 connection attempts run at once; the others follow as places become free', async () => {
  expect(ATTEMPTS_AT_ONCE).toBe(8);
  const app = await startCore();
  const answers: (() => void)[] = [];
  app.wire.intercept = () =>
    new Promise<Response>((resolve) => {
      answers.push(() => resolve(new Response('gone', { status: 410 })));
    });
  for (let number = 0; number < 30; number += 1) {
    await app.addServer({ url: `https://server-${number}.example/mcp` });
  }
  await app.core.start();
  await until(() => answers.length === 8);
  await quietly();
  expect(answers).toHaveLength(8);
  const hosts = () => new Set(app.wire.exchanges.map(({ url }) => url.host)).size;
  for (let answered = 0; hosts() < 30; answered += 1) {
    await until(() => answers.length > answered);
    answers[answered]?.();
    await quietly(5);
    const open = app.wire.exchanges.filter(({ status }) => status === undefined);
    expect(new Set(open.map(({ url }) => url.host)).size).toBeLessThanOrEqual(8);
  }
});

test('whoever waits in line and is given up ends with a problem, not with an accident', async () => {
  const app = await startCore();
  app.wire.intercept = () => new Promise<undefined>(() => undefined);
  const servers = await Promise.all(
    Array.from({ length: 9 }, (_, number) => app.addServer({ url: `https://server-${number}.example/mcp` })),
  );
  const attempts = servers.map(({ id }) => app.core.connection(id, null).client());
  for (const attempt of attempts) attempt.catch(() => undefined);
  await until(() => app.wire.exchanges.length === 8);
  const last = servers.at(-1)?.id ?? '';
  await app.core.connection(last, null).stop();
  expect(await problemCodeOf(attempts.at(-1) ?? Promise.resolve())).toBe('connection-lost');
});

test('a slow server delays neither the start nor the others', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const slow = await app.addServer({ url: 'https://slow.example/mcp' });
  await app.addServer();
  app.wire.intercept = ({ url }) =>
    url.host === 'slow.example' ? new Promise<undefined>(() => undefined) : undefined;
  await app.core.start();
  const statusOf = (serverId: string) =>
    app.core.supervisor.views().find((view) => view.serverId === serverId)?.status;
  await until(() => app.core.supervisor.views().some(({ status }) => status === 'waiting-for-sign-in'));
  expect(statusOf(slow.id)).toBe('connecting');
});

test('each account has its own connection; the last one gone, the server is asked without one again', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  expect(app.core.supervisor.views()).toMatchObject([{ accountId: account.id, status: 'connected' }]);
  const report = await app.core.leaving.signOut(account.id, { forgetRegistration: true });
  expect(report).toMatchObject({ revocation: 'confirmed', accountId: account.id });
  await until(() => app.core.supervisor.views()[0]?.status === 'waiting-for-sign-in');
  expect(app.core.supervisor.views()).toMatchObject([{ serverId: server.id, accountId: null }]);
  expect(app.payloads('connection.removed')).toContainEqual({ serverId: server.id, accountId: account.id });
});

test('signing out revokes at the issuer first, then nothing is left here', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { account } = await app.signedIn();
  const { accessToken } = await app.core.keeper.authorization(account.id);
  await app.core.leaving.signOut(account.id, { forgetRegistration: true });
  expect(await sandbox.issuer.introspect(accessToken)).toEqual({ active: false });
  expect(app.core.accounts.all()).toEqual([]);
  expect(await app.core.vault.read(account.id, 'account')).toEqual({ kind: 'absent' });
  expect(await problemCodeOf(app.core.keeper.authorization(account.id))).toBe('account-unknown');
});

test('signing out works while the issuer is down, and says that it will be told later', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { account } = await app.signedIn();
  await sandbox.issuer.stop();
  expect(await app.core.leaving.signOut(account.id, { forgetRegistration: true })).toMatchObject({
    revocation: 'queued',
    detail: expect.any(String),
  });
  expect(app.core.accounts.all()).toEqual([]);
});

test('removing a server signs out its accounts and leaves nothing of it', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const reports = await app.core.leaving.removeServer(server.id);
  expect(reports).toMatchObject([{ accountId: account.id, revocation: 'confirmed' }]);
  expect([app.core.servers.all(), app.core.accounts.all(), app.core.supervisor.views()]).toEqual([
    [],
    [],
    [],
  ]);
});

test('after a restart accounts connect by themselves, without any authorization request', async () => {
  const sandbox = await sandboxForTest();
  const first = await startCore({ sandbox });
  const { account } = await first.signedIn();
  await first.core.stop();
  sandbox.reset();
  const app = await startCore({ folder: first.folder, time: first.time });
  await app.core.start();
  await until(() => app.core.supervisor.views()[0]?.status === 'connected');
  expect(app.core.supervisor.views()).toMatchObject([{ accountId: account.id }]);
  expect(sandbox.requests.filter(({ host }) => host === 'issuer').map(({ path }) => path)).not.toContain(
    '/authorize',
  );
  expect(app.visits).toEqual([]);
});
