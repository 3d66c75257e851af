import type { Grant } from '../../shared/domain/account.ts';

export type ScopeKind = 'granted' | 'withheld' | 'extra' | 'wanted';

/**
 * What was asked beside what was granted, in the order asked. Scopes the issuer did not mention
 * count as granted as asked (RFC 6749 §5.1); `offline_access` asks for a refresh token, and issuers
 * that gave one seldom list it.
 */
export function compareScopes(
  { requestedScopes, grantedScopes }: Pick<Grant, 'requestedScopes' | 'grantedScopes'>,
  wantedScopes: readonly string[] = [],
): readonly { scope: string; kind: ScopeKind }[] {
  const requested = new Set(requestedScopes ?? []);
  const granted = new Set(grantedScopes ?? requestedScopes ?? []);
  return [
    ...[...requested]
      .filter((scope) => scope !== 'offline_access' || granted.has(scope))
      .map((scope) => ({
        scope,
        kind: granted.has(scope) ? ('granted' as const) : ('withheld' as const),
      })),
    ...[...granted]
      .filter((scope) => !requested.has(scope))
      // Nothing was asked: what was given is what there is, not more than that.
      .map((scope) => ({
        scope,
        kind: requestedScopes === null ? ('granted' as const) : ('extra' as const),
      })),
    ...[...new Set(wantedScopes)]
      .filter((scope) => !granted.has(scope) && !requested.has(scope))
      .map((scope) => ({ scope, kind: 'wanted' as const })),
  ];
}
