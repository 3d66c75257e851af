import type { appCalls } from '../../shared/contract/app.ts';
import { traceAsHar } from '../trace/har.ts';
import { traceAsMarkdown } from '../trace/markdown.ts';
import { traceAsFile, traceFileName } from '../trace/trace-file.ts';
import type { HandlerDependencies } from './dependencies.ts';
import { diagnosticsAsMarkdown } from './diagnostics.ts';
import type { Handlers } from './router.ts';

export function appHandlers({
  core,
  views,
  clock,
  clipboard,
  files,
  app,
  notices,
}: HandlerDependencies): Pick<Handlers, keyof typeof appCalls> {
  return {
    'app.snapshot': () => views.snapshot(notices, app),
    'app.update-settings': (change) => core.changeAppSettings(change),
    'app.copy-diagnostics': async () => {
      const snapshot = await views.snapshot(notices, app);
      const now = clock.now();
      await clipboard.writeText(diagnosticsAsMarkdown({ snapshot, traces: core.traces.list(null), now }));
    },
    'updates.check': () => core.updates.check(),
    'updates.download': () => core.updates.download(),
    'updates.install': () => core.updates.install(),
    'certificates.choose': ({ requestId, fingerprint }) => core.certificates.answer(requestId, fingerprint),
    'app.erase-everything': () => core.leaving.eraseEverything(),
    'activity.list': ({ serverId }) => core.traces.list(serverId),
    'activity.get': ({ traceId }) => core.traces.get(traceId),
    'activity.copy': async ({ traceId }) => {
      const trace = core.traces.get(traceId);
      if (trace) await clipboard.writeText(traceAsMarkdown(trace));
    },
    'activity.save': async ({ traceId, format }) => {
      const trace = core.traces.get(traceId);
      if (!trace) return 'gone';
      const written =
        format === 'har' ? traceAsHar(trace, app.version) : traceAsFile(trace, app.version, clock.now());
      return files.save(traceFileName(trace, format), `${JSON.stringify(written, null, 2)}\n`);
    },
  };
}
