import type { Account } from '../../shared/domain/account.ts';
import type { AccountBook } from '../accounts/account-book.ts';
import { labelFor, samePerson } from '../accounts/account-label.ts';
import { afterGranting } from '../accounts/step-up.ts';
import type { TokenKeeper } from '../accounts/token-keeper.ts';
import type { Clock, Randomness } from '../ports.ts';
import type { GrantedAccount } from './sign-in-attempt.ts';

export interface KeepAccountDependencies {
  readonly accounts: AccountBook;
  readonly keeper: TokenKeeper;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/**
 * Stores what was granted: tokens first, on disk, then the account that names them.
 * @throws ProblemError `secrets-not-stored`
 */
export async function keepAccount(
  { accounts, keeper, clock, randomness }: KeepAccountDependencies,
  granted: GrantedAccount,
): Promise<Account> {
  const { server, discovery, registration, requestedScopes, tokens, dpopKey } = granted;
  const machine = server.settings.machineGrant?.kind;
  const identity = granted.identity ?? null;
  const now = clock.now();
  const others = accounts.ofServer(server.id);
  const renewed = renewedBy(granted, others, identity);
  const label = renewed?.label ?? labelOfNew(granted, others, identity);
  const id = renewed?.id ?? randomness.id();
  const known = identity ?? renewed?.identity;
  const grantedScopes = tokens.scopes ?? requestedScopes;
  const stepUps = afterGranting(renewed?.stepUps, grantedScopes);
  const account: Account = {
    id,
    serverId: server.id,
    issuer: discovery.issuer.issuer,
    registrationId: registration.id,
    label,
    ...(known && { identity: known }),
    grant: {
      resource: discovery.resource,
      requestedScopes,
      grantedScopes,
      grantedAt: now,
      accessTokenExpiresAt: tokens.expiresAt,
      accessTokenIssuedAt: now,
      refreshable: tokens.refreshToken !== null || machine !== undefined,
      ...(machine && { machine }),
    },
    state: { kind: 'live' },
    ...(stepUps && { stepUps }),
    addedAt: renewed?.addedAt ?? now,
    lastUsedAt: renewed?.lastUsedAt ?? null,
    lastRefreshedAt: null,
  };
  await keeper.accept(account, tokens, dpopKey ? { ...dpopKey } : undefined);
  await accounts.put(account);
  return account;
}

/** The account a grant renews: the one asked for unless somebody else signed in; or one of the same person. */
function renewedBy(
  { server, registration, renews, discovery }: GrantedAccount,
  others: readonly Account[],
  identity: Account['identity'] | null,
): Account | undefined {
  const { issuer } = discovery.issuer;
  // What another issuer granted stays parked beside the new account: it can still be taken back there.
  const asked = renews?.issuer === issuer ? renews : null;
  if (asked && samePerson(asked.identity, identity ?? null) !== false) return asked;
  // A machine is its client: the same client is the same account.
  if (server.settings.machineGrant) {
    return others.find((one) => one.grant.machine && one.registrationId === registration.id);
  }
  return others.find((one) => one.issuer === issuer && samePerson(one.identity, identity ?? null) === true);
}

/** After a move to another issuer the account goes on under the name the person knows. */
function labelOfNew(
  { renews, discovery }: GrantedAccount,
  others: readonly Account[],
  identity: Account['identity'] | null,
): string {
  const moved = renews !== null && renews.issuer !== discovery.issuer.issuer;
  return moved && !identity ? renews.label : labelFor(identity ?? null, others);
}
