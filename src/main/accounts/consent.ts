import type { Account, ConsentStatus } from '../../shared/domain/account.ts';
import type { ConnectionStatus } from '../../shared/domain/connection.ts';

/** What is known about one account when its consent status is asked for. */
export interface AccountFacts {
  readonly account: Account;
  /** A sign-in that would renew this account is under way. */
  readonly signInPending: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The consent status of one account, from facts alone. */
export function consentOfAccount({ account, signInPending, now }: AccountFacts): ConsentStatus {
  if (signInPending) return 'pending';
  const { state, grant } = account;
  switch (state.kind) {
    case 'revoked':
      return 'revoked';
    case 'expired':
      return 'expired';
    case 'insufficient':
      return 'insufficient';
    case 'secrets-lost':
    case 'issuer-moved':
      return 'required';
    case 'live': {
      const ranOut = grant.accessTokenExpiresAt !== null && grant.accessTokenExpiresAt <= now;
      if (ranOut && !grant.refreshable) return 'expired';
      return missingScopes(account).length > 0 ? 'partial' : 'granted';
    }
  }
}

/** Scopes that were asked for but not granted. */
export function missingScopes({ grant }: Account): string[] {
  if (grant.requestedScopes === null || grant.grantedScopes === null) return [];
  const granted = new Set(grant.grantedScopes);
  // offline_access asks for a refresh token and many issuers do not list it as granted.
  return grant.requestedScopes.filter((scope) => !granted.has(scope) && scope !== 'offline_access');
}

/** What is known about a server as a whole. */
export interface ServerFacts {
  readonly accounts: readonly ConsentStatus[];
  readonly signInPending: boolean;
  readonly lastSignInDenied: boolean;
  /** Status of the connection without an account, if there is one. */
  readonly anonymousConnection: ConnectionStatus | null;
}

// The most pressing first: what the person should see of a server with several accounts.
const PRESSING: readonly ConsentStatus[] = [
  'pending',
  'revoked',
  'expired',
  'required',
  'insufficient',
  'partial',
  'denied',
  'granted',
];

/** The consent status of a server, from its accounts or, without one, from what it answered. */
export function consentOfServer(facts: ServerFacts): ConsentStatus {
  if (facts.signInPending) return 'pending';
  if (facts.accounts.length > 0) {
    return PRESSING.find((status) => facts.accounts.includes(status)) ?? 'granted';
  }
  if (facts.lastSignInDenied) return 'denied';
  return facts.anonymousConnection === 'waiting-for-sign-in' ? 'required' : 'not-needed';
}
