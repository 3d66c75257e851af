import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { clientKeyFromPem } from '../../src/main/oauth/client-authentication.ts';
import { failure } from '../../src/shared/problems.ts';

/** The signature algorithm of a key that does not name one. */
const algorithms: Record<string, string> = { ec: 'ES256', rsa: 'RS256', ed25519: 'EdDSA' };

/**
 * The private key of a client, for `private_key_jwt` (RFC 7523 §2.2).
 * @param file JWK or PKCS #8 PEM
 * @throws ProblemError `client-authentication-unsupported` when it is neither
 */
export async function readClientKey(file: string): Promise<JWK> {
  try {
    const text = await readFile(file, 'utf8');
    const jwk = text.trimStart().startsWith('{') ? (JSON.parse(text) as JWK) : null;
    const key = createPrivateKey(jwk ? { key: { ...jwk }, format: 'jwk' } : text);
    const alg = jwk?.alg ?? algorithms[key.asymmetricKeyType ?? ''] ?? 'ES256';
    return jwk ? { ...jwk, alg } : await clientKeyFromPem(text, alg);
  } catch (cause) {
    const params = { host: file, methods: 'a private key as PKCS #8 PEM or JWK' };
    throw failure('client-authentication-unsupported', params, null, cause);
  }
}
