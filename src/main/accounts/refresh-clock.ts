import type { Account } from '../../shared/domain/account.ts';
import type { Cancel, Clock, Randomness, Scheduler } from '../ports.ts';
import type { AccountBook } from './account-book.ts';
import { DueQueue } from './due-queue.ts';
import { clockWentBack } from './held-tokens.ts';

/** Renewal is due after this part of the token's life … */
const DUE_FRACTION = 0.8;
/** … and at least this long before its end, when the life is long enough for that. */
const DUE_BEFORE_END_MS = 60_000;
/** Renewals are spread over this part of the life, so that accounts signed in together do not renew together. */
const JITTER_FRACTION = 0.05;
/** Greatest number of renewals started by the clock at once … */
export const RENEWALS_AT_ONCE = 8;
/** … and at one issuer: one that never answers must not hold up the others. */
export const RENEWALS_PER_ISSUER = 2;
/** Pause before an account whose renewal failed is looked at again; shorter while its token lives but not for long. */
const PAUSE_AFTER_FAILURE_MS = 60_000;
/** Least time between two renewals of an account, however short its tokens live. */
const LEAST_BETWEEN_MS = 5_000;
/** The clock is looked at this often at least: it may have been set, and a timer does not notice. */
const LONGEST_WAIT_MS = 5 * 60_000;
const NO_PAUSE = Number.NEGATIVE_INFINITY;

/**
 * When an account's token should be renewed ahead of its end, or where nothing can renew it, when it has ended.
 * @param jitter from 0 up to 1
 * @returns milliseconds since the Unix epoch, or null when there is nothing to wait for
 */
export function renewalDue({ grant, state }: Account, jitter: number): number | null {
  const { accessTokenExpiresAt: end, accessTokenIssuedAt: start, refreshable } = grant;
  if (end === null || (state.kind !== 'live' && state.kind !== 'insufficient')) return null;
  // Nobody can renew it: asking at its end is how the person hears of it.
  if (!refreshable) return end;
  const life = Math.max(0, end - start);
  const byFraction = start + life * (DUE_FRACTION - JITTER_FRACTION * jitter);
  const beforeEnd = end - DUE_BEFORE_END_MS;
  // A life under a minute leaves no room for the margin; the fraction alone decides then.
  return beforeEnd > start ? Math.min(byFraction, beforeEnd) : byFraction;
}

/**
 * How long an account whose renewal failed is left alone, in milliseconds. Several tries fit into what is left
 * of a life; how often the issuer is really asked is up to whoever renews.
 */
export function pauseAfterFailure({ grant }: Account, now: number): number {
  const left = (grant.accessTokenExpiresAt ?? now) - now;
  if (left <= 0) return PAUSE_AFTER_FAILURE_MS;
  return Math.min(PAUSE_AFTER_FAILURE_MS, Math.max(LEAST_BETWEEN_MS, left / 4));
}

export interface RefreshClockDependencies {
  readonly accounts: Pick<AccountBook, 'all' | 'get' | 'listen'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  /** Renews one account; a rejection is already recorded by whoever renews. */
  readonly refresh: (accountId: string) => Promise<void>;
}

/** What the clock knows of one account. Replaced as a whole, so that an older one in the queue can be told apart. */
interface Watched {
  readonly accountId: string;
  readonly issuer: string;
  readonly issuedAt: number;
  readonly jitter: number;
  /** By the token's life; null: nothing to renew. */
  readonly due: number | null;
  /** After a renewal or a failure: not before then. */
  readonly notBefore: number;
}

/** Renews tokens ahead of time, with one timer for all accounts. */
export class RefreshClock {
  readonly #deps: RefreshClockDependencies;
  readonly #watched = new Map<string, Watched>();
  readonly #queue = new DueQueue<Watched>();
  /** Accounts that are due and wait for a place. */
  readonly #waiting = new Set<string>();
  /** The issuers of the accounts that are being renewed. */
  readonly #running = new Map<string, string>();
  #lookedAt = 0;
  #armedFor = Number.POSITIVE_INFINITY;
  #timer: Cancel = () => undefined;
  #stopListening: Cancel | null = null;

