import { onTestFinished } from 'vitest';
import { RefreshClock } from '../../../src/main/accounts/refresh-clock.ts';
import { TokenKeeper } from '../../../src/main/accounts/token-keeper.ts';
import { silentObserver } from '../../../src/main/oauth/context.ts';
import { TraceHandle } from '../../../src/main/trace/recorder.ts';
import type { Account } from '../../../src/shared/domain/account.ts';
import { ProblemError } from '../../../src/shared/problems.ts';
import { accountEntry } from '../../support/entries.ts';
import { MemoryAccountBook, MemoryVault } from '../../support/memory-stores.ts';
import { type SimulatedGrant, SimulatedIssuers, TIME_LIMIT_MS } from '../../support/simulated-issuers.ts';
import { SimulatedTime, turnOfTheLoop } from '../../support/time.ts';
import { issuerMetadata } from '../oauth/sign-in.ts';
import { RefreshRules, SETTLING_MS } from './refresh-rules.ts';

export interface GrantPlan extends Pick<SimulatedGrant, 'issuer' | 'lifeMs' | 'rotates' | 'endsOldToken'> {
  /** How much of the first token's life is over, from 0 to 1. */
  readonly age: number;
}

const PASSING = ['refresh-delayed', 'token-refused', 'secrets-not-stored'];

/**
 * A computer with accounts at simulated issuers: the real token keeper and refresh clock, in time that a test
 * moves. It sleeps, its clock is set, its disk fills up, the app is restarted; calls are made as connections
 * make them, and what they get is held to the rules.
 *
 * Account book and vault are in memory: with their files, a week would be spent writing them.
 */
export class RefreshWorld {
  readonly time: SimulatedTime;
  readonly issuers: SimulatedIssuers;
  readonly rules: RefreshRules;
  /** Of `refused`, none was refused without need; `endedEarly` and `endedUnknown` met a 401 first. */
  readonly counts = { calls: 0, waited: 0, refused: 0, endedEarly: 0, endedUnknown: 0, mostByClock: 0 };
  readonly #vault = new MemoryVault();
  readonly #grants = new Map<string, SimulatedGrant>();
  readonly #book: MemoryAccountBook;
  readonly #random: () => number;
  #keeper: TokenKeeper;
  #clock: RefreshClock;
  #byClock = 0;
  #calling = 0;
  /** How far the computer's clock is off. */
  #skewMs = 0;
  #disturbedAt: number;

  constructor(startedAt: number, random: () => number, plans: readonly GrantPlan[]) {
    this.time = new SimulatedTime(startedAt);
    this.rules = new RefreshRules(this.time.now);
    this.issuers = new SimulatedIssuers(this.time, () => this.now(), random, this.rules);
    this.#random = random;
    this.#disturbedAt = startedAt;
    this.#limitRequests();
    this.#book = new MemoryAccountBook(plans.map((plan, number) => this.#signedIn(plan, number)));
    [this.#keeper, this.#clock] = this.#started();
  }

  /** The right time, which only the issuers know. */
  now(): number {
    return this.time.now() - this.#skewMs;
  }

  accounts(): Account[] {
    return this.#book.all();
  }

  /** Lets time pass up to a moment of the right time. */
  async passUntil(moment: number): Promise<void> {
    await this.#settle();
    for (;;) {
      const due = this.time.nextDue;
      if (due === null || due - this.#skewMs > moment) break;
      this.time.advance(Math.max(0, due - this.time.now()));
      await this.#settle();
    }
    this.time.advance(Math.max(0, moment - this.now()));
  }

  /** The computer sleeps: time passes, timers do not fire. Then the app is told that it woke up. */
  sleep(ms: number): void {
    this.time.setBy(ms);
    this.wake();
  }

  /** What the core does when the computer woke up or the network is back. */
  wake(): void {
    this.rules.note('wakes');
    this.#disturbedAt = this.now();
    this.#keeper.endPauses();
    this.#clock.check();
  }

  /** Somebody sets the computer's clock; nobody tells the app. */
  setClock(ms: number): void {
    this.rules.note('clockSets');
    this.#disturbedAt = this.now();
    this.time.setBy(ms);
    this.#skewMs += ms;
  }

  /** From now on nothing more fits on the disk, or it does again. */
  fillDisk(full: boolean): void {
    this.#disturbedAt = this.now();
    this.#vault.full = full;
  }

  /** Ends the app in an orderly way and starts it again with what it stored. */
  async restart(): Promise<void> {
    this.#clock.stop();
    while (this.#calling + this.#byClock > 0) await this.passUntil(this.now() + 100);
    await this.#keeper.stop();
    this.rules.note('starts');
    this.#disturbedAt = this.now();
    [this.#keeper, this.#clock] = this.#started();
  }

  /** A request to the server of an account, as its connection makes it; goes on by itself. */
  call(accountId: string): void {
    const grant = this.#grants.get(accountId);
    if (!grant) throw new Error(`no account ${accountId}`);
    this.#calling += 1;
    void this.#call(grant).finally(() => {
      this.#calling -= 1;
      this.rules.happened += 1;
    });
  }

  async #call(grant: SimulatedGrant): Promise<void> {
    const { accountId } = grant;
    const { rules, issuers, counts } = this;
    counts.calls += 1;
    const startedAt = this.time.now();
    const quiet = this.#isQuiet(grant.issuer);
    try {
      const { accessToken } = await this.#keeper.authorization(accountId);
      if (this.#vault.stored.get(accountId)?.accessToken !== accessToken) {
        rules.break('a token was handed out that is not stored');
      }
      const waited = this.time.now() > startedAt;
      if (waited) counts.waited += 1;
      if (waited && quiet) rules.break('a call waited although nothing was out of order');
      if (issuers.accepts(grant, accessToken)) return;
      if (grant.endsOldToken && accessToken !== grant.accessToken) counts.endedEarly += 1;
      else if (rules.clockSetSince(accountId)) counts.endedUnknown += 1;
      else rules.break('a token was handed out that had ended');
      const renewed = await this.#keeper.rejected(accountId, accessToken);
      if (!issuers.accepts(grant, renewed.accessToken)) {
        rules.break('after a 401 a token was handed out that the server would refuse too');
      }
    } catch (error) {
      counts.refused += 1;
      const code = error instanceof ProblemError ? error.problem.code : String(error);
      const needed = code === 'secrets-not-stored' ? !quiet : rules.mayPause(accountId);
      if (!PASSING.includes(code) || !needed) rules.break(`a call was refused without need: ${code}`);
    }
  }

  /** Whether nothing was out of order for a while. */
  #isQuiet(issuer: string): boolean {
    const now = this.now();
    if (this.#disturbedAt > now - SETTLING_MS || this.#vault.full) return false;
    const outages = this.issuers.outages.get(issuer) ?? [];
    return !outages.some(({ from, until }) => from <= now && until > now - SETTLING_MS);
  }

  /** Lets everything go on that needs no time to pass. */
  async #settle(): Promise<void> {
    for (let seen = -1; seen !== this.rules.happened; ) {
      seen = this.rules.happened;
      await turnOfTheLoop();
    }
  }

