import type { Cancel, Clock, Scheduler } from '../ports.ts';
import type { AccountToSignIn, Attention } from './attention.ts';

/** Accounts that need a sign-in, told of together. */
export interface SignInNotice {
  readonly accounts: readonly AccountToSignIn[];
}

export interface SignInNoticesOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Tells the person, by the system's notifications. */
  readonly notify: (notice: SignInNotice) => void;
  /** Whether the person wants to be told, and does not see it already because the window is in front. */
  readonly wanted: () => boolean;
}

/** What turns up within this time, in milliseconds, is told of at once: an issuer's outage strikes many accounts. */
const GROUPING_MS = 5000;
/** An account is told of at most once within this time, in milliseconds. */
const AGAIN_AFTER_MS = 3_600_000;

/**
 * Decides when to tell the person that accounts need a sign-in: when that begins, together, and never more than once
 * an hour for one account, however often it comes and goes. What was so at start is told by tray and window alone.
 */
export class SignInNotices {
  readonly #options: SignInNoticesOptions;
  /** Accounts that need a sign-in now. */
  #needy = new Map<string, AccountToSignIn>();
  readonly #waiting = new Set<string>();
  readonly #toldAt = new Map<string, number>();
  #cancel: Cancel | null = null;
  #started = false;

  constructor(options: SignInNoticesOptions) {
    this.#options = options;
  }

  update({ accounts }: Pick<Attention, 'accounts'>): void {
    const before = this.#needy;
    this.#needy = new Map(accounts.map((account) => [account.accountId, account]));
    if (this.#started) {
      for (const accountId of this.#needy.keys()) if (!before.has(accountId)) this.#waiting.add(accountId);
    }
    this.#started = true;
    if (this.#waiting.size === 0 || this.#cancel) return;
    this.#cancel = this.#options.scheduler.after(GROUPING_MS, () => this.#tell());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #tell(): void {
    const { clock, notify, wanted } = this.#options;
    this.#cancel = null;
    const now = clock.now();
    for (const [accountId, at] of this.#toldAt)
      if (now - at >= AGAIN_AFTER_MS) this.#toldAt.delete(accountId);
    const accounts = [...this.#waiting].flatMap((accountId) => {
      const account = this.#needy.get(accountId);
      return account && !this.#toldAt.has(accountId) ? [account] : [];
    });
    this.#waiting.clear();
    if (accounts.length === 0 || !wanted()) return;
    for (const { accountId } of accounts) this.#toldAt.set(accountId, now);
    notify({ accounts });
  }
}
