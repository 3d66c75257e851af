import { failure } from '../../shared/problems.ts';
import type { Clock } from '../ports.ts';
import type { AccountSecrets } from '../vault/secrets.ts';
import type { VaultReading } from '../vault/vault.ts';
import type { AccountBook } from './account-book.ts';
import { endsSoon, type HeldTokens, hasEnded, heldTokens, isRenewable } from './held-tokens.ts';

/** Where tokens rest: the vault, as far as it concerns accounts. */
export interface TokenStore {
  read(accountId: string, kind: 'account'): Promise<VaultReading<'account'>>;
  write(accountId: string, secrets: AccountSecrets): Promise<void>;
  delete(accountId: string): Promise<void>;
}

export interface TokensInMemoryDependencies {
  readonly vault: Pick<TokenStore, 'read'>;
  readonly accounts: Pick<AccountBook, 'get' | 'require'>;
  readonly clock: Clock;
  /** Told when an account's tokens are gone for good. */
  readonly lost: (accountId: string) => void;
}

/** The tokens of each account, read from the vault when they are first needed, and which of them may be used. */
export class TokensInMemory {
  readonly #deps: TokensInMemoryDependencies;
  readonly #held = new Map<string, HeldTokens>();
  readonly #loading = new Map<string, Promise<HeldTokens>>();

  constructor(dependencies: TokensInMemoryDependencies) {
    this.#deps = dependencies;
  }

  /** The newest tokens that were loaded or put in, stored or not. */
  newest(accountId: string): HeldTokens | undefined {
    return this.#held.get(accountId);
  }

  put(accountId: string, held: HeldTokens): void {
    this.#held.set(accountId, held);
  }

  delete(accountId: string): void {
    this.#held.delete(accountId);
  }

  /**
   * The newest tokens; callers at once share one reading.
   * @throws ProblemError `account-unknown`, `secrets-locked`, `secrets-unreadable`
   */
  load(accountId: string): Promise<HeldTokens> {
    const held = this.#held.get(accountId);
    if (held) return Promise.resolve(held);
    const loading = this.#loading.get(accountId) ?? this.#read(accountId);
    this.#loading.set(accountId, loading);
    const done = () => this.#loading.delete(accountId);
    loading.then(done, done);
    return loading;
  }

  /** The tokens in use: not the newest ones as long as those are not stored. */
  inUse(accountId: string): HeldTokens | null {
    const newest = this.#held.get(accountId);
    return newest?.stored ? newest : (newest?.before ?? null);
  }

  /** Whether tokens can be used as they are: neither refused nor, where they can be renewed, about to end. */
  isFit(accountId: string, { secrets, refused }: HeldTokens): boolean {
    const now = this.#deps.clock.now();
    const renewable = isRenewable(this.#deps.accounts.require(accountId), secrets);
    // What nobody can renew is used to its end.
    return !refused && !(renewable ? endsSoon(secrets, now) : hasEnded(secrets, now));
  }

  /** The tokens in use, if they still live and nobody has ended the grant. */
  living(accountId: string): HeldTokens | null {
    const held = this.inUse(accountId);
    const state = this.#deps.accounts.get(accountId)?.state.kind;
    if (!held || held.refused || (state !== 'live' && state !== 'insufficient')) return null;
    return hasEnded(held.secrets, this.#deps.clock.now()) ? null : held;
  }

  async #read(accountId: string): Promise<HeldTokens> {
    const { label } = this.#deps.accounts.require(accountId);
    const reading = await this.#deps.vault.read(accountId, 'account');
    switch (reading.kind) {
      case 'found': {
        const loaded = await heldTokens(reading.secrets);
        // New tokens may have been taken over meanwhile.
        const held = this.#held.get(accountId) ?? loaded;
        this.#held.set(accountId, held);
        return held;
      }
      case 'unavailable':
        throw failure('secrets-locked', { label }, reading.reason);
      case 'unreadable':
      case 'absent':
        this.#deps.lost(accountId);
        throw failure('secrets-unreadable', { label });
    }
  }
}
