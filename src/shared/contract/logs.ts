import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { logLevel, serverLog } from '../domain/server-log.ts';
import { calls } from './define.ts';

const one = z.object({ serverId: id });

export const logCalls = calls({
  'logs.get': { input: one, output: serverLog },
  /** Asks the server for messages from this level on. */
  'logs.set-level': { input: one.extend({ level: logLevel }), output: z.void() },
  'logs.clear': { input: one, output: z.void() },
});
