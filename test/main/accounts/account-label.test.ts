import { expect, test } from 'vitest';
import { labelFor, samePerson } from '../../../src/main/accounts/account-label.ts';
import { account } from '../../../src/shared/domain/account.ts';
import { accountEntry } from '../../support/entries.ts';

const identity = (told: { name?: string; email?: string }) =>
  ({ subject: 'alice', source: 'id-token', ...told }) as const;

test('an account is called by its email address, else by its name, else by the next free number', () => {
  expect(labelFor(identity({ name: 'Alice', email: 'alice@example.com' }), [])).toBe('alice@example.com');
  expect(labelFor(identity({ name: ' Alice ' }), [])).toBe('Alice');
  expect(labelFor(identity({ name: '   ' }), [])).toBe('Account 1');
  expect(labelFor(null, [])).toBe('Account 1');
  const others = [accountEntry({ label: 'Account 1' }), accountEntry({ label: 'Account 3' })];
  expect(labelFor(null, others)).toBe('Account 2');
});

test('a name of any length and of invisible characters fits the account book', () => {
  for (const name of ['x'.repeat(4096), '\u202E'.repeat(199), `${'a'.repeat(198)}\u200B`, '😀'.repeat(150)]) {
    const label = labelFor(identity({ name }), []);
    expect(account.safeParse(accountEntry({ label })).success).toBe(true);
  }
});

test('two identities are the same person by subject; without one nobody can tell', () => {
  const alice = identity({});
  expect(samePerson(alice, { ...alice, name: 'renamed' })).toBe(true);
  expect(samePerson(alice, { ...alice, subject: 'bob' })).toBe(false);
  expect(samePerson(alice, null)).toBeNull();
  expect(samePerson(undefined, alice)).toBeNull();
});
