import type { Account } from '../../src/shared/domain/account.ts';
import type { Browser } from './browser.ts';
import { accountsIn, captureVault, damageIn } from './disk.ts';
import { type Expectation, Inspection } from './inspection.ts';
import type { Observer } from './observer.ts';
import type { WatchedSandbox } from './watched-sandbox.ts';

/** Accounts of one server that the next process finds. */
export const ACCOUNTS_KEPT = 2;

/** What accounts were found as after a kill. */
export interface AccountCounts {
  asBefore: number;
  asAfterRenewal: number;
  asAfterSignIn: number;
  /** The issuer had answered, or was about to, and the tokens were not on disk yet. */
  renewalLost: number;
}

/** What came of sign-ins: of all that ended, and of those that were under way when their process was killed. */
export interface SignInCounts {
  finished: number;
  /** Tokens were stored, the account was not yet. */
  storedBeforeAccount: number;
  /** Went on after the restart. */
  resumed: number;
  /** Left nothing behind. */
  absent: number;
}

/** Refresh tokens by account. */
export type Tokens = ReadonlyMap<string, string>;

/** What is known of a process that was killed. */
export interface KilledRun {
  /** The tokens it found. */
  readonly before: Tokens;
  /** Sign-ins there had been when it started. */
  readonly familiesBefore: number;
  /** The account of each sign-in that ended, as far as it told. */
  readonly signedIn: string[];
  /** Whether a sign-in was under way. */
  signInOpen: boolean;
}

/** Looks at what killed processes left: first at the files, then by starting the app on them. */
export class Aftermath {
  readonly accounts: AccountCounts = { asBefore: 0, asAfterRenewal: 0, asAfterSignIn: 0, renewalLost: 0 };
  readonly signIns: SignInCounts = { finished: 0, storedBeforeAccount: 0, resumed: 0, absent: 0 };
  readonly #folder: string;
  readonly #browser: Browser;
  readonly #observer: Observer;
  readonly #sandboxes: readonly WatchedSandbox[];
  /** Accounts the next process finds. */
  #known: readonly string[] = [];

  constructor(folder: string, browser: Browser, observer: Observer, sandboxes: readonly WatchedSandbox[]) {
    this.#folder = folder;
    this.#browser = browser;
    this.#observer = observer;
    this.#sandboxes = sandboxes;
  }

