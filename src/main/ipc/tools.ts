import type { toolCalls } from '../../shared/contract/tools.ts';
import { problemOf } from '../../shared/problems.ts';
import { summaryOfTool } from '../servers/catalog-entries.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function toolHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof toolCalls> {
  return {
    'tools.list': async ({ serverId, accountId }) => {
      const listing = await core.features.catalog.tools(core.connection(serverId, accountId));
      return { ...listing, entries: listing.entries.map(summaryOfTool) };
    },
    'tools.get': ({ serverId, accountId, name }) =>
      core.features.catalog.tool(core.connection(serverId, accountId), name),
    'tools.call': async ({ serverId, accountId, callId, name, arguments: values, afterStepUp }) => {
      try {
        const connection = core.connection(serverId, accountId);
        const outcome = await core.calls.call(connection, { callId, name, arguments: values });
        return afterStepUp ? outcome : await core.stepUps.offer(accountId, name, outcome);
      } catch (error) {
        return { kind: 'problem', problem: problemOf(error) };
      }
    },
    'tools.cancel': ({ callId }) => core.calls.cancel(callId),
  };
}
