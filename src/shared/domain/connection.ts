import * as z from 'zod';
import { id, outsideText, timestamp } from './identifiers.ts';
import { problem } from './problem.ts';

export const connectionStatus = z.enum([
  'disabled',
  'disconnected',
  'connecting',
  'connected',
  'reconnecting',
  'waiting-for-sign-in',
  'failed',
]);
export type ConnectionStatus = z.infer<typeof connectionStatus>;

/** One connection: a server for one account, or for nobody when the server needs no sign-in. */
export const connectionView = z.object({
  serverId: id,
  accountId: id.nullable(),
  status: connectionStatus,
  problem: problem.nullable(),
  since: timestamp,
  /** When the next attempt is due, while reconnecting. */
  nextAttemptAt: timestamp.nullable(),
  protocolVersion: z.string().nullable(),
  serverName: outsideText.nullable(),
  serverVersion: outsideText.nullable(),
});
export type ConnectionView = z.infer<typeof connectionView>;
