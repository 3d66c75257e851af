import type { Account } from '../../shared/domain/account.ts';
import type { AccountSecrets } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccountBook } from './account-book.ts';
import { renewedState } from './held-tokens.ts';

export interface AccountRecoveryDependencies {
  readonly vault: Pick<Vault, 'ids' | 'peek'>;
  readonly accounts: AccountBook;
  /** Whether an identifier belongs to a server in the list. */
  readonly isServer: (id: string) => boolean;
  /** Whether an identifier belongs to a registration. */
  readonly isRegistration: (id: string) => boolean;
}

/**
 * Puts back accounts whose tokens are in the vault and which the account book does not know: the app was killed
 * between the two, or the book was damaged. Tokens nobody sees could never be signed out. Never throws.
 * @returns the accounts that are back
 */
export async function recoverAccounts(dependencies: AccountRecoveryDependencies): Promise<Account[]> {
  const { vault, accounts, isServer, isRegistration } = dependencies;
  const recovered: Account[] = [];
  for (const id of await vault.ids('')) {
    if (accounts.get(id) || isServer(id) || isRegistration(id)) continue;
    const found = await vault.peek(id);
    const account = found?.kind === 'account' ? asStored(found) : null;
    // Without its server nobody could use it; it stays where it is, for a list that comes back.
    if (account?.id !== id || !isServer(account.serverId)) continue;
    await accounts.put(account);
    recovered.push(account);
  }
  return recovered;
}

/** The account as it is after the tokens were stored. */
function asStored({ account, expiresAt, issuedAt, scopes }: AccountSecrets): Account | null {
  if (!account) return null;
  return {
    ...account,
    state: renewedState(account.state),
    grant: {
      ...account.grant,
      grantedScopes: scopes ?? account.grant.grantedScopes,
      accessTokenExpiresAt: expiresAt,
      accessTokenIssuedAt: issuedAt,
    },
  };
}
