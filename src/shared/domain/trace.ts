import * as z from 'zod';
import { id, timestamp } from './identifiers.ts';
import { problem } from './problem.ts';

export const traceParty = z.enum(['gatehouse', 'server', 'issuer', 'browser']);
export type TraceParty = z.infer<typeof traceParty>;

const message = z.object({
  headers: z.record(z.string(), z.string()),
  /** Body with secrets replaced, cut at 16 KiB; null when empty. */
  body: z.string().nullable(),
});

/** One thing that happened: a request with its answer, a decision, or a note. */
export const traceStep = z.object({
  at: timestamp,
  durationMs: z.number().nullable(),
  from: traceParty,
  to: traceParty,
  title: z.string(),
  /** The rule applied, with its source, e.g. `RFC 9728 §3.1`. */
  rule: z.object({ text: z.string(), reference: z.string() }).nullable(),
  request: message.extend({ method: z.string(), url: z.string() }).nullable(),
  response: message.extend({ status: z.number() }).nullable(),
  /** Repairs and oddities, in words. */
  notes: z.array(z.string()),
  problem: problem.nullable(),
});
export type TraceStep = z.infer<typeof traceStep>;

export const traceSummary = z.object({
  id,
  kind: z.enum(['probe', 'sign-in', 'connection', 'refresh', 'sign-out', 'call']),
  title: z.string(),
  serverId: id.nullable(),
  accountId: id.nullable(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  outcome: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  problem: problem.nullable(),
});
export type TraceSummary = z.infer<typeof traceSummary>;

export const trace = traceSummary.extend({ steps: z.array(traceStep) });
export type Trace = z.infer<typeof trace>;
