import type { Cancel, Clock, Scheduler } from '../../src/main/ports.ts';

/** Time that stands still until a test moves it: clock and scheduler in one. */
export class SimulatedTime implements Clock, Scheduler {
  #now: number;
  readonly #timers = new Set<{ due: number; run: () => void }>();

  /** @param now milliseconds since the Unix epoch; by default the real time, so that tokens of a real issuer fit */
  constructor(now = Date.now()) {
    this.#now = now;
  }

  now = (): number => this.#now;

  after = (delayMs: number, run: () => void): Cancel => {
    const timer = { due: this.#now + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** When the next timer is due, milliseconds since the Unix epoch; null without one. */
  get nextDue(): number | null {
    return this.#timers.size === 0 ? null : Math.min(...[...this.#timers].map(({ due }) => due));
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Moves time on; timers fire in order, each at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.run();
    }
    this.#now = end;
  }

  /** Sets the clock forward or back. Timers count the time that passes, so none of them notices. */
  setBy(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.due += ms;
  }

  /** Moves time on without firing anything: the computer slept. */
  sleepThrough(ms: number): void {
    this.#now += ms;
  }
}

/** Lets everything that is under way go on until `condition` holds; the test's own limit ends a vain wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await turnOfTheLoop();
}

/** One round of the event loop: what was ready to run has run. */
export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Several rounds of the event loop, for "and nothing happens". */
export async function quietly(rounds = 50): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await turnOfTheLoop();
}
