import type { AccountBook } from '../../src/main/accounts/account-book.ts';
import type { BookChange } from '../../src/main/store/book.ts';
import type { AccountSecrets } from '../../src/main/vault/secrets.ts';
import type { Vault } from '../../src/main/vault/vault.ts';
import type { Account } from '../../src/shared/domain/account.ts';
import { failure } from '../../src/shared/problems.ts';

/** The account book without its file, for simulations that would spend their time writing it. */
export class MemoryAccountBook implements Pick<AccountBook, 'all' | 'get' | 'require' | 'change' | 'listen'> {
  readonly #entries: Map<string, Account>;
  readonly #listeners = new Set<(change: BookChange<Account>) => void>();

  constructor(accounts: readonly Account[]) {
    this.#entries = new Map(accounts.map((one) => [one.id, one]));
  }

  all = (): Account[] => [...this.#entries.values()];

  get = (id: string): Account | undefined => this.#entries.get(id);

  require(id: string): Account {
    const found = this.#entries.get(id);
    if (!found) throw failure('account-unknown');
    return found;
  }

  async change(id: string, change: (entry: Account) => Account): Promise<void> {
    const before = this.#entries.get(id);
    if (!before) return;
    const entry = change(before);
    this.#entries.set(id, entry);
    for (const listener of this.#listeners) listener({ kind: 'changed', entry, before });
  }

  listen(listener: (change: BookChange<Account>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The vault without its files. */
export class MemoryVault implements Pick<Vault, 'write' | 'delete'> {
  readonly stored: Map<string, AccountSecrets>;
  /** While true nothing more fits on the disk. */
  full = false;

  constructor(stored: ReadonlyMap<string, AccountSecrets> = new Map()) {
    this.stored = new Map(stored);
  }

  read = async (id: string) => {
    const secrets = this.stored.get(id);
    return secrets ? ({ kind: 'found', secrets } as const) : ({ kind: 'absent' } as const);
  };

  async write(id: string, value: unknown): Promise<void> {
    if (this.full) throw failure('secrets-not-stored', { reason: 'ENOSPC' });
    this.stored.set(id, value as AccountSecrets);
  }

  async delete(id: string): Promise<void> {
    this.stored.delete(id);
  }
}
