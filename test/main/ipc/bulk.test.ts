import { expect, test } from 'vitest';
import { actOnServers } from '../../../src/main/ipc/bulk.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { until } from '../../support/time.ts';

/** A core with two servers nobody has to sign in to, both connected. */
async function twoServers() {
  const [one, other] = [await sandboxForTest(), await sandboxForTest()];
  const app = await startCore({ sandbox: one });
  const { server, account } = await app.signedIn();
  const second = await app.addServer({ url: other.mcpUrl });
  const { status } = await app.signIn(second);
  if (status.kind !== 'succeeded') throw new Error(status.kind);
  const connection = (serverId: string) =>
    app.core.connection(serverId, app.core.accounts.ofServer(serverId)[0]?.id ?? null);
  return { app, server, second, account, connection, one, other };
}

test('several servers are reconnected, each with its accounts; one that is gone is told', async () => {
  const { app, server, second, connection } = await twoServers();
  const times = (serverId: string) =>
    app
      .payloads('connection.changed')
      .filter((view) => view.serverId === serverId && view.status === 'connected').length;
  const before = [times(server.id), times(second.id)];
  const { failed } = await actOnServers(app.core, [server.id, second.id, 'gone', server.id], 'reconnect');
  expect(failed.map(({ serverId, problem }) => [serverId, problem.code])).toEqual([
    ['gone', 'server-unknown'],
  ]);
  await until(() => [server.id, second.id].every((id) => connection(id).view.status === 'connected'));
  expect([times(server.id), times(second.id)]).toEqual(before.map((count) => count + 1));
});

test('servers are switched off and on; one that is switched off is not reconnected', async () => {
  const { app, server, second, connection } = await twoServers();
  const both = [server.id, second.id];
  await actOnServers(app.core, both, 'disable');
  expect(app.core.servers.all().map(({ enabled }) => enabled)).toEqual([false, false]);
  expect(await actOnServers(app.core, both, 'reconnect')).toEqual({ failed: [] });
  expect(app.core.supervisor.views().map(({ status }) => status)).not.toContain('connected');
  await actOnServers(app.core, [second.id], 'enable');
  await until(() => connection(second.id).view.status === 'connected');
  expect(app.core.servers.all().map(({ enabled }) => enabled)).toEqual([false, true]);
});
