import type { logCalls } from '../../shared/contract/logs.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function logHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof logCalls> {
  const { logs } = core.features;
  return {
    'logs.get': ({ serverId }) => logs.log(core.servers.require(serverId).id),
    'logs.set-level': async ({ serverId, level }) => {
      core.servers.require(serverId);
      const connections = core.supervisor.all().filter(({ server }) => server.id === serverId);
      await logs.setLevel(serverId, level, connections);
    },
    'logs.clear': ({ serverId }) => logs.clear(core.servers.require(serverId).id),
  };
}