  /** Lets time limits of requests run in simulated time too: the real ones would outlive a simulated day. */
  #limitRequests(): void {
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (ms) => {
      const limit = new AbortController();
      this.time.after(ms, () => limit.abort(new DOMException('The time limit was reached', 'TimeoutError')));
      return limit.signal;
    };
    onTestFinished(() => {
      AbortSignal.timeout = timeout;
    });
  }

  #signedIn({ age, ...plan }: GrantPlan, number: number): Account {
    const accountId = `account-${number}`;
    const grant = this.issuers.grant({ accountId, ...plan });
    const issuedAt = this.now() - age * plan.lifeMs;
    const expiresAt = issuedAt + plan.lifeMs;
    const { accessToken, refreshToken } = grant;
    grant.ends.set(accessToken, expiresAt);
    this.#grants.set(accountId, grant);
    this.rules.begin(accountId, issuedAt);
    const common = { kind: 'account' as const, tokenType: 'Bearer' as const, scopes: null };
    this.#vault.stored.set(accountId, { ...common, accessToken, refreshToken, issuedAt, expiresAt });
    return accountEntry({
      id: accountId,
      issuer: plan.issuer,
      // One registration per issuer, named after it.
      registrationId: plan.issuer,
      grant: { accessTokenIssuedAt: issuedAt, accessTokenExpiresAt: expiresAt, grantedAt: issuedAt },
    });
  }

  #started(): [TokenKeeper, RefreshClock] {
    const { time, rules } = this;
    const keeper = new TokenKeeper({
      vault: this.#vault,
      accounts: this.#book,
      registrations: {
        get: () => undefined,
        credentials: async (issuer) => ({ issuer, clientId: 'client', authentication: 'none' }),
      },
      clock: time,
      trace: ({ id, serverId }) => {
        const subject = { kind: 'refresh' as const, title: 'Renewal', serverId, accountId: id };
        const opened = { id: 'trace', ...subject, startedAt: time.now(), endedAt: null, steps: [] };
        return new TraceHandle({ ...opened, outcome: 'running', problem: null }, time.now, () => undefined);
      },
      // What a trace makes of an exchange is not the subject, and takes longer than the exchange.
      protocol: () => ({
        fetch: this.issuers.fetch,
        observer: silentObserver,
        now: time.now,
        timeoutMs: TIME_LIMIT_MS,
      }),
      issuer: async (_, { issuer }) => issuerMetadata({}, issuer),
      machineTokens: () => Promise.reject(new Error('no machine here')),
      registrationUnknown: async () => false,
    });
    const clock = new RefreshClock({
      accounts: this.#book,
      clock: time,
      scheduler: time,
      randomness: { id: () => 'none', fraction: this.#random },
      refresh: async (accountId) => {
        this.#byClock += 1;
        this.counts.mostByClock = Math.max(this.counts.mostByClock, this.#byClock);
        try {
          await keeper.refreshAhead(accountId);
        } finally {
          this.#byClock -= 1;
          rules.happened += 1;
        }
      },
    });
    clock.start();
    return [keeper, clock];
  }
}
