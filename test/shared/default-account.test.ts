import { expect, test } from 'vitest';
import { defaultAccountOf } from '../../src/shared/domain/default-account.ts';
import { accountEntry, serverEntry } from '../support/entries.ts';

const older = accountEntry({ id: 'older', addedAt: 1 });
const newer = accountEntry({ id: 'newer', addedAt: 2 });
const named = (defaultAccountId: string) => serverEntry({ kind: 'remote', defaultAccountId });

test('the account the person named is used', () => {
  expect(defaultAccountOf(named('newer'), [older, newer])?.id).toBe('newer');
});

test('nobody named, or the named one gone: the oldest', () => {
  expect(defaultAccountOf(serverEntry(), [newer, older])?.id).toBe('older');
  expect(defaultAccountOf(named('gone'), [newer, older])?.id).toBe('older');
});

test('an account whose issuer the server has left is used only when there is no other', () => {
  const left = accountEntry({
    id: 'left',
    addedAt: 0,
    state: { kind: 'issuer-moved', at: 0, newIssuer: 'https://new.example' },
  });
  expect(defaultAccountOf(named('left'), [left, newer])?.id).toBe('newer');
  expect(defaultAccountOf(named('left'), [left])?.id).toBe('left');
});

test('without accounts there is none', () => {
  expect(defaultAccountOf(serverEntry(), [])).toBeUndefined();
});
