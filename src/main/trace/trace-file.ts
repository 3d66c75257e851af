import * as z from 'zod';
import { appIdentity } from '../../shared/app-identity.ts';
import { type Trace, traceParty, traceSummary, traceToken } from '../../shared/domain/trace.ts';
import { describeProblem, type Problem } from '../../shared/problems.ts';

const moment = z.iso.datetime();
const problem = z.object({
  code: z.string(),
  sentence: z.string(),
  advice: z.string(),
  detail: z.string().nullable(),
});
const message = { headers: z.record(z.string(), z.string()), body: z.string().nullable() };

/** A trace as a file for other programs; docs/trace-format.md describes it. A change that breaks readers is a new version. */
export const traceFile = z.strictObject({
  format: z.literal('gatehouse-trace'),
  version: z.literal(1),
  writtenBy: z.strictObject({ name: z.string(), version: z.string() }),
  writtenAt: moment,
  trace: z.strictObject({
    kind: traceSummary.shape.kind,
    title: z.string(),
    outcome: traceSummary.shape.outcome,
    startedAt: moment,
    endedAt: moment.nullable(),
    problem: problem.nullable(),
    steps: z.array(
      z.strictObject({
        number: z.number().int().positive(),
        startedAt: moment,
        durationMs: z.number().nullable(),
        from: traceParty,
        to: traceParty,
        title: z.string(),
        rule: z.strictObject({ text: z.string(), reference: z.string() }).nullable(),
        request: z.strictObject({ method: z.string(), url: z.string(), ...message }).nullable(),
        response: z.strictObject({ status: z.number(), ...message }).nullable(),
        notes: z.array(z.string()),
        tokens: z.array(traceToken),
        problem: problem.nullable(),
      }),
    ),
  }),
});
export type TraceFile = z.infer<typeof traceFile>;

/**
 * A trace as {@link traceFile}. Secrets were removed when it was recorded.
 * @param version of Gatehouse
 * @param now milliseconds since the Unix epoch
 */
export function traceAsFile(trace: Trace, version: string, now: number): TraceFile {
  return {
    format: 'gatehouse-trace',
    version: 1,
    writtenBy: { name: appIdentity.productName, version },
    writtenAt: iso(now),
    trace: {
      kind: trace.kind,
      title: trace.title,
      outcome: trace.outcome,
      startedAt: iso(trace.startedAt),
      endedAt: trace.endedAt === null ? null : iso(trace.endedAt),
      problem: told(trace.problem),
      steps: trace.steps.map(({ at, durationMs, ...step }, index) => ({
        number: index + 1,
        startedAt: iso(at - Math.floor(durationMs ?? 0)),
        durationMs,
        ...step,
        problem: told(step.problem),
      })),
    },
  };
}

/** `gatehouse-sign-in-2026-11-20T10-30-00.har`: what it is and when it began, nothing about where. */
export function traceFileName({ kind, startedAt }: Trace, extension: 'har' | 'json'): string {
  return `gatehouse-${kind}-${iso(startedAt).slice(0, 19).replaceAll(':', '-')}.${extension}`;
}

const iso = (at: number) => new Date(at).toISOString();

function told(one: Problem | null): z.infer<typeof problem> | null {
  if (!one) return null;
  const { sentence, advice } = describeProblem(one);
  return { code: one.code, sentence, advice, detail: one.detail };
}
