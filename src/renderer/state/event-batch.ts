/** Runs a function soon; what it returns calls that off. */
export type Schedule = (run: () => void) => () => void;

/**
 * Collects what arrives and hands it on together, so that five hundred events a second cost as many
 * renders as there are frames.
 */
export function createBatch<T>(
  schedule: Schedule,
  deliver: (items: readonly T[]) => void,
): { add(item: T): void; stop(): void } {
  let waiting: T[] = [];
  let callOff: (() => void) | null = null;
  return {
    add(item) {
      waiting.push(item);
      callOff ??= schedule(() => {
        const items = waiting;
        waiting = [];
        callOff = null;
        deliver(items);
      });
    },
    stop() {
      callOff?.();
      callOff = null;
      waiting = [];
    },
  };
}

/** A clock that never goes back, and its timers; all in milliseconds. */
export interface PageTime {
  now(): number;
  /** @returns what calls it off */
  after(delayMs: number, run: () => void): () => void;
}

export const pageTime: PageTime = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Waits longer where much happens: the first of a burst is on time, what follows comes together a few times a second,
 * which is as often as a person can read it, and leaves the frames in between to scrolling and typing.
 * @param pauseMs shortest time between two runs, in milliseconds
 */
export function paced(schedule: Schedule, pauseMs: number, { now, after }: PageTime): Schedule {
  let last = Number.NEGATIVE_INFINITY;
  return (run) => {
    let callOff = () => {};
    const begin = () => {
      callOff = schedule(() => {
        last = now();
        run();
      });
    };
    const waitMs = last + pauseMs - now();
    if (waitMs > 0) callOff = after(waitMs, begin);
    else begin();
    return () => callOff();
  };
}

const HIDDEN_WINDOW_DELAY_MS = 250;

/** The next frame, or a moment later while the window is hidden and no frames are drawn. */
export const nextFrame: Schedule = (run) => {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_WINDOW_DELAY_MS);
  return () => {
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
};
