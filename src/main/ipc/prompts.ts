import type { promptCalls } from '../../shared/contract/prompts.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function promptHandlers({
  core,
  clipboard,
}: HandlerDependencies): Pick<Handlers, keyof typeof promptCalls> {
  const { catalog, prompts } = core.features;
  return {
    'prompts.list': async ({ serverId, accountId }) => {
      const listed = await catalog.prompts(core.connection(serverId, accountId));
      return { ...listed, entries: [...listed.entries] };
    },
    'prompts.get': ({ serverId, accountId, name, arguments: values }) =>
      prompts.get(core.connection(serverId, accountId), name, values),
    'prompts.copy': ({ text }) => clipboard.writeText(text),
  };
}
