import * as z from 'zod';
import { logLevels } from '../log-levels.ts';
import { id, outsideText, timestamp } from './identifiers.ts';

export const logLevel = z.enum(logLevels);

/** Longest text of one entry, in UTF-16 code units. */
export const LOG_TEXT_LIMIT = 4000;

/** A message a server sent for its log (MCP specification, logging), or what Gatehouse notes beside it. */
export const logEntry = z.object({
  /** Counts up per server, so that entries of the same moment keep their order. */
  number: z.number().int(),
  at: timestamp,
  accountId: id.nullable(),
  level: logLevel,
  /** What in the server speaks; null when it does not say. */
  logger: outsideText.nullable(),
  text: z.string().max(LOG_TEXT_LIMIT),
  source: z.enum(['server', 'gatehouse']),
});
export type LogEntry = z.infer<typeof logEntry>;

/** The newest messages of one server. */
export const serverLog = z.object({
  entries: z.array(logEntry),
  /** How many older ones are gone. */
  dropped: z.number().int().nonnegative(),
  /** The least severe level asked for; null: what the server sends by itself. */
  level: logLevel.nullable(),
});
export type ServerLog = z.infer<typeof serverLog>;
