import type { ProtocolContext } from '../oauth/context.ts';
import { discoverIssuer, type IssuerMetadata } from '../oauth/issuer-metadata.ts';
import type { StoredIssuerCache } from './issuer-cache.ts';

/**
 * Metadata of an issuer an account already belongs to. Fresh when it can be had; otherwise what was known
 * before, so that a refresh or revocation does not depend on a discovery document being up.
 * @throws ProblemError when the issuer was never known and can't be discovered now
 */
export async function knownIssuer(
  context: ProtocolContext,
  cache: StoredIssuerCache,
  issuer: string,
  trustedIssuerName?: string,
): Promise<IssuerMetadata> {
  const fresh = cache.get(issuer);
  if (fresh) return fresh;
  try {
    const found = await discoverIssuer(context, issuer, trustedIssuerName ? { trustedIssuerName } : {});
    cache.set(found);
    return found;
  } catch (error) {
    const stale = cache.getStale(issuer);
    if (!stale) throw error;
    context.observer.note('The issuer’s metadata could not be renewed; what was known before is used.');
    return stale;
  }
}
