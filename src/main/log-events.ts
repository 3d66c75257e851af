import type { TraceSummary } from '../shared/domain/trace.ts';
import { describeProblem, type Problem } from '../shared/problems.ts';
import type { EventHub } from './events.ts';
import type { Log } from './trace/log.ts';

/** Writes what went wrong in the core into the log: each failed attempt once, and what the person was told. */
export function logEvents(events: EventHub, log: Log): () => void {
  // A trace that has ended may be told of again.
  const last = new Set<string>();
  return events.listen((name, payload) => {
    if (name === 'trace.changed') {
      const { id, kind, outcome, problem } = payload as TraceSummary;
      if (outcome !== 'failed' || !problem || last.has(id)) return;
      last.add(id);
      for (const old of last) if (last.size > 100) last.delete(old);
      log.warn(`${kind} failed: ${told(problem)}`);
    } else if (name === 'notice') {
      log.warn(`told: ${told(payload as Problem)}`);
    }
  });
}

function told(problem: Problem): string {
  const detail = problem.detail === null ? '' : ` (${problem.detail})`;
  return `${problem.code}: ${describeProblem(problem).sentence}${detail}`;
}
