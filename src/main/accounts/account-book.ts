import { join } from 'node:path';
import * as z from 'zod';
import { type Account, account } from '../../shared/domain/account.ts';
import { failure } from '../../shared/problems.ts';
import { Book } from '../store/book.ts';

/** What exists: every account with its grant. Secrets are elsewhere, in the vault. */
export class AccountBook extends Book<Account> {
  /** @param folder absolute path of the user data folder */
  constructor(folder: string) {
    super({ path: join(folder, 'accounts.json'), schema: z.array(account) });
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
