import type { toolCalls } from '../../shared/contract/tools.ts';
import { problemOf } from '../../shared/problems.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function toolHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof toolCalls> {
  return {
    'tools.list': ({ serverId, accountId }) => core.calls.list(core.connection(serverId, accountId)),
    'tools.call': async ({ serverId, accountId, callId, name, arguments: values }) => {
      try {
        return await core.calls.call(core.connection(serverId, accountId), {
          callId,
          name,
          arguments: values,
        });
      } catch (error) {
        return { kind: 'problem', problem: problemOf(error) };
      }
    },
    'tools.cancel': ({ callId }) => core.calls.cancel(callId),
  };
}
