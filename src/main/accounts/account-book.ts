import { join } from 'node:path';
import { type Account, account } from '../../shared/domain/account.ts';
import { failure } from '../../shared/problems.ts';
import { Book } from '../store/book.ts';
import { EntryFiles } from '../store/entry-files.ts';

/**
 * What exists: every account with its grant, a file each, since every renewal saves one. Secrets are elsewhere, in
 * the vault.
 */
export class AccountBook extends Book<Account> {
  /** @param folder absolute path of the user data folder */
  constructor(folder: string) {
    super(
      new EntryFiles({
        folder: join(folder, 'accounts'),
        schema: account,
        formerList: join(folder, 'accounts.json'),
      }),
    );
  }

  /** @throws ProblemError `account-unknown` */
  require(accountId: string): Account {
    const found = this.get(accountId);
    if (!found) throw failure('account-unknown');
    return found;
  }

  ofServer(serverId: string): Account[] {
    return this.all().filter((one) => one.serverId === serverId);
  }

  ofIssuer(issuer: string): Account[] {
    return this.all().filter((one) => one.issuer === issuer);
  }
}
