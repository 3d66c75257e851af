import type { ProblemError } from '../../shared/problems.ts';
import type { Clock } from '../ports.ts';

/** Pause after a refresh that failed for a passing reason, doubled each time up to the ceiling. */
const FIRST_PAUSE_MS = 2_000;
/** Also the pause after what will not pass by itself. */
export const LONGEST_PAUSE_MS = 300_000;

interface Pause {
  readonly from: number;
  readonly until: number;
  readonly lengthMs: number;
  readonly problem: ProblemError;
  /** The issuer named the time (`Retry-After`, RFC 9110 §10.2.3). */
  readonly asked: boolean;
}

/** When refreshes that failed may be tried again, by account. */
export class RefreshPauses {
  readonly #clock: Clock;
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why an account has to wait; null when it need not. */
  problem(accountId: string): ProblemError | null {
    const pause = this.#pauses.get(accountId);
    const now = this.#clock.now();
    // Before its own beginning: the clock was set back, and a pause of seconds would last for hours.
    return pause && pause.from <= now && now < pause.until ? pause.problem : null;
  }

  /**
   * Begins a pause, longer than the one before it.
   * @param askedMs what the issuer asked for, in milliseconds; null: nothing
   * @param leastMs shortest length when the issuer asked for nothing
   */
  begin(accountId: string, problem: ProblemError, askedMs: number | null, leastMs = 0): void {
    const before = this.#pauses.get(accountId)?.lengthMs ?? FIRST_PAUSE_MS / 2;
    const lengthMs = Math.max(Math.min(before * 2, LONGEST_PAUSE_MS), askedMs ?? leastMs);
    const from = this.#clock.now();
    this.#pauses.set(accountId, { from, until: from + lengthMs, lengthMs, problem, asked: askedMs !== null });
  }

  end(accountId: string): void {
    this.#pauses.delete(accountId);
  }

  /** Ends the pauses no issuer asked for. */
  endUnasked(): void {
    for (const [accountId, { asked }] of this.#pauses) if (!asked) this.#pauses.delete(accountId);
  }
}
