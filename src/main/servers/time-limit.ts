import type { Cancel, Scheduler } from '../ports.ts';

/** The time one request may take without a sign of life; it rests while the person is asked something. */
export class TimeLimit {
  readonly #scheduler: Scheduler;
  readonly #limitMs: number;
  readonly #expired: () => void;
  #cancel: Cancel = () => undefined;
  #state: 'running' | 'resting' | 'stopped' = 'running';

  /** Starts at once. */
  constructor(scheduler: Scheduler, limitMs: number, expired: () => void) {
    this.#scheduler = scheduler;
    this.#limitMs = limitMs;
    this.#expired = expired;
    this.restart();
  }

  /** There was a sign of life: the whole time again. */
  restart(): void {
    if (this.#state !== 'running') return;
    this.#cancel();
    this.#cancel = this.#scheduler.after(this.#limitMs, this.#expired);
  }

  /** Rests, or runs again with the whole time. */
  rest(resting: boolean): void {
    if (this.#state === 'stopped' || (this.#state === 'resting') === resting) return;
    this.#cancel();
    this.#state = resting ? 'resting' : 'running';
    this.restart();
  }

  stop(): void {
    this.#cancel();
    this.#state = 'stopped';
  }
}
