import { failure } from '../../shared/problems.ts';
import type { BearerChallenge } from '../oauth/challenge.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { Discovery } from '../oauth/discovery.ts';
import { generateDpopKey } from '../oauth/dpop.ts';

/** A private key as the vault keeps it. */
export type DpopKey = NonNullable<Awaited<ReturnType<typeof generateDpopKey>>>;

/**
 * A key to bind the tokens to, or null for Bearer tokens. Who takes only bound tokens says so in the resource
 * metadata (RFC 9728 §2) and gets them. A challenge alone (RFC 9449 §7.1) counts when the issuer takes part,
 * which it says by naming its algorithms (RFC 9449 §5.1). The key's algorithm is one that challenge, resource
 * metadata and issuer all name, as far as they name any. Where there is none, a server that takes Bearer tokens
 * too gets those, and it is noted.
 * @throws ProblemError `dpop-unsupported` when the server insists, and there is no algorithm in common
 */
export async function chooseDpop(
  { observer }: Pick<ProtocolContext, 'observer'>,
  challenge: BearerChallenge | undefined,
  { issuer, protectedResource }: Pick<Discovery, 'issuer' | 'protectedResource'>,
): Promise<DpopKey | null> {
  const ofIssuer = issuer.server.dpop_signing_alg_values_supported ?? [];
  const required = protectedResource?.dpopRequired ?? false;
  if (!required && (challenge?.scheme !== 'DPoP' || ofIssuer.length === 0)) return null;
  const lists = [challenge?.dpopAlgorithms ?? [], protectedResource?.dpopAlgorithms ?? [], ofIssuer];
  const key = await generateDpopKey(inCommon(lists));
  if (key !== null) return key;
  const algorithms = [...new Set(lists.flat())].join(', ');
  if (required || !challenge?.orBearer) {
    throw failure('dpop-unsupported', { host: new URL(issuer.issuer).host, algorithms });
  }
  observer.note(`No DPoP algorithm fits server, issuer and Gatehouse (${algorithms}); Bearer tokens it is.`, {
    text: 'A server that challenges with DPoP and Bearer takes tokens of either kind.',
    reference: 'RFC 9449 §7.1, §7.2',
  });
  return null;
}

/** What all lists hold; an empty list says nothing and restricts nothing. */
function inCommon(lists: readonly (readonly string[])[]): readonly string[] | undefined {
  const [first, ...others] = lists.filter((list) => list.length > 0);
  return first?.filter((algorithm) => others.every((list) => list.includes(algorithm)));
}
