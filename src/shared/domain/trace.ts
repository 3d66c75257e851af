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

const claimValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
export type ClaimValue = z.infer<typeof claimValue>;

/** What a JWT said that passed by (RFC 7519), without its signature: nothing it could be made again from. */
export const traceToken = z.object({
  /** The message it was in. */
  side: z.enum(['request', 'response']),
  /** The header, parameter or member it stood in, e.g. `authorization` or `access_token`. */
  place: z.string(),
  kind: z.enum(['signed', 'unsigned', 'encrypted']),
  header: z.record(z.string(), claimValue),
  claims: z.record(z.string(), claimValue),
  /** Names of what is left out: personal, secret-like, or not known. */
  withheld: z.array(z.string()),
});
export type TraceToken = z.infer<typeof traceToken>;

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
  /** JWTs of the request and of the answer; traces of earlier versions have none. */
  tokens: z.array(traceToken).default([]),
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
