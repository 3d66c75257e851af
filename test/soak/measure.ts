import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the core's process holds at one moment, after its garbage was collected. */
export interface Sample {
  readonly heapMiB: number;
  /** What keeps the process alive or is under way in its event loop, sockets left out. */
  readonly handles: number;
  readonly sockets: number;
  /** Open files and sockets as the system counts them; null where it does not tell. */
  readonly descriptors: number | null;
  /** Files below the user data folder, traces left out. */
  readonly files: number;
  readonly traces: number;
}

export type Figure = keyof Sample;

/** How much a figure may be higher at the end of the second half than at its beginning, and why. */
export interface Bound {
  readonly figure: Figure;
  readonly most: number;
  readonly reason: string;
}

/**
 * What holds for fifty servers and a hundred accounts. A leak of one object, socket or file per request, renewal
 * or fault would exceed each of these many times within minutes.
 */
export const BOUNDS: readonly Bound[] = [
  {
    figure: 'heapMiB',
    most: 4,
    reason:
      'bounded memories (200 traces, 500 lines of log per server) still change in content; nothing else may grow',
  },
  { figure: 'handles', most: 40, reason: 'timers and file operations of requests under way at that moment' },
  {
    figure: 'sockets',
    most: 30,
    reason: 'requests under way, kept-alive connections, streams being opened again',
  },
  { figure: 'descriptors', most: 40, reason: 'the sockets, and files being written at that moment' },
  {
    figure: 'files',
    most: 8,
    reason: 'temporary files of writes, and sign-ins waiting for a browser, at that moment',
  },
  {
    figure: 'traces',
    most: 60,
    reason:
      'two hundred are kept, and those still open are not on disk: there are fewer while much is reconnecting',
  },
];

/** How one figure went over the second half. */
export interface Verdict {
  readonly bound: Bound;
  /** Medians of the first and the last third of the second half; null where the system does not tell. */
  readonly from: number | null;
  readonly to: number | null;
  readonly isFlat: boolean;
}

/** Judges the second half of a run by medians: one sample in the middle of a fault says nothing. */
export function judge(samples: readonly Sample[]): Verdict[] {
  const second = samples.slice(Math.floor(samples.length / 2));
  const third = Math.max(1, Math.floor(second.length / 3));
  return BOUNDS.map((bound) => {
    const of = (some: readonly Sample[]) => median(some.map((sample) => sample[bound.figure]));
    const from = of(second.slice(0, third));
    const to = of(second.slice(-third));
    const isFlat = from === null || to === null ? second.length > 0 : to - from <= bound.most;
    return { bound, from, to, isFlat };
  });
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const middle = Math.floor(known.length / 2);
  const [low = 0, high = 0] = [known[Math.ceil(known.length / 2) - 1], known[middle]];
  return (low + high) / 2;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Collects garbage, then counts. */
export async function takeSample(folder: string): Promise<Sample> {
  // Twice, with a turn between: what finalizers and weak references let go is gone only then.
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const resources = process.getActiveResourcesInfo();
  const sockets = resources.filter((name) => /^(?:TCP|TLS)/.test(name)).length;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []));
  const traces = paths.filter((path) => path.startsWith(join(folder, 'traces')));
  return {
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    handles: resources.length - sockets,
    sockets,
    descriptors: (await readdir('/proc/self/fd').catch(() => null))?.length ?? null,
    files: paths.length - traces.length,
    traces: traces.length,
  };
}
