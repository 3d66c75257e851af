import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { settings, settingsChange } from '../domain/settings.ts';
import { snapshot } from '../domain/snapshot.ts';
import { trace, traceSummary } from '../domain/trace.ts';
import { eraseReport } from './accounts.ts';
import { calls } from './define.ts';

export const appCalls = calls({
  'app.snapshot': { input: z.void(), output: snapshot },
  'app.update-settings': { input: settingsChange, output: settings },
  /** Puts versions, settings, states and the last problems, without a secret, on the clipboard. */
  'app.copy-diagnostics': { input: z.void(), output: z.void() },
  /** Asks whether there is a newer version. What comes of it is told by events, here and below. */
  'updates.check': { input: z.void(), output: z.void() },
  'updates.download': { input: z.void(), output: z.void() },
  /** Ends the app and starts the version that was fetched. */
  'updates.install': { input: z.void(), output: z.void() },
  /** The certificate a server shall see, by its fingerprint; null: none. */
  'certificates.choose': {
    input: z.object({ requestId: id, fingerprint: z.string().max(200).nullable() }),
    output: z.void(),
  },
  /** Signs out everywhere and deletes everything stored. The word is typed by the person. */
  'app.erase-everything': { input: z.object({ confirmation: z.literal('erase') }), output: eraseReport },
  'activity.list': { input: z.object({ serverId: id.nullable() }), output: z.array(traceSummary) },
  'activity.get': { input: z.object({ traceId: id }), output: trace.nullable() },
  /** Puts the trace, secrets removed, on the clipboard as Markdown. */
  'activity.copy': { input: z.object({ traceId: id }), output: z.void() },
  /** Saves the trace, secrets removed, where the person chooses: as HAR 1.2, or as described in docs/trace-format.md. */
  'activity.save': {
    input: z.object({ traceId: id, format: z.enum(['har', 'json']) }),
    output: z.enum(['saved', 'cancelled', 'gone']),
  },
});
