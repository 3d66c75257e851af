import type { Account, AccountIdentity } from '../../shared/domain/account.ts';
import { visibleText } from '../../shared/problems.ts';

const LENGTH = 200;

/** A name for a new account: the person's own where the issuer told it, else the next free number. */
export function labelFor(identity: AccountIdentity | null, others: readonly Account[]): string {
  const told = identity?.email ?? identity?.name;
  if (told?.trim()) return visibleText(told.trim(), LENGTH - 1);
  const taken = new Set(others.map(({ label }) => label));
  for (let number = 1; ; number += 1) {
    const label = `Account ${number}`;
    if (!taken.has(label)) return label;
  }
}

/** Whether two identities of one issuer are the same person; null when that can't be told. */
export function samePerson(one: AccountIdentity | undefined, other: AccountIdentity | null): boolean | null {
  if (!one || !other) return null;
  return one.subject === other.subject;
}
