import type { BearerChallenge } from '../oauth/challenge.ts';
import { generateDpopKey } from '../oauth/dpop.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';

/** A private key as the vault keeps it. */
export type DpopKey = Awaited<ReturnType<typeof generateDpopKey>>;

/**
 * A key to bind the tokens to, or null for Bearer tokens. Both sides have to take part: the server asks for
 * DPoP in its challenge (RFC 9449 §7.1), and the issuer names its algorithms (RFC 9449 §5.1).
 */
export async function chooseDpop(
  challenge: BearerChallenge | undefined,
  { server }: IssuerMetadata,
): Promise<DpopKey | null> {
  const algorithms = server.dpop_signing_alg_values_supported;
  return challenge?.scheme === 'DPoP' && algorithms?.length ? generateDpopKey(algorithms) : null;
}
