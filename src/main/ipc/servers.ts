import type { serverCalls } from '../../shared/contract/servers.ts';
import { failure } from '../../shared/problems.ts';
import { enteredSecrets, makeClientKey } from '../accounts/client-key.ts';
import { actOnServers } from './bulk.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function serverHandlers({
  core,
  clipboard,
}: HandlerDependencies): Pick<Handlers, keyof typeof serverCalls> {
  return {
    'servers.probe': ({ url, headers }) => core.inquiry.probe(url, headers),
    'servers.add': async ({ url, name, signInFollows, headers }) => {
      const server = await core.addServer(url, name, undefined, headers);
      if (!signInFollows) core.connection(server.id, null).start();
      return server;
    },
    'servers.add-command': async ({ name, command }) => {
      const server = await core.commands.add(name, command);
      // It fails, for want of approval, and says so.
      core.connection(server.id, null).start();
      return server;
    },
    'servers.change-command': ({ serverId, command, settings }) =>
      core.commands.change(serverId, command, settings),
    'servers.approve-command': ({ serverId, digest }) => core.commands.approve(serverId, digest),
    'servers.process': ({ serverId }) => core.local.view(core.servers.requireLocal(serverId).id),
    'servers.rename': ({ serverId, name }) => core.servers.put({ ...core.servers.require(serverId), name }),
    'servers.update-settings': async ({ serverId, settings, headers, clientSecret, identityToken }) => {
      core.servers.requireRemote(serverId);
      if (clientSecret !== undefined || identityToken !== undefined) {
        await core.serverSecrets.change(serverId, {
          ...(clientSecret !== undefined && { clientSecret: clientSecret ?? undefined }),
          ...(identityToken !== undefined && { identityToken: identityToken ?? undefined }),
        });
      }
      await core.changeServerSettings(serverId, settings, headers);
    },
    'servers.secrets': ({ serverId }) =>
      enteredSecrets(core.vault, serverId, core.servers.requireRemote(serverId).name),
    'servers.make-client-key': ({ serverId, algorithm }) => {
      core.servers.requireRemote(serverId);
      return makeClientKey(algorithm, (privateKey) => core.serverSecrets.change(serverId, { privateKey }));
    },
    'servers.copy-client-key': async ({ serverId }) => {
      const { name } = core.servers.requireRemote(serverId);
      const { clientKey } = await enteredSecrets(core.vault, serverId, name);
      if (clientKey) await clipboard.writeText(JSON.stringify(clientKey, null, 2));
    },
    'servers.set-default-account': ({ serverId, accountId }) => {
      const server = core.servers.requireRemote(serverId);
      if (core.accounts.require(accountId).serverId !== serverId) throw failure('account-unknown');
      return core.servers.put({ ...server, defaultAccountId: accountId });
    },
    'servers.set-enabled': ({ serverId, enabled }) =>
      core.changeServer(serverId, (server) => ({ ...server, enabled })),
    'servers.reconnect': ({ serverId, accountId }) => core.connection(serverId, accountId).reconnect(),
    'servers.bulk': ({ serverIds, action }) => actOnServers(core, serverIds, action),
    'servers.remove': ({ serverId }) => core.leaving.removeServer(serverId),
  };
}
