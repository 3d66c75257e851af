import type { CallsResult } from './messages.ts';

/** How long some work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<{ ms: number }> {
  const before = performance.now();
  await work();
  return { ms: performance.now() - before };
}

/**
 * Makes calls, so many at a time, and times each.
 * @param call makes one; throws unless its answer is the one expected
 */
export async function timedCalls(
  count: number,
  parallel: number,
  call: (text: string) => Promise<void>,
): Promise<CallsResult> {
  const latencies: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const { ms } = await timed(() => call(`call ${next}`));
      latencies.push(ms);
    }
  };
  const { ms: totalMs } = await timed(() => Promise.all(Array.from({ length: parallel }, worker)));
  return { totalMs, latencies };
}

/** How many of several pieces of work end well. */
export async function succeeding(work: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(work);
  return settled.filter(({ status }) => status === 'fulfilled').length;
}
