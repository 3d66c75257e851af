import type { Registration } from '../../../shared/domain/registration.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';

export interface IssuerGroup {
  issuer: string;
  accounts: AccountView[];
  registrations: Registration[];
}

/** Accounts and registrations by issuer identifier, compared as strings (RFC 8414 §2). */
export function groupByIssuer(
  accounts: Iterable<AccountView>,
  registrations: Iterable<Registration>,
): IssuerGroup[] {
  const groups = new Map<string, IssuerGroup>();
  const groupOf = (issuer: string) => {
    let group = groups.get(issuer);
    if (!group) {
      group = { issuer, accounts: [], registrations: [] };
      groups.set(issuer, group);
    }
    return group;
  };
  for (const account of accounts) groupOf(account.issuer).accounts.push(account);
  for (const registration of registrations) groupOf(registration.issuer).registrations.push(registration);
  const sorted = [...groups.values()].sort((a, b) => a.issuer.localeCompare(b.issuer));
  for (const { accounts: own } of sorted)
    own.sort((a, b) => a.label.localeCompare(b.label) || a.addedAt - b.addedAt);
  return sorted;
}
