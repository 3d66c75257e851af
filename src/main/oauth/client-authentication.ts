import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
  SignJWT,
} from 'jose';
import type * as oauth from 'oauth4webapi';
import type { ClientAuthenticationMethod } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import type { ProtocolContext } from './context.ts';
import { type IssuerMetadata, sameIssuer } from './issuer-metadata.ts';

/** Our client at one issuer, with its secrets. Plain JSON; never logged, never used at another issuer. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly authentication: ClientAuthenticationMethod;
  readonly clientSecret?: string;
  /** Private JWK with `alg` (ES256, RS256, EdDSA) and, where the issuer needs it, `kid`. */
  readonly privateKey?: JWK;
  /** Issuer this client is registered at. */
  readonly issuer: string;
}

/** Signature algorithms of client assertions, best first. */
export const ASSERTION_ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFETIME_S = 60;

/** One way to authenticate, for {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 RFC 6749 §2.3}. */
export interface AuthenticationAttempt {
  readonly name: string;
  readonly authenticate: oauth.ClientAuth;
}

/**
 * Ways to authenticate our client, to be tried in order while the issuer answers `invalid_client` (RFC 6749
 * §2.3). A secret sent by Basic has further tries: some issuers don't decode it, some want `client_id` in the body
 * too (§3.2.1 allows it; others refuse it, so it is not the first), some read only the body.
 * @throws ProblemError `registration-issuer-mismatch` when the client belongs to another issuer (MCP
 * authorization: credentials are bound to the issuer), `client-authentication-unsupported` without its secret
 */
export function authenticationAttempts(
  ctx: Pick<ProtocolContext, 'now'>,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
): AuthenticationAttempt[] {
  checkBinding(issuer, credentials);
  const { clientId, clientSecret, privateKey, authentication } = credentials;
  const missing = () =>
    failure('client-authentication-unsupported', {
      host: new URL(issuer.issuer).host,
      methods: authentication,
    });
  switch (authentication) {
    case 'none':
      return [{ name: 'none', authenticate: (_as, _client, body) => body.set('client_id', clientId) }];
    case 'client_secret_post':
      if (clientSecret === undefined) throw missing();
      return [post(clientId, clientSecret)];
    case 'client_secret_basic': {
      if (clientSecret === undefined) throw missing();
      const encoded = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
      const raw = `${clientId}:${clientSecret}`;
      return [
        basic('client_secret_basic', encoded),
        ...(encoded === raw ? [] : [basic('client_secret_basic without encoding', raw)]),
        basic('client_secret_basic with client_id in the body', encoded, clientId),
        post(clientId, clientSecret),
      ];
    }
    case 'private_key_jwt':
      if (privateKey === undefined) throw missing();
      return [{ name: 'private_key_jwt', authenticate: assertion(ctx, clientId, privateKey) }];
  }
}

/**
 * How an issuer wants a secret sent: of the two ways, the one it lists first. Both are as good, and the first is
 * the one its own code was tried with.
 * @param listed `token_endpoint_auth_methods_supported` (RFC 8414 §2)
 */
export function listedSecretMethod(
  listed: readonly string[] | undefined,
): 'client_secret_basic' | 'client_secret_post' | undefined {
  return listed?.find((method) => method === 'client_secret_basic' || method === 'client_secret_post');
}

/**
 * Holds a client to its issuer (MCP authorization, client credential binding; RFC 9700 §4.4 mix-up).
 * @throws ProblemError `registration-issuer-mismatch`
 */
export function checkBinding(issuer: IssuerMetadata, credentials: Pick<ClientCredentials, 'issuer'>): void {
  if (sameIssuer(credentials.issuer, issuer.issuer)) return;
  throw failure('registration-issuer-mismatch', { expected: credentials.issuer, found: issuer.issuer });
}

/** application/x-www-form-urlencoded, which leaves `*-._` alone (RFC 6749 §2.3.1 and Appendix B). */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function basic(name: string, pair: string, clientId?: string): AuthenticationAttempt {
  const value = `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}`;
  return {
    name,
    authenticate: (_as, _client, body, headers) => {
      headers.set('authorization', value);
      if (clientId !== undefined) body.set('client_id', clientId);
    },
  };
}

function post(clientId: string, clientSecret: string): AuthenticationAttempt {
  return {
    name: 'client_secret_post',
    authenticate: (_as, _client, body) => {
      body.set('client_id', clientId);
      body.set('client_secret', clientSecret);
    },
  };
}

// RFC 7523 §3; the audience is the issuer alone (draft-ietf-oauth-rfc7523bis §4, audience injection).
function assertion(ctx: Pick<ProtocolContext, 'now'>, clientId: string, privateKey: JWK): oauth.ClientAuth {
  return async (as, _client, body) => {
    const issuedAt = Math.floor(ctx.now() / 1000);
    const { alg = 'ES256', kid } = privateKey;
    const jwt = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, typ: 'JWT', ...(kid && { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(as.issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_LIFETIME_S)
      .sign(await importJWK(privateKey, alg));
    body.set('client_id', clientId);
    body.set('client_assertion_type', ASSERTION_TYPE);
    body.set('client_assertion', jwt);
  };
}

/**
 * Makes a key for `private_key_jwt` (RFC 7523 §2.2).
 * @param supported `token_endpoint_auth_signing_alg_values_supported` of the issuer; absent: ES256
 * @returns private JWK with `alg`, `use` and a thumbprint (RFC 7638) as `kid`
 */
export async function generateClientKey(supported?: readonly string[]): Promise<JWK> {
  const alg = ASSERTION_ALGORITHMS.find((one) => supported?.includes(one)) ?? 'ES256';
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

/**
 * A key a person has as PKCS #8 PEM, for `private_key_jwt` (RFC 7523 §2.2, RFC 5958).
 * @param alg signature algorithm the key is for
 * @throws ProblemError `client-authentication-unsupported` when it is no such key
 */
export async function clientKeyFromPem(pem: string, alg: string): Promise<JWK> {
  try {
    return { ...(await exportJWK(await importPKCS8(pem, alg, { extractable: true }))), alg };
  } catch (cause) {
    throw failure(
      'client-authentication-unsupported',
      { host: '…', methods: `a key for ${alg}` },
      null,
      cause,
    );
  }
}

/** The public part of a key, as it may be shown and sent (RFC 7517 §4, RFC 7518 §6). */
export function publicKeyOf({ kty, crv, x, y, n, e, alg, use, kid }: JWK): JWK {
  const parts = { kty, crv, x, y, n, e, alg, use, kid };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as JWK;
}
