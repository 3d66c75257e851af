import { failure } from '../../shared/problems.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';
import type { Discovery } from '../oauth/discovery.ts';
import { generateDpopKey } from '../oauth/dpop.ts';

/** A private key as the vault keeps it. */
export type DpopKey = NonNullable<Awaited<ReturnType<typeof generateDpopKey>>>;

/**
 * A key to bind the tokens to, or null for Bearer tokens. Who takes only bound tokens says so in the resource
 * metadata (RFC 9728 §2) and gets them. A challenge alone (RFC 9449 §7.1) counts when the issuer takes part,
 * which it says by naming its algorithms (RFC 9449 §5.1).
 * @throws ProblemError `dpop-unsupported` when server, issuer and Gatehouse have no algorithm in common
 */
export async function chooseDpop(
  challenge: BearerChallenge | undefined,
  { issuer, protectedResource }: Pick<Discovery, 'issuer' | 'protectedResource'>,
): Promise<DpopKey | null> {
  const ofIssuer = issuer.server.dpop_signing_alg_values_supported ?? [];
  const ofServer = protectedResource?.dpopAlgorithms ?? [];
  const required = protectedResource?.dpopRequired ?? false;
  if (!required && (challenge?.scheme !== 'DPoP' || ofIssuer.length === 0)) return null;
  const key = await generateDpopKey(inCommon(ofIssuer, ofServer));
  if (key !== null) return key;
  throw failure('dpop-unsupported', {
    host: new URL(issuer.issuer).host,
    algorithms: [...new Set([...ofServer, ...ofIssuer])].join(', '),
  });
}

/** What both lists hold; an empty list says nothing and restricts nothing. */
function inCommon(one: readonly string[], other: readonly string[]): readonly string[] | undefined {
  if (one.length === 0) return other.length === 0 ? undefined : other;
  return other.length === 0 ? one : one.filter((algorithm) => other.includes(algorithm));
}
