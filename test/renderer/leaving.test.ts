import { describe, expect, test } from 'vitest';
import { leavingOf } from '../../src/renderer/features/sign-out/leaving.ts';
import { isConfirmed } from '../../src/renderer/features/sign-out/report-list.tsx';
import { worldOf } from '../../src/renderer/state/world.ts';
import type { SignOutScope } from '../../src/shared/contract/accounts.ts';
import { anAccount, aRegistration, aServer, aSnapshot } from '../screens/fixtures.ts';

const issuer = 'https://auth.linear.example';
const registrationClientUri = 'https://auth.linear.example/register/r1';

function worldWith(registration: Parameters<typeof aRegistration>[0]) {
  return worldOf(
    aSnapshot({
      servers: [aServer({ id: 'linear', name: 'Linear' }), aServer({ id: 'notion', name: 'Notion' })],
      accounts: [
        anAccount({ id: 'ada', serverId: 'linear', issuer, registrationId: 'r1' }),
        anAccount({ id: 'bob', serverId: 'linear', issuer, registrationId: 'r2' }),
        anAccount({ id: 'eve', serverId: 'notion', registrationId: 'r3' }),
      ],
      registrations: [aRegistration(registration)],
    }),
  );
}

describe('what a sign-out is about', () => {
  const world = worldWith({ id: 'r1', issuer, registrationClientUri });
  const ids = (scope: Parameters<typeof leavingOf>[0]) =>
    leavingOf(scope, world).accounts.map(({ id }) => id);

  test('the accounts of a server, of an issuer, some, or all', () => {
    expect(ids({ kind: 'server', serverId: 'linear' })).toEqual(['ada', 'bob']);
    expect(ids({ kind: 'issuer', issuer: 'https://auth.notion.example' })).toEqual(['eve']);
    expect(ids({ kind: 'accounts', accountIds: ['bob', 'eve', 'gone'] })).toEqual(['bob', 'eve']);
    expect(ids({ kind: 'everything' })).toEqual(['ada', 'bob', 'eve']);
  });

  test('where each account is, so that the report can say it when the account is gone', () => {
    const { places } = leavingOf({ kind: 'everything' }, world);
    expect(places.get('eve')).toEqual({ serverName: 'Notion', issuerHost: 'auth.notion.example' });
  });

  test('the last account of a registration Gatehouse made may take it along', () => {
    const one: SignOutScope = { kind: 'accounts', accountIds: ['ada'] };
    expect(leavingOf(one, world).lastOf).toEqual({ host: 'auth.linear.example', deletable: true });
    expect(leavingOf(one, worldWith({ id: 'r1', issuer })).lastOf).toMatchObject({ deletable: false });
    // Not made by Gatehouse; used by another account; several leave at once.
    expect(leavingOf(one, worldWith({ id: 'r1', issuer, kind: 'pre-registered' })).lastOf).toBeNull();
    const shared = new Map(world.accounts).set('bob', {
      ...anAccount({ id: 'bob', serverId: 'linear' }),
      registrationId: 'r1',
    });
    expect(leavingOf(one, { ...world, accounts: shared }).lastOf).toBeNull();
    expect(leavingOf({ kind: 'everything' }, world).lastOf).toBeNull();
  });
});

test('a sign-out is confirmed when nothing is left to do at the issuer', () => {
  const report = { accountId: 'ada', label: 'Ada', registration: null, detail: null };
  expect(isConfirmed({ ...report, revocation: 'confirmed' })).toBe(true);
  expect(isConfirmed({ ...report, revocation: 'nothing-to-revoke', registration: 'deleted' })).toBe(true);
  for (const revocation of ['queued', 'failed', 'not-offered'] as const)
    expect(isConfirmed({ ...report, revocation })).toBe(false);
  for (const registration of ['queued', 'failed'] as const)
    expect(isConfirmed({ ...report, revocation: 'confirmed', registration })).toBe(false);
});
