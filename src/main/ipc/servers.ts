import type { serverCalls } from '../../shared/contract/servers.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function serverHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof serverCalls> {
  return {
    'servers.probe': ({ url }) => core.probe(url),
    'servers.add': async ({ url, name, signInFollows }) => {
      const server = await core.addServer(url, name);
      if (!signInFollows) core.connection(server.id, null).start();
      return server;
    },
    'servers.rename': ({ serverId, name }) => core.servers.put({ ...core.servers.require(serverId), name }),
    'servers.update-settings': async ({ serverId, settings, clientSecret }) => {
      core.servers.require(serverId);
      if (clientSecret !== undefined)
        await core.changeServerSecrets(serverId, { clientSecret: clientSecret ?? undefined });
      await core.changeServer(serverId, (server) => ({ ...server, settings }));
    },
    'servers.set-enabled': ({ serverId, enabled }) =>
      core.changeServer(serverId, (server) => ({ ...server, enabled })),
    'servers.reconnect': ({ serverId, accountId }) => core.connection(serverId, accountId).reconnect(),
    'servers.remove': async ({ serverId }) => {
      await core.removeServer(serverId);
    },
  };
}
