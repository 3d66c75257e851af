import type { Cancel, Scheduler } from '../ports.ts';

/**
 * Passes on what a server may send by the thousand: at once the first time, then at most once per pause, and
 * never losing the last.
 */
export class Pacer {
  readonly #scheduler: Scheduler;
  readonly #pauseMs: number;
  readonly #run: () => void;
  #waiting: Cancel | null = null;
  #again = false;

  constructor(scheduler: Scheduler, pauseMs: number, run: () => void) {
    this.#scheduler = scheduler;
    this.#pauseMs = pauseMs;
    this.#run = run;
  }

  /** There is something to pass on. */
  tell(): void {
    if (this.#waiting) {
      this.#again = true;
      return;
    }
    this.#run();
    this.#waiting = this.#scheduler.after(this.#pauseMs, () => {
      this.#waiting = null;
      if (!this.#again) return;
      this.#again = false;
      this.tell();
    });
  }

  /** Passes on what waits, now, and nothing later. */
  flush(): void {
    this.#waiting?.();
    this.#waiting = null;
    if (!this.#again) return;
    this.#again = false;
    this.#run();
  }
}
