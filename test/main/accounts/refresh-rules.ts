import type { Failure, IssuerWatch, SimulatedGrant } from '../../support/simulated-issuers.ts';

/** What an outage, a sleep, a restart or a set clock leaves behind is worked off after this long. */
export const SETTLING_MS = 15 * 60_000;
/** The earliest a token may be renewed, as part of its life: 80 % less the jitter. */
const EARLIEST = 0.75;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;

/** What may excuse a departure from a rule, counted: two stamps differ when it happened in between. */
interface Stamps {
  readonly clockSets: number;
  readonly wakes: number;
  readonly starts: number;
}

/** What ends every pause: a clock that was set says nothing of it any more, a new start knows nothing. */
const FORGETTING = ['clockSets', 'starts'] as const;

/** What is known of one account besides its grant; moments by the app's clock. */
interface Facts {
  inFlight: number;
  /** When the request for the token in use was sent. */
  sent: { readonly at: number; readonly under: Stamps };
  asking: { readonly at: number; readonly under: Stamps };
  /** The last request failed. */
  failed: {
    readonly count: number;
    /** Not to be asked again before then. */
    readonly notBefore: number;
    /** When every pause is over. */
    readonly overBy: number;
    readonly asked: boolean;
    readonly under: Stamps;
  } | null;
}

/**
 * The rules of renewing, held at every request an issuer gets: one at a time, no spent refresh token, not
 * before the token's time, not during a pause. What breaks one is written down.
 */
export class RefreshRules implements IssuerWatch {
  readonly broken = new Set<string>();
  readonly counts = { renewals: 0, failedRequests: 0, mostAtOneIssuer: 0 };
  /** Grows with everything that happens. */
  happened = 0;
  readonly #now: () => number;
  readonly #facts = new Map<string, Facts>();
  readonly #inFlight = new Map<string, number>();
  #stamps: Stamps = { clockSets: 0, wakes: 0, starts: 0 };

  /** @param now the app's clock, milliseconds since the Unix epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** An account starts with a token that was asked for at a moment by the app's clock. */
  begin(accountId: string, at: number): void {
    const sent = { at, under: this.#stamps };
    this.#facts.set(accountId, { inFlight: 0, sent, asking: sent, failed: null });
  }

  /** Something happened that excuses departures: `clockSets`, `wakes` or `starts`. */
  note(what: keyof Stamps): void {
    this.#stamps = { ...this.#stamps, [what]: this.#stamps[what] + 1 };
  }

  break(rule: string): void {
    this.broken.add(rule);
  }

  asked(grant: SimulatedGrant, refreshToken: string): void {
    this.happened += 1;
    const facts = this.#factsOf(grant.accountId);
    const { failed, sent } = facts;
    const now = this.#now();
    if (facts.inFlight > 0) this.break('two refreshes of an account at once');
    if (refreshToken !== grant.refreshToken) this.break('a spent refresh token was sent');
    const excuses = failed?.asked ? FORGETTING : [...FORGETTING, 'wakes' as const];
    if (failed && now < failed.notBefore && !this.#excused(failed.under, excuses)) {
      this.break(`asked again during the pause after ${failed.count} failures`);
    }
    const age = (now - sent.at) / grant.lifeMs;
    if (age < EARLIEST - 1e-6 && !this.#excused(sent.under, ['clockSets'])) {
      this.break(`a token was renewed at ${Math.round(age * 100)} % of its life`);
    }
    facts.inFlight += 1;
    facts.asking = { at: now, under: this.#stamps };
    this.#count(grant.issuer, 1);
  }

  answered(grant: SimulatedGrant, failure: Failure | null, waitMs: number | null): void {
    this.happened += 1;
    const facts = this.#factsOf(grant.accountId);
    facts.inFlight -= 1;
    this.#count(grant.issuer, -1);
    if (!failure) {
      this.counts.renewals += 1;
      facts.failed = null;
      facts.sent = facts.asking;
      return;
    }
    this.counts.failedRequests += 1;
    const before = facts.failed;
    const forgotten = !before || this.#excused(before.under, [...FORGETTING, 'wakes']);
    const count = forgotten ? 1 : before.count + 1;
    const pauseMs = failure.kind === 'html' ? LONGEST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (count - 1);
    const now = this.#now();
    facts.failed = {
      count,
      notBefore: now + (waitMs ?? Math.min(pauseMs, LONGEST_PAUSE_MS)),
      overBy: now + Math.max(waitMs ?? 0, LONGEST_PAUSE_MS),
      asked: waitMs !== null,
      under: this.#stamps,
    };
  }

  /** Whether the last request of an account failed and its pause may not be over. */
  mayPause(accountId: string): boolean {
    const { failed } = this.#factsOf(accountId);
    return failed !== null && (this.#now() <= failed.overBy || this.#excused(failed.under, ['clockSets']));
  }

  /** Whether the clock was set since the token in use was asked for: nobody here can tell its end. */
  clockSetSince(accountId: string): boolean {
    return this.#excused(this.#factsOf(accountId).sent.under, ['clockSets']);
  }

  #excused(under: Stamps, excuses: readonly (keyof Stamps)[]): boolean {
    return excuses.some((excuse) => under[excuse] !== this.#stamps[excuse]);
  }

  #count(issuer: string, change: 1 | -1): void {
    const there = (this.#inFlight.get(issuer) ?? 0) + change;
    this.#inFlight.set(issuer, there);
    this.counts.mostAtOneIssuer = Math.max(this.counts.mostAtOneIssuer, there);
  }

  #factsOf(accountId: string): Facts {
    const facts = this.#facts.get(accountId);
    if (!facts) throw new Error(`no account ${accountId}`);
    return facts;
  }
}
