import type { catalogCalls } from '../../shared/contract/catalog.ts';
import { complete } from '../servers/completions.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function catalogHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof catalogCalls> {
  return {
    'catalog.search': ({ query }) => core.features.search.find(query, core.supervisor.all()),
    'catalog.complete': async ({ serverId, accountId, of, argument, others }) => {
      const { values, more } = await complete(core.connection(serverId, accountId), of, argument, others);
      return { values: [...values], more };
    },
  };
}
