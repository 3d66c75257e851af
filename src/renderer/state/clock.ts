import { useSyncExternalStore } from 'react';

const listeners = new Map<number, Set<() => void>>();
const timers = new Map<number, ReturnType<typeof setInterval>>();

/** One timer for each interval in use, shared by all who watch the time. */
function subscribe(intervalMs: number, changed: () => void): () => void {
  const watching = listeners.get(intervalMs) ?? new Set();
  listeners.set(intervalMs, watching.add(changed));
  if (!timers.has(intervalMs))
    timers.set(
      intervalMs,
      setInterval(() => {
        for (const listener of watching) listener();
      }, intervalMs),
    );
  return () => {
    watching.delete(changed);
    if (watching.size > 0) return;
    clearInterval(timers.get(intervalMs));
    timers.delete(intervalMs);
  };
}

const subscribeTo = new Map<number, (changed: () => void) => () => void>();

/**
 * Now, rounded up to the interval, so that nothing seems to last longer than it does; renders
 * again once per interval.
 */
export function useNow(intervalMs = 1000): number {
  let own = subscribeTo.get(intervalMs);
  if (!own) {
    own = (changed) => subscribe(intervalMs, changed);
    subscribeTo.set(intervalMs, own);
  }
  return useSyncExternalStore(own, () => Math.ceil(Date.now() / intervalMs) * intervalMs);
}
