import { failure } from '../../shared/problems.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { checkSpelling } from './reach.ts';
import { endpointUrl } from './url-policy.ts';

type Endpoint =
  | 'authorization_endpoint'
  | 'token_endpoint'
  | 'registration_endpoint'
  | 'pushed_authorization_request_endpoint'
  | 'revocation_endpoint'
  | 'introspection_endpoint'
  | 'userinfo_endpoint'
  | 'jwks_uri';

const ENDPOINTS: readonly (readonly [Endpoint, string])[] = [
  ['authorization_endpoint', 'authorization endpoint'],
  ['token_endpoint', 'token endpoint'],
  ['registration_endpoint', 'registration endpoint'],
  ['pushed_authorization_request_endpoint', 'pushed authorization request endpoint'],
  ['revocation_endpoint', 'revocation endpoint'],
  ['introspection_endpoint', 'introspection endpoint'],
  ['userinfo_endpoint', 'userinfo endpoint'],
  ['jwks_uri', 'key set'],
];

export interface IssuerPolicy {
  /** A person signs in (authorization code grant), so PKCE and an authorization endpoint are needed. */
  readonly interactive: boolean;
  /** Go on although the issuer does not list S256 (deviation, a person's decision). */
  readonly assumeS256: boolean;
}

/**
 * Whether an issuer may be used: every endpoint https or loopback and within reach (RFC 6749 §3.1.2.1,
 * RFC 9700 §2.6), the needed ones present, PKCE with S256 (RFC 7636 §4.2, MCP authorization: else refuse).
 * @returns departures from the specification, in words
 * @throws ProblemError `endpoint-refused`, `private-address-refused`, `issuer-incomplete`, `s256-missing`
 */
export function checkIssuer(ctx: ProtocolContext, issuer: IssuerMetadata, policy: IssuerPolicy): string[] {
  const { server } = issuer;
  const { host } = new URL(issuer.issuer);
  for (const [member, name] of ENDPOINTS) {
    const address = server[member];
    if (address !== undefined) checkSpelling(ctx, endpointUrl(name, address));
  }
  if (server.token_endpoint === undefined)
    throw failure('issuer-incomplete', { host, what: 'a token endpoint' });
  if (!policy.interactive) return [];
  if (server.authorization_endpoint === undefined) {
    throw failure('issuer-incomplete', { host, what: 'an authorization endpoint' });
  }
  if (server.code_challenge_methods_supported?.includes('S256')) return [];
  if (issuer.source === 'defaults') {
    return ['The issuer publishes no metadata; PKCE with S256 is sent all the same.'];
  }
  // MCP authorization: absent means PKCE is not supported, and the client MUST refuse to proceed.
  if (!policy.assumeS256) throw failure('s256-missing', { host });
  return ['The issuer does not list S256; your settings say that it supports it.'];
}
