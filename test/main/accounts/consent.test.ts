import { expect, test } from 'vitest';
import { consentOfAccount, consentOfServer, missingScopes } from '../../../src/main/accounts/consent.ts';
import type { ConsentStatus, GrantState } from '../../../src/shared/domain/account.ts';
import { accountEntry } from '../../support/entries.ts';

const at = 0;
const byState: readonly (readonly [GrantState, ConsentStatus])[] = [
  [{ kind: 'live' }, 'granted'],
  [{ kind: 'revoked', at, reason: 'invalid_grant' }, 'revoked'],
  [{ kind: 'expired', at }, 'expired'],
  [{ kind: 'insufficient', at, wantedScopes: ['more'] }, 'insufficient'],
  [{ kind: 'secrets-lost', at }, 'required'],
  [{ kind: 'issuer-moved', at, newIssuer: 'https://other.example' }, 'required'],
];

for (const [state, status] of byState) {
  test(`an account that is ${state.kind} has the consent status ${status}`, () => {
    expect(consentOfAccount({ account: accountEntry({ state }), signInPending: false, now: 1 })).toBe(status);
  });

  test(`an account that is ${state.kind} is pending while a sign-in renews it`, () => {
    expect(consentOfAccount({ account: accountEntry({ state }), signInPending: true, now: 1 })).toBe(
      'pending',
    );
  });
}

const end = 3_600_000;
const live: readonly (readonly [string, Parameters<typeof accountEntry>[0], number, ConsentStatus])[] = [
  ['ran out but can be renewed', {}, end, 'granted'],
  ['ran out and can not be renewed', { grant: { refreshable: false } }, end, 'expired'],
  ['has a moment left', { grant: { refreshable: false } }, end - 1, 'granted'],
  ['has no end', { grant: { refreshable: false, accessTokenExpiresAt: null } }, end * 1000, 'granted'],
  ['got less than was asked', { grant: { requestedScopes: ['a', 'b'], grantedScopes: ['a'] } }, 1, 'partial'],
  ['got more than was asked', { grant: { requestedScopes: ['a'], grantedScopes: ['a', 'b'] } }, 1, 'granted'],
  ['asked for nothing', { grant: { requestedScopes: null, grantedScopes: ['a'] } }, 1, 'granted'],
  ['was told nothing', { grant: { requestedScopes: ['a'], grantedScopes: null } }, 1, 'granted'],
  [
    'got no offline_access back',
    { grant: { requestedScopes: ['a', 'offline_access'], grantedScopes: ['a'] } },
    1,
    'granted',
  ],
];

for (const [what, entry, now, status] of live) {
  test(`a live account that ${what} is ${status}`, () => {
    expect(consentOfAccount({ account: accountEntry(entry), signInPending: false, now })).toBe(status);
  });
}

test('the scopes that are missing are named', () => {
  const grant = { requestedScopes: ['a', 'b', 'offline_access', 'c'], grantedScopes: ['b'] };
  expect(missingScopes(accountEntry({ grant }))).toEqual(['a', 'c']);
});

const nobody = { accounts: [], signInPending: false, lastSignInDenied: false, anonymousConnection: null };

test('a server shows the most pressing status of its accounts', () => {
  const order: ConsentStatus[] = ['revoked', 'expired', 'required', 'insufficient', 'partial', 'granted'];
  for (const [index, pressing] of order.entries()) {
    const accounts = order.slice(index).reverse();
    expect(consentOfServer({ ...nobody, accounts, lastSignInDenied: true })).toBe(pressing);
  }
});

test('a server is pending while anybody signs in to it', () => {
  expect(consentOfServer({ ...nobody, accounts: ['revoked'], signInPending: true })).toBe('pending');
  expect(consentOfServer({ ...nobody, lastSignInDenied: true, signInPending: true })).toBe('pending');
});

test('a server without an account needs consent once it asked for a sign-in, and says so when it was denied', () => {
  expect(consentOfServer(nobody)).toBe('not-needed');
  expect(consentOfServer({ ...nobody, anonymousConnection: 'connected' })).toBe('not-needed');
  expect(consentOfServer({ ...nobody, anonymousConnection: 'failed' })).toBe('not-needed');
  expect(consentOfServer({ ...nobody, anonymousConnection: 'waiting-for-sign-in' })).toBe('required');
  const denied = { ...nobody, anonymousConnection: 'waiting-for-sign-in', lastSignInDenied: true } as const;
  expect(consentOfServer(denied)).toBe('denied');
});
