import type { TraceSummary } from '../../shared/domain/trace.ts';

/** Puts a trace into a list, newest first, in place of the one with its identifier. */
export function upsertTrace(list: readonly TraceSummary[], summary: TraceSummary): readonly TraceSummary[] {
  const index = list.findIndex(({ id }) => id === summary.id);
  if (index >= 0) return list.with(index, summary);
  const place = list.findIndex(({ startedAt }) => startedAt <= summary.startedAt);
  return place < 0 ? [...list, summary] : list.toSpliced(place, 0, summary);
}
