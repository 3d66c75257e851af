import {
  knownRedirectUris,
  type PlainSandbox,
  type ProfileOptions,
  startPlainProfile,
  variantWords,
} from './profile.ts';

/** Variants of this profile: without registration, a client must be given its ID. */
export const xpVariants = ['no-registration'] as const;

const preRegistered = {
  client_id: 'xp-client',
  client_name: 'Known beforehand',
  redirect_uris: knownRedirectUris,
  token_endpoint_auth_method: 'none',
};

/**
 * As the XP framework's server does it: no resource metadata, a bare challenge, the issuer at the server's own
 * origin, public clients only, and tokens that say how long they last.
 */
export function startXp(options: ProfileOptions): Promise<PlainSandbox> {
  const registers = !variantWords(options.variant, xpVariants).includes('no-registration');
  return startPlainProfile({
    name: 'xp',
    options,
    combined: true,
    era: 'legacy',
    issuer: ({ serverOrigin, mcpUrl }) => ({
      issuer: serverOrigin,
      origin: serverOrigin,
      audience: mcpUrl,
      resource: 'ignored',
      paths: {
        authorization: '/oauth/authorize',
        token: '/oauth/token',
        ...(registers ? { registration: '/oauth/register' } : {}),
      },
      metadataPaths: ['/.well-known/oauth-authorization-server'],
      scopesSupported: [],
      defaultScope: 'mcp:tools mcp:admin',
      authMethods: ['none'],
      clients: registers ? [] : [preRegistered],
      tokenFormat: 'opaque',
      accessTokenTtl: options.accessTokenTtl ?? 3600,
      metadata: ({ scopes_supported, jwks_uri, authorization_response_iss_parameter_supported, ...rest }) =>
        rest,
      redirect: withoutIss,
    }),
    server: () => ({ requiredScope: undefined, resourceMetadata: undefined, challenge: 'bare' }),
    notes: registers ? {} : { clientId: preRegistered.client_id },
  });
}

/** Issuers from before RFC 9207 do not say who they are. */
export function withoutIss(url: URL): URL {
  url.searchParams.delete('iss');
  return url;
}
