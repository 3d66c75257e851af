import type { EnteredSecrets, PublicKeySet, SignatureAlgorithm } from '../../shared/domain/client-key.ts';
import { failure } from '../../shared/problems.ts';
import { generateClientKey, publicKeyOf } from '../oauth/client-authentication.ts';
import type { ServerSecrets } from '../vault/secrets.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Makes a key by which a server's client proves itself at the issuer (`private_key_jwt`, RFC 7523 §2.2).
 * @param keep puts the private key where it rests; it goes nowhere else
 * @returns the public half, for whoever runs the issuer
 * @throws ProblemError as `keep`
 */
export async function makeClientKey(
  algorithm: SignatureAlgorithm,
  keep: (privateKey: NonNullable<ServerSecrets['privateKey']>) => Promise<void>,
): Promise<PublicKeySet> {
  const key = await generateClientKey([algorithm]);
  await keep({ ...key });
  return publicHalf({ ...key });
}

/**
 * Which secrets a person entered for a server: their names, and of a key the public half.
 * @param label what to call the server in a problem
 * @throws ProblemError `secrets-locked`
 */
export async function enteredSecrets(
  vault: Pick<Vault, 'read'>,
  serverId: string,
  label: string,
): Promise<EnteredSecrets> {
  const reading = await vault.read(serverId, 'server');
  if (reading.kind === 'unavailable') throw failure('secrets-locked', { label }, reading.reason);
  const { clientSecret, identityToken, privateKey } = reading.kind === 'found' ? reading.secrets : {};
  return {
    clientSecret: clientSecret !== undefined,
    identityToken: identityToken !== undefined,
    clientKey: privateKey ? publicHalf(privateKey) : null,
  };
}

function publicHalf(privateKey: NonNullable<ServerSecrets['privateKey']>): PublicKeySet {
  return { keys: [publicKeyOf(privateKey as Parameters<typeof publicKeyOf>[0]) as PublicKeySet['keys'][0]] };
}
