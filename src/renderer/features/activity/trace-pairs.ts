import type { TraceSummary } from '../../../shared/domain/trace.ts';

/** Attempts that can be compared with one: those of the same server, its own kind first, newest first. */
export function comparable(all: readonly TraceSummary[], one: TraceSummary): TraceSummary[] {
  const others = all.filter(({ id, serverId }) => id !== one.id && serverId === one.serverId);
  const newest = others.toSorted((a, b) => b.startedAt - a.startedAt);
  return [
    ...newest.filter(({ kind }) => kind === one.kind),
    ...newest.filter(({ kind }) => kind !== one.kind),
  ];
}

/**
 * Whom to compare an attempt with: the last one of its kind that ended the other way, failed for succeeded; else the
 * last one of its kind, else of any.
 */
export function counterpart(all: readonly TraceSummary[], one: TraceSummary): TraceSummary | null {
  const others = comparable(all, one);
  const wanted = one.outcome === 'succeeded' ? 'failed' : 'succeeded';
  return others.find(({ kind, outcome }) => kind === one.kind && outcome === wanted) ?? others[0] ?? null;
}

/** The two attempts at a server to compare first: the last that failed, a sign-in before others, and the last good one of its kind. */
export function defaultPair(all: readonly TraceSummary[]): readonly [TraceSummary, TraceSummary] | null {
  const newest = all.toSorted((a, b) => b.startedAt - a.startedAt);
  const failed = newest.filter(({ outcome }) => outcome === 'failed');
  const first = failed.find(({ kind }) => kind === 'sign-in') ?? failed[0] ?? newest[0];
  const second = first && counterpart(newest, first);
  return first && second ? [first, second] : null;
}