  constructor(dependencies: RefreshClockDependencies) {
    this.#deps = dependencies;
  }

  start(): void {
    const { accounts } = this.#deps;
    this.#stopListening = accounts.listen(({ kind, entry }) =>
      kind === 'changed' ? this.#watch(entry) : this.#forget(entry.id),
    );
    for (const account of accounts.all()) this.#watch(account);
    this.#look();
  }

  stop(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#timer();
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  /** Looks again now: after wake-up, after the network returned, after the clock jumped. */
  check(): void {
    this.#lookAnew();
    this.#look();
  }

  /** Takes an account in, or what changed of it. */
  #watch(account: Account, notBefore?: number): void {
    const { id: accountId, issuer, grant } = account;
    const { accessTokenIssuedAt: issuedAt } = grant;
    const known = this.#watched.get(accountId);
    const jitter = known?.issuedAt === issuedAt ? known.jitter : this.#deps.randomness.fraction();
    const due = renewalDue(account, jitter);
    // Most changes of an account are none of the clock's business.
    if (known?.issuedAt === issuedAt && known.due === due && notBefore === undefined) return;
    const pause = notBefore ?? known?.notBefore ?? NO_PAUSE;
    this.#enqueue({ accountId, issuer, issuedAt, jitter, due, notBefore: pause });
    this.#arm();
  }

  #forget(accountId: string): void {
    this.#watched.delete(accountId);
    this.#waiting.delete(accountId);
  }

  #enqueue(watched: Watched): void {
    const { accountId, issuedAt, due, notBefore } = watched;
    const now = this.#deps.clock.now();
    this.#watched.set(accountId, watched);
    this.#waiting.delete(accountId);
    // A token from the future: the clock was set back since it was issued.
    if (due !== null) this.#queue.add(Math.max(clockWentBack(issuedAt, now) ? now : due, notBefore), watched);
  }

  /** Forgets every pause and reckons anew. */
  #lookAnew(): void {
    this.#queue.clear();
    this.#waiting.clear();
    for (const watched of [...this.#watched.values()]) this.#enqueue({ ...watched, notBefore: NO_PAUSE });
  }

  /** Sets the timer, unless it goes off sooner anyway. */
  #arm(): void {
    const { next } = this.#queue;
    const now = this.#deps.clock.now();
    const at = Math.min(next ?? Number.POSITIVE_INFINITY, now + LONGEST_WAIT_MS);
    if (next === null || at >= this.#armedFor || !this.#stopListening) return;
    this.#timer();
    this.#armedFor = at;
    this.#timer = this.#deps.scheduler.after(at - now, () => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      this.#look();
    });
  }

  /** Renews what is due as far as there are places, and sets the timer for the next. */
  #look(): void {
    if (!this.#stopListening) return;
    const now = this.#deps.clock.now();
    if (clockWentBack(this.#lookedAt, now)) this.#lookAnew();
    this.#lookedAt = now;
    for (let due = this.#queue.take(now); due; due = this.#queue.take(now)) {
      if (this.#watched.get(due.accountId) === due) this.#waiting.add(due.accountId);
    }
    for (const accountId of this.#waiting) {
      if (this.#running.size >= RENEWALS_AT_ONCE) break;
      const issuer = this.#watched.get(accountId)?.issuer ?? '';
      if (!this.#running.has(accountId) && this.#hasPlace(issuer)) this.#renew(accountId, issuer);
    }
    this.#arm();
  }

  #hasPlace(issuer: string): boolean {
    let there = 0;
    for (const one of this.#running.values()) if (one === issuer) there += 1;
    return there < RENEWALS_PER_ISSUER;
  }

  #renew(accountId: string, issuer: string): void {
    this.#waiting.delete(accountId);
    this.#running.set(accountId, issuer);
    const finished = (failed: boolean) => {
      this.#running.delete(accountId);
      const account = this.#deps.accounts.get(accountId);
      const now = this.#deps.clock.now();
      if (account) this.#watch(account, now + (failed ? pauseAfterFailure(account, now) : LEAST_BETWEEN_MS));
      this.#look();
    };
    this.#deps.refresh(accountId).then(
      () => finished(false),
      () => finished(true),
    );
  }
}
