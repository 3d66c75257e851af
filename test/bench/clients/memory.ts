import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectAllResult } from './messages.ts';
import { timed } from './timing.ts';

/** Connects, and tells what that took and what stays of it. The process runs with `--expose-gc`. */
export async function measuredConnections(
  connect: () => Promise<unknown>,
): Promise<Omit<ConnectAllResult, 'connected'>> {
  const heapBefore = await heapWithoutGarbage();
  const peak = watchHeap();
  const before = process.cpuUsage();
  const { ms } = await timed(connect);
  const { user, system } = process.cpuUsage(before);
  const sockets = openSockets();
  return {
    ms,
    cpuMs: (user + system) / 1000,
    heapBefore,
    heapPeak: peak(),
    heapAfter: await heapWithoutGarbage(),
    rss: process.memoryUsage().rss,
    sockets,
  };
}

/** The JavaScript heap without garbage, in bytes. */
async function heapWithoutGarbage(): Promise<number> {
  // What a finalizer lets go of is garbage in the turn after.
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}

/** Watches how large the heap gets. @returns what stops it and tells the greatest size seen, in bytes */
function watchHeap(): () => number {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  };
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

/** Sockets this process has open. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
}
