import type { resourceCalls } from '../../shared/contract/resources.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function resourceHandlers({
  core,
  files,
}: HandlerDependencies): Pick<Handlers, keyof typeof resourceCalls> {
  const { catalog, resources, subscriptions } = core.features;
  return {
    'resources.list': async ({ serverId, accountId }) => {
      const connection = core.connection(serverId, accountId);
      const [listed, templates] = await Promise.all([
        catalog.resources(connection),
        catalog.templates(connection),
      ]);
      return {
        resources: { ...listed, entries: [...listed.entries] },
        templates: { ...templates, entries: [...templates.entries] },
        canFollow: subscriptions.offered(connection) === true,
        followed: [...subscriptions.uris(connection)],
      };
    },
    'resources.read': ({ serverId, accountId, uri }) =>
      resources.read(core.connection(serverId, accountId), uri),
    'resources.save': ({ serverId, accountId, uri, part }) =>
      resources.save(core.connection(serverId, accountId), uri, part, files),
    'resources.subscribe': ({ serverId, accountId, uri }) =>
      subscriptions.subscribe(core.connection(serverId, accountId), uri),
    'resources.unsubscribe': ({ serverId, accountId, uri }) =>
      subscriptions.unsubscribe(core.connection(serverId, accountId), uri),
    'resources.expand': ({ uriTemplate, values }) => resources.expand(uriTemplate, values),
  };
}
