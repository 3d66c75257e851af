import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { settings } from '../domain/settings.ts';
import { snapshot } from '../domain/snapshot.ts';
import { trace, traceSummary } from '../domain/trace.ts';
import { calls } from './define.ts';

export const appCalls = calls({
  'app.snapshot': { input: z.void(), output: snapshot },
  'app.update-settings': { input: settings.partial(), output: settings },
  'activity.list': { input: z.object({ serverId: id.nullable() }), output: z.array(traceSummary) },
  'activity.get': { input: z.object({ traceId: id }), output: trace.nullable() },
  /** Puts the trace, secrets removed, on the clipboard as Markdown. */
  'activity.copy': { input: z.object({ traceId: id }), output: z.void() },
});
