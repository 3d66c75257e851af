import {
  base64url,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import { publicKeyOf } from './client-authentication.ts';

/** A DPoP key (RFC 9449) and the nonces servers asked for; made from the stored JWK, kept by the caller. */
export interface Dpop {
  readonly algorithm: string;
  /** JWK thumbprint of the public key (RFC 7638), for `dpop_jkt`. */
  readonly thumbprint: string;
  /** Proof for one request (RFC 9449 §4.2); `now` in milliseconds since the epoch. */
  proof(request: { method: string; url: URL; accessToken?: string; now: number }): Promise<string>;
  /** Takes a `DPoP-Nonce` from an answer; true when it is new, so that a repeat makes sense. */
  takeNonce(url: URL, headers: Headers): boolean;
}

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;
const NONCE_LIMIT = 100;
const NONCE_LENGTH_LIMIT = 1024;

/**
 * Makes a DPoP key (RFC 9449 §4.1).
 * @param supported algorithms the proofs may be signed with (`dpop_signing_alg_values_supported`, RFC 9449
 * §5.1, RFC 9728 §2); absent: ES256
 * @returns private JWK with `alg`, to be kept in the vault; null when none of the algorithms is one of ours
 */
export async function generateDpopKey(supported: readonly string[] = ['ES256']): Promise<JWK | null> {
  const alg = ALGORITHMS.find((one) => supported.includes(one));
  if (alg === undefined) return null;
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg };
}

/**
 * Makes a stored key ready to sign (RFC 9449 §4.2). Nonces start empty: they are short-lived by design.
 * @param privateKey JWK from {@link generateDpopKey}
 */
export async function importDpop(privateKey: JWK): Promise<Dpop> {
  const algorithm = privateKey.alg ?? 'ES256';
  const key = await importJWK(privateKey, algorithm);
  const { alg: _alg, use: _use, kid: _kid, ...jwk } = publicKeyOf(privateKey);
  const thumbprint = await calculateJwkThumbprint(jwk);
  const nonces = new Map<string, string>();
  return {
    algorithm,
    thumbprint,
    async proof({ method, url, accessToken, now }) {
      const nonce = nonces.get(url.origin);
      return new SignJWT({
        jti: crypto.randomUUID(),
        htm: method,
        // Without query and fragment (RFC 9449 §4.2).
        htu: `${url.origin}${url.pathname}`,
        ...(nonce !== undefined && { nonce }),
        ...(accessToken !== undefined && { ath: await tokenHash(accessToken) }),
      })
        .setProtectedHeader({ alg: algorithm, typ: 'dpop+jwt', jwk })
        .setIssuedAt(Math.floor(now / 1000))
        .sign(key);
    },
    takeNonce(url, headers) {
      const nonce = headers.get('dpop-nonce');
      if (nonce === null || nonce.length > NONCE_LENGTH_LIMIT || nonces.get(url.origin) === nonce)
        return false;
      nonces.delete(url.origin);
      nonces.set(url.origin, nonce);
      const [oldest] = nonces.keys();
      if (nonces.size > NONCE_LIMIT && oldest !== undefined) nonces.delete(oldest);
      return true;
    },
  };
}

async function tokenHash(accessToken: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken));
  return base64url.encode(new Uint8Array(digest));
}
