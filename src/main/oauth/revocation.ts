import * as oauth from 'oauth4webapi';
import { failure } from '../../shared/problems.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { ProtocolContext } from './context.ts';
import type { IssuerMetadata } from './issuer-metadata.ts';
import { askIssuer, IssuerRefusal } from './issuer-request.ts';

/** What kind of token is revoked (RFC 7009 §2.1). */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/**
 * Revokes a token (RFC 7009 §2). Any 2xx is success, and so is a token the issuer doesn't know.
 * @returns `not-offered` when the issuer has no revocation endpoint, or none for this kind of token
 * @throws ProblemError `client-unknown`, `server-error`, `token-refused`, or a network problem
 */
export async function revokeToken(
  ctx: ProtocolContext,
  issuer: IssuerMetadata,
  credentials: ClientCredentials,
  token: string,
  hint: TokenTypeHint,
): Promise<'confirmed' | 'not-offered'> {
  const endpoint = issuer.server.revocation_endpoint;
  if (endpoint === undefined) return 'not-offered';
  const kind = hint === 'refresh_token' ? 'refresh token' : 'access token';
  try {
    await askIssuer(ctx, {
      issuer,
      credentials,
      purpose: {
        kind: 'revocation',
        title: `Revocation of the ${kind}`,
        rule: { text: 'Sign-out revokes tokens at the issuer.', reference: 'RFC 7009 §2.1' },
      },
      endpoint: { url: endpoint, name: 'revocation endpoint' },
      request: (as, client, authentication, options) =>
        oauth.revocationRequest(as, client, authentication, token, {
          ...options,
          additionalParameters: { token_type_hint: hint },
        }),
    });
    return 'confirmed';
  } catch (error) {
    if (!(error instanceof IssuerRefusal)) throw error;
    if (error.refusal.error === 'unsupported_token_type') return 'not-offered';
    if (error.refusal.error !== 'invalid_client') throw error;
    throw failure('client-unknown', { host: new URL(issuer.issuer).host }, null, error);
  }
}
