import type { Trace, TraceParty } from '../../../shared/domain/trace.ts';

/** When a step was, in milliseconds from the beginning of its trace. */
export interface StepTime {
  readonly start: number;
  readonly end: number;
  /** A request that was waited for, a person and a browser that were, or a moment. */
  readonly kind: 'request' | 'browser' | 'moment';
}

export interface TraceTiming {
  /** Milliseconds from beginning to end; at least 1. */
  readonly total: number;
  /** One for each step, in their order. */
  readonly steps: readonly StepTime[];
  /** Milliseconds waited for each party that was waited for, the longest first. */
  readonly waited: readonly (readonly [TraceParty, number])[];
}

/** Where the time of a trace went. Steps are recorded when they end: a request began its duration earlier. */
export function timingOf({ startedAt, endedAt, steps }: Trace): TraceTiming {
  const times: StepTime[] = [];
  const waited = new Map<TraceParty, number>();
  for (const step of steps) {
    const end = Math.max(0, step.at - startedAt);
    const fromBrowser = step.from === 'browser' && step.durationMs === null;
    // The browser tells nothing of its own: from when it was sent out, or whatever came last, it was waited for.
    const duration = fromBrowser ? end - (times.at(-1)?.end ?? 0) : (step.durationMs ?? 0);
    const start = Math.max(0, end - Math.max(0, duration));
    const kind = fromBrowser ? 'browser' : step.durationMs === null ? 'moment' : 'request';
    times.push({ start, end, kind });
    const party = fromBrowser ? 'browser' : step.to;
    if (kind !== 'moment') waited.set(party, (waited.get(party) ?? 0) + end - start);
  }
  const lastEnd = Math.max(0, ...times.map(({ end }) => end));
  return {
    total: Math.max(1, lastEnd, endedAt === null ? 0 : endedAt - startedAt),
    steps: times,
    waited: [...waited].sort(([, a], [, b]) => b - a),
  };
}