  /** The refresh tokens on disk, by account. */
  async storedTokens(): Promise<Tokens> {
    const accounts = accountsIn(await this.#observer.vault.open(captureVault(this.#folder)));
    return new Map([...accounts].map(([id, { refreshToken }]) => [id, refreshToken ?? '']));
  }

  /** Looks at everything one killed process left, and puts it in order for the next. */
  async look(run: KilledRun): Promise<void> {
    await this.#browser.settled();
    await Promise.all(this.#sandboxes.map((watched) => watched.settled()));
    await this.#observer.settled();
    for (const complaint of this.#browser.takeComplaints()) this.#violation(complaint);
    await this.#writeDownLostAnswers();
    await this.#expectNoDamage('after the kill');

    const stored = await this.storedTokens();
    const waiting = await this.#waitingSignIns();
    await this.#observer.beginRun();
    const inspection = new Inspection(this.#folder, this.#browser, this.#observer);
    const accounts = await inspection.load();
    for (const id of [...this.#known, ...run.signedIn]) {
      if (!accounts.some((account) => account.id === id)) this.#violation(`an account is gone: ${id}`);
    }
    const found = accounts.map((account) => ({
      account,
      expectation: this.#judge(account.id, run.before, stored),
    }));
    const fate = this.#fateOfOpenSignIn(run, accounts, stored);
    await inspection.start();
    found.push(...this.#putBack(inspection.core.accounts.all(), accounts, stored));
    const resumed = await inspection.finishSignIns(this.#browser.takeLinks(), waiting);
    if (run.signInOpen) this.signIns[resumed.length > 0 ? 'resumed' : fate] += 1;
    await Promise.all(
      found.map(({ account, expectation }) =>
        // A sign-in that went on replaced what the renewal had lost.
        inspection.look(account, resumed.includes(account.id) ? { kind: 'works' } : expectation),
      ),
    );
    await inspection.signOutAllBut(ACCOUNTS_KEPT);
    await inspection.stop();
    this.#known = inspection.core.accounts.all().map(({ id }) => id);
    await inspection.signInAgainToEnded();
    await this.#browser.settled();
    await this.#observer.settled();
    await this.#expectNoDamage('after the restart');
  }

  /** What became of an account's tokens, by what the issuer knows and the disk holds. */
  #judge(accountId: string, before: Tokens, stored: Tokens): Expectation {
    const token = stored.get(accountId);
    const place = token === undefined ? undefined : this.#observer.ledger.place(token);
    if (token === undefined || !place) {
      this.#violation(`an account without tokens the issuer knows: ${accountId}`);
      return { kind: 'works' };
    }
    const { family, step } = place;
    const lost = this.#observer.ledger.newest(family) - step;
    if (lost > 1) this.#violation(`${lost} renewals were not stored: ${accountId}`);
    if (lost > 0) {
      this.accounts.renewalLost += 1;
      return { kind: 'revoked', family };
    }
    const earlier = this.#observer.ledger.place(before.get(accountId) ?? '');
    if (earlier?.family !== family) this.accounts.asAfterSignIn += 1;
    else if (earlier.step !== step) this.accounts.asAfterRenewal += 1;
    else this.accounts.asBefore += 1;
    return { kind: 'works' };
  }

  /** Accounts whose tokens were stored and they themselves were not: none may be missing after the start. */
  #putBack(now: readonly Account[], atLoad: readonly Account[], stored: Tokens) {
    for (const id of stored.keys()) {
      if (!now.some((account) => account.id === id)) this.#violation(`tokens without an account: ${id}`);
    }
    const added = now.filter(({ id }) => !atLoad.some((account) => account.id === id));
    return added.map((account) => ({ account, expectation: { kind: 'works' } as Expectation }));
  }

  /** What became of the sign-in that was under way, unless it goes on. */
  #fateOfOpenSignIn(run: KilledRun, accounts: readonly Account[], stored: Tokens): keyof SignInCounts {
    const { families } = this.#observer.ledger;
    const granted = families - run.familiesBefore;
    if (!run.signInOpen || granted === run.signedIn.length) return 'absent';
    const holder = [...stored].find(
      ([, token]) => this.#observer.ledger.place(token)?.family === families - 1,
    )?.[0];
    if (holder === undefined) return 'absent';
    return accounts.some(({ id }) => id === holder) ? 'finished' : 'storedBeforeAccount';
  }

  /** The issuer renewed, and its answer found nobody any more. */
  async #writeDownLostAnswers(): Promise<void> {
    const { ledger, sent } = this.#observer;
    for (const token of sent) {
      const place = ledger.place(token);
      if (!place || ledger.isSpent(place)) continue;
      const known = await Promise.all(this.#sandboxes.map(({ sandbox }) => sandbox.issuer.introspect(token)));
      if (!known.some(({ active }) => active)) ledger.renewed(token, []);
    }
  }

  /** The sign-ins on disk that come back by our scheme: for those by loopback the port may be taken by now. */
  async #waitingSignIns(): Promise<string[]> {
    const stored = await this.#observer.vault.open(captureVault(this.#folder));
    return [...stored].flatMap(([id, secrets]) =>
      secrets.kind === 'pending-sign-in' && secrets.redirect === 'custom-scheme'
        ? id.replace(/^pending-/, '')
        : [],
    );
  }

  async #expectNoDamage(when: string): Promise<void> {
    for (const damage of await damageIn(this.#folder)) this.#violation(`${when}: ${damage}`);
  }

  #violation(what: string): void {
    this.#observer.violations.push(what);
  }
}
