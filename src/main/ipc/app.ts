import type { appCalls } from '../../shared/contract/app.ts';
import { traceAsMarkdown } from '../trace/markdown.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function appHandlers({
  core,
  views,
  clipboard,
  app,
  notices,
}: HandlerDependencies): Pick<Handlers, keyof typeof appCalls> {
  return {
    'app.snapshot': () => views.snapshot(notices, app),
    'app.update-settings': async (change) => {
      const changed = await core.settings.change(
        Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
      );
      core.events.emit('settings.changed', changed);
      return changed;
    },
    'activity.list': ({ serverId }) => core.traces.list(serverId),
    'activity.get': ({ traceId }) => core.traces.get(traceId),
    'activity.copy': async ({ traceId }) => {
      const trace = core.traces.get(traceId);
      if (trace) await clipboard.writeText(traceAsMarkdown(trace));
    },
  };
}
