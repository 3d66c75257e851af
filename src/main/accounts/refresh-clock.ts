import type { Account } from '../../shared/domain/account.ts';
import type { Cancel, Clock, Randomness, Scheduler } from '../ports.ts';
import type { AccountBook } from './account-book.ts';

/** Renewal is due after this part of the token's life … */
const DUE_FRACTION = 0.8;
/** … and at least this long before its end, when the life is long enough for that. */
const DUE_BEFORE_END_MS = 60_000;
/** Renewals are spread over this part of the life, so that accounts signed in together do not renew together. */
const JITTER_FRACTION = 0.05;
/** Greatest number of renewals started by the clock at once. */
const AT_ONCE = 4;
/** Pause before an account whose renewal failed is looked at again. */
const PAUSE_AFTER_FAILURE_MS = 60_000;

/**
 * When an account's token should be renewed ahead of its end.
 * @param jitter from 0 up to 1
 * @returns milliseconds since the Unix epoch, or null when there is nothing to renew ahead of time
 */
export function renewalDue({ grant, state }: Account, jitter: number): number | null {
  const { accessTokenExpiresAt: end, accessTokenIssuedAt: start, refreshable } = grant;
  if (end === null || !refreshable || (state.kind !== 'live' && state.kind !== 'insufficient')) return null;
  const life = Math.max(0, end - start);
  const byFraction = start + life * (DUE_FRACTION - JITTER_FRACTION * jitter);
  const beforeEnd = end - DUE_BEFORE_END_MS;
  // A life under a minute leaves no room for the margin; the fraction alone decides then.
  return beforeEnd > start ? Math.min(byFraction, beforeEnd) : byFraction;
}

export interface RefreshClockDependencies {
  readonly accounts: AccountBook;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  /** Renews one account; a rejection is already recorded by whoever renews. */
  readonly refresh: (accountId: string) => Promise<void>;
}

/** Renews tokens ahead of time, with one timer for all accounts. */
export class RefreshClock {
  readonly #deps: RefreshClockDependencies;
  readonly #jitter = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #notBefore = new Map<string, number>();
  #timer: Cancel = () => undefined;
  #stopListening: Cancel = () => undefined;

  constructor(dependencies: RefreshClockDependencies) {
    this.#deps = dependencies;
  }

  start(): void {
    this.#stopListening = this.#deps.accounts.listen(() => this.#arm());
    this.#arm();
  }

  stop(): void {
    this.#stopListening();
    this.#timer();
  }

  /** Looks again now: after wake-up, after the network returned, after the clock jumped. */
  check(): void {
    this.#notBefore.clear();
    this.#run();
  }

  #dueOf(account: Account): number | null {
    if (this.#running.has(account.id)) return null;
    const jitter = this.#jitter.get(account.id) ?? this.#deps.randomness.fraction();
    this.#jitter.set(account.id, jitter);
    const due = renewalDue(account, jitter);
    return due === null ? null : Math.max(due, this.#notBefore.get(account.id) ?? 0);
  }

  #arm(): void {
    this.#timer();
    this.#timer = () => undefined;
    if (this.#running.size >= AT_ONCE) return;
    const dues = this.#deps.accounts.all().flatMap((account) => this.#dueOf(account) ?? []);
    if (dues.length === 0) return;
    const next = dues.reduce((least, due) => Math.min(least, due));
    this.#timer = this.#deps.scheduler.after(next - this.#deps.clock.now(), () => this.#run());
  }

  #run(): void {
    const now = this.#deps.clock.now();
    for (const account of this.#deps.accounts.all()) {
      if (this.#running.size >= AT_ONCE) break;
      const due = this.#dueOf(account);
      if (due !== null && due <= now) this.#renew(account.id);
    }
    this.#arm();
  }

  #renew(accountId: string): void {
    this.#running.add(accountId);
    const finished = (failed: boolean) => {
      this.#running.delete(accountId);
      this.#jitter.delete(accountId);
      if (failed) this.#notBefore.set(accountId, this.#deps.clock.now() + PAUSE_AFTER_FAILURE_MS);
      else this.#notBefore.delete(accountId);
      this.#run();
    };
    this.#deps.refresh(accountId).then(
      () => finished(false),
      () => finished(true),
    );
  }
}
