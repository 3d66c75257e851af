import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AccountBook } from '../../../src/main/accounts/account-book.ts';
import { eventsOfChange, GrantHistory, withEvent } from '../../../src/main/accounts/grant-history.ts';
import type { Account } from '../../../src/shared/domain/account.ts';
import { type GrantEvent, HISTORY_LIMIT } from '../../../src/shared/domain/grant-history.ts';
import { accountEntry } from '../../support/entries.ts';
import { temporaryFolder } from '../../support/folder.ts';

const granted = accountEntry({ grant: { grantedAt: 10, requestedScopes: ['a'], grantedScopes: ['a'] } });
const later = (change: Partial<Account>): Account => ({ ...granted, ...change });

const changes: readonly (readonly [string, Account | null, Account, GrantEvent[]])[] = [
  [
    'a new account was asked for and granted',
    null,
    granted,
    [
      { kind: 'asked', at: 10, issuer: 'https://as.example', scopes: ['a'] },
      { kind: 'granted', at: 10, scopes: ['a'] },
    ],
  ],
  [
    'a grant with more scopes is a step-up that names what is new',
    granted,
    later({
      grant: { ...granted.grant, grantedAt: 20, requestedScopes: ['a', 'b'], grantedScopes: ['a', 'b'] },
    }),
    [
      { kind: 'stepped-up', at: 20, added: ['b'], scopes: ['a', 'b'] },
      { kind: 'granted', at: 20, scopes: ['a', 'b'] },
    ],
  ],
  [
    'a grant for the same scopes was asked for again',
    granted,
    later({ grant: { ...granted.grant, grantedAt: 20 } }),
    [
      { kind: 'asked', at: 20, issuer: 'https://as.example', scopes: ['a'] },
      { kind: 'granted', at: 20, scopes: ['a'] },
    ],
  ],
  [
    'a renewal',
    granted,
    later({ lastRefreshedAt: 30 }),
    [{ kind: 'refreshed', at: 30, lastAt: 30, count: 1 }],
  ],
  [
    'a revocation with its reason',
    granted,
    later({ state: { kind: 'revoked', at: 40, reason: 'invalid_grant' } }),
    [{ kind: 'revoked', at: 40, reason: 'invalid_grant' }],
  ],
  [
    'an end without renewal',
    granted,
    later({ state: { kind: 'expired', at: 40 } }),
    [{ kind: 'expired', at: 40 }],
  ],
  [
    'a wish for more, with the tool that had it',
    granted,
    later({ state: { kind: 'insufficient', at: 40, wantedScopes: ['b'], wantedBy: 'delete' } }),
    [{ kind: 'more-wanted', at: 40, scopes: ['b'], wantedBy: 'delete' }],
  ],
  [
    'a refusal to grant more',
    granted,
    later({ stepUps: { askedAt: [40], declined: [{ scope: 'b', at: 50 }] } }),
    [{ kind: 'declined', at: 50, scopes: ['b'] }],
  ],
  [
    'a move to another issuer',
    granted,
    later({ state: { kind: 'issuer-moved', at: 40, newIssuer: 'https://new.example' } }),
    [{ kind: 'issuer-moved', at: 40, newIssuer: 'https://new.example' }],
  ],
  [
    'secrets that were lost',
    granted,
    later({ state: { kind: 'secrets-lost', at: 40 } }),
    [{ kind: 'secrets-lost', at: 40 }],
  ],
  ['nothing about the grant', granted, later({ label: 'other', lastUsedAt: 40 }), []],
];

for (const [what, before, after, events] of changes) {
  test(`a change tells: ${what}`, () => {
    expect(eventsOfChange(before, after)).toEqual(events);
  });
}

test('the same wish heard again is one entry, another wish is another', () => {
  const wish = (scopes: string[], at: number) =>
    later({ state: { kind: 'insufficient', at, wantedScopes: scopes } });
  expect(eventsOfChange(wish(['b'], 1), wish(['b'], 2))).toEqual([]);
  expect(eventsOfChange(wish(['b'], 1), wish(['c'], 2))).toHaveLength(1);
});

test('renewals in a row are counted, and what they surround stays', () => {
  const refreshed = (at: number): GrantEvent => ({ kind: 'refreshed', at, lastAt: at, count: 1 });
  let history: GrantEvent[] = [];
  for (let at = 1; at <= 1000; at += 1) history = withEvent(history, refreshed(at));
  expect(history).toEqual([{ kind: 'refreshed', at: 1, lastAt: 1000, count: 1000 }]);
  history = withEvent(history, { kind: 'expired', at: 1001 });
  history = withEvent(history, refreshed(1002));
  expect(history).toHaveLength(3);
});

test('a hundred entries are kept, the oldest go first', () => {
  let history: GrantEvent[] = [];
  for (let at = 1; at <= HISTORY_LIMIT + 5; at += 1) history = withEvent(history, { kind: 'expired', at });
  expect(history).toHaveLength(HISTORY_LIMIT);
  expect(history[0]).toEqual({ kind: 'expired', at: 6 });
});

async function followed() {
  const folder = await temporaryFolder();
  const accounts = new AccountBook(folder);
  const history = new GrantHistory(join(folder, 'history'));
  history.follow(accounts);
  return { folder, accounts, history };
}

test('a history is on disk, read again, and deleted with its account', async () => {
  const { folder, accounts, history } = await followed();
  await accounts.put(granted);
  await accounts.change(granted.id, (one) => ({ ...one, lastRefreshedAt: 30 }));
  await history.settled();
  const again = new GrantHistory(join(folder, 'history'));
  expect((await again.of(granted.id)).map(({ kind }) => kind)).toEqual(['asked', 'granted', 'refreshed']);
  await accounts.remove(granted.id);
  await history.settled();
  expect(await readdir(join(folder, 'history'))).toEqual([]);
});

test('a history that can not be read is set aside whole, and the account goes on with a new one', async () => {
  const { folder, accounts, history } = await followed();
  const path = join(folder, 'history', `${granted.id}.json`);
  await mkdir(join(folder, 'history'));
  await writeFile(path, 'not a history');
  await accounts.put(granted);
  await history.settled();
  expect(await readFile(`${path}.unreadable-1`, 'utf8')).toBe('not a history');
  expect(await history.of(granted.id)).toHaveLength(2);
});

test('what no account belongs to is tidied away, the rest stays', async () => {
  const { folder, accounts, history } = await followed();
  await accounts.put(granted);
  await history.settled();
  await writeFile(join(folder, 'history', 'gone.json'), '{}');
  await history.tidy(accounts);
  expect(await readdir(join(folder, 'history'))).toEqual([`${granted.id}.json`]);
});
