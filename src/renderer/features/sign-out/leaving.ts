import type { SignOutScope } from '../../../shared/contract/accounts.ts';
import type { Registration } from '../../../shared/domain/registration.ts';
import type { AccountView, ServerView } from '../../../shared/domain/snapshot.ts';
import type { AccountPlace } from '../../state/dialogs.ts';
import { hostOf } from '../../state/server-list.ts';

/** What a sign-out is about, as it was before anything happened. */
export interface Leaving {
  accounts: readonly AccountView[];
  places: ReadonlyMap<string, AccountPlace>;
  /** What the accounts have in common: the server's name, or the issuer's host. */
  common: string;
  /** The registration whose last account this is, and whether its issuer lets us delete it (RFC 7592). */
  lastOf: { host: string; deletable: boolean } | null;
}

export function leavingOf(
  scope: SignOutScope,
  world: {
    accounts: ReadonlyMap<string, AccountView>;
    servers: ReadonlyMap<string, ServerView>;
    registrations: ReadonlyMap<string, Registration>;
  },
): Leaving {
  const all = [...world.accounts.values()];
  const accounts = all.filter((account) => isIn(scope, account));
  const places = new Map(
    accounts.map(({ id, serverId, issuer }) => [
      id,
      { serverName: world.servers.get(serverId)?.name ?? null, issuerHost: hostOf(issuer) },
    ]),
  );
  const common =
    scope.kind === 'server'
      ? (world.servers.get(scope.serverId)?.name ?? '')
      : scope.kind === 'issuer'
        ? hostOf(scope.issuer)
        : '';
  const [one, ...others] = accounts;
  return {
    accounts,
    places,
    common,
    lastOf: one && others.length === 0 ? lastOf(one, all, world.registrations) : null,
  };
}

function lastOf(
  account: AccountView,
  all: readonly AccountView[],
  registrations: ReadonlyMap<string, Registration>,
): Leaving['lastOf'] {
  const registration = registrations.get(account.registrationId);
  // The others were not made by Gatehouse, so they are not its to delete.
  if (registration?.kind !== 'dynamic') return null;
  if (all.some(({ id, registrationId }) => registrationId === registration.id && id !== account.id))
    return null;
  return {
    host: hostOf(registration.issuer),
    deletable: registration.registrationClientUri !== undefined,
  };
}

function isIn(scope: SignOutScope, { id, serverId, issuer }: AccountView): boolean {
  switch (scope.kind) {
    case 'accounts':
      return scope.accountIds.includes(id);
    case 'server':
      return scope.serverId === serverId;
    case 'issuer':
      return scope.issuer === issuer;
    case 'everything':
      return true;
  }
}
