import * as z from 'zod';
import { timestamp } from './identifiers.ts';

/** One line a local server wrote beside the protocol, safe to show. */
export const outputLine = z.object({
  at: timestamp,
  /** `stderr` is where servers log; `stdout` holds what was no MCP message. */
  from: z.enum(['stderr', 'stdout']),
  text: z.string().max(2100),
});
export type OutputLine = z.infer<typeof outputLine>;

/** The program of a local server. */
export const processState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-started') }),
  z.object({ kind: z.literal('running'), pid: z.number().int().positive(), since: timestamp }),
  z.object({
    kind: z.literal('ended'),
    at: timestamp,
    /** Exit code, or null when a signal ended it. */
    exitCode: z.number().int().nullable(),
    signal: z.string().max(20).nullable(),
  }),
]);
export type ProcessState = z.infer<typeof processState>;

/** What is known of the program of a local server in this run. */
export const processView = z.object({ state: processState, lines: z.array(outputLine).max(200) });
export type ProcessView = z.infer<typeof processView>;
