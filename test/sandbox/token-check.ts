import type { AuthInfo } from '@modelcontextprotocol/server';
import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  decodeProtectedHeader,
  EmbeddedJWK,
  type JWTPayload,
  jwtVerify,
} from 'jose';

/** Whom a resource server believes and what it wants to see in a token. */
export interface TokenRules {
  issuer: string;
  jwksUri: string;
  /** Audience a token must name. */
  audience: string;
  /** Signature algorithms accepted of JWTs. */
  algorithms?: string[];
  /** RFC 7662: asked about tokens that are not JWTs, or about all when `always`. */
  introspection?: { url: string; clientId: string; clientSecret: string; always?: boolean };
  /** RFC 9449 §9: proofs must carry this nonce. */
  dpopNonce?: string | undefined;
  /** A last word on a valid token: false when the sign-in behind it has ended. */
  isStanding?: (claims: JWTPayload) => boolean;
}

/** The request the token came with, for DPoP (RFC 9449). */
export interface TokenRequest {
  method: string;
  /** Full URL without query. */
  url: string;
  authorization: string | undefined;
  dpop: string | undefined;
}

/** A token that is no good, with the reason for the challenge. */
export class TokenRefused extends Error {
  readonly error: 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce' | 'none';
  /** The nonce to use, with `use_dpop_nonce`. */
  readonly nonce: string | undefined;
  constructor(message: string, error: TokenRefused['error'] = 'invalid_token', nonce?: string) {
    super(message);
    this.error = error;
    this.nonce = nonce;
  }
}

/**
 * Checks the token of a request as RFC 9068 and RFC 8707 ask of a resource server.
 * @returns a function that yields what is known of the caller, and throws `TokenRefused` otherwise
 */
export function createTokenCheck(rules: TokenRules): (request: TokenRequest) => Promise<AuthInfo> {
  const keys = createRemoteJWKSet(new URL(rules.jwksUri), { cooldownDuration: 0 });
  const proofsSeen = new Set<string>();

  return async (request) => {
    const [, scheme = '', token = ''] = /^(\S+) +(\S+)$/.exec(request.authorization ?? '') ?? [];
    if (!token) throw new TokenRefused('no token', 'none');
    const isJwt = token.split('.').length === 3;
    const claims =
      rules.introspection && (rules.introspection.always || !isJwt)
        ? await introspect(token, rules.introspection)
        : await verify(token, keys, rules);
    if (rules.isStanding?.(claims) === false) throw new TokenRefused('the sign-in has ended');
    await checkBinding(request, scheme, token, claims, proofsSeen, rules.dpopNonce);
    const audience = ([] as string[]).concat(claims.aud ?? []);
    if (!audience.includes(rules.audience)) throw new TokenRefused('token is for another audience');
    return {
      token,
      clientId: String(claims.client_id ?? claims.azp ?? ''),
      scopes: scopesOf(claims),
      ...(claims.exp === undefined ? {} : { expiresAt: claims.exp }),
      resource: new URL(rules.audience),
      extra: { subject: claims.sub, name: claims.name },
    };
  };
}

async function verify(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, audience, algorithms = ['ES256', 'RS256'] }: TokenRules,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'] }))
      .payload;
  } catch (error) {
    throw new TokenRefused(error instanceof Error ? error.message : 'not a valid token');
  }
}

async function introspect(
  token: string,
  { url, clientId, clientSecret }: NonNullable<TokenRules['introspection']>,
): Promise<JWTPayload> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ token }),
  });
  const answer = (await response.json()) as JWTPayload & { active?: boolean };
  if (!answer.active) throw new TokenRefused('token is not active');
  return answer;
}

/** RFC 9449 §7.1: a token bound to a key comes with a proof of that key, and only so. */
async function checkBinding(
  request: TokenRequest,
  scheme: string,
  token: string,
  claims: JWTPayload,
  proofsSeen: Set<string>,
  nonce: string | undefined,
): Promise<void> {
  const thumbprint = (claims.cnf as { jkt?: string } | undefined)?.jkt;
  if (!thumbprint) {
    if (scheme.toLowerCase() !== 'bearer') throw new TokenRefused('expected a Bearer token');
    return;
  }
  if (scheme.toLowerCase() !== 'dpop' || !request.dpop) {
    throw new TokenRefused('the token is bound to a key', 'invalid_dpop_proof');
  }
  try {
    const { payload } = await jwtVerify(request.dpop, EmbeddedJWK, { typ: 'dpop+jwt', maxTokenAge: '5 min' });
    const { jwk } = decodeProtectedHeader(request.dpop);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
    const proven =
      jwk !== undefined &&
      (await calculateJwkThumbprint(jwk)) === thumbprint &&
      payload.htm === request.method &&
      payload.htu === request.url &&
      payload.ath === Buffer.from(digest).toString('base64url') &&
      typeof payload.jti === 'string' &&
      !proofsSeen.has(payload.jti);
    if (!proven) throw new Error('the proof does not fit');
    proofsSeen.add(String(payload.jti));
    if (nonce !== undefined && payload.nonce !== nonce) {
      throw new TokenRefused('the proof needs a nonce', 'use_dpop_nonce', nonce);
    }
  } catch (error) {
    if (error instanceof TokenRefused) throw error;
    throw new TokenRefused(error instanceof Error ? error.message : 'bad proof', 'invalid_dpop_proof');
  }
}

function scopesOf(claims: JWTPayload): string[] {
  const scope = claims.scope ?? claims.scp ?? '';
  return Array.isArray(scope) ? scope.map(String) : String(scope).split(' ').filter(Boolean);
}
