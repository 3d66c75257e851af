import {
  type PlainSandbox,
  type ProfileOptions,
  resourceDocument,
  startPlainProfile,
  variantWords,
} from './profile.ts';

/** Variants of this profile: issuer and server in one, for clients from before RFC 9728. */
export const pythonSdkVariants = ['combined'] as const;

/**
 * The Python SDK's authentication examples: separate issuer and server, introspection of every request, a strict
 * audience, one scope `user`, an issuer that ends in a slash and does not list `none`.
 */
export function startPythonSdk(options: ProfileOptions): Promise<PlainSandbox> {
  const combined = variantWords(options.variant, pythonSdkVariants).includes('combined');
  return startPlainProfile({
    name: 'python-sdk',
    options,
    combined,
    era: 'legacy',
    check: 'introspection',
    adminScope: 'user',
    issuer: ({ issuerOrigin, mcpUrl }) => ({
      issuer: `${issuerOrigin}/`,
      origin: issuerOrigin,
      audience: mcpUrl,
      resource: combined ? 'ignored' : 'required',
      paths: {
        authorization: '/authorize',
        token: '/token',
        registration: '/register',
        revocation: '/revoke',
        introspection: '/introspect',
      },
      metadataPaths: ['/.well-known/oauth-authorization-server'],
      scopesSupported: ['user'],
      defaultScope: 'user',
      authMethods: ['client_secret_post', 'client_secret_basic'],
      strictClients: true,
      tokenFormat: 'opaque',
      accessTokenTtl: options.accessTokenTtl ?? 3600,
      metadata: ({ jwks_uri, authorization_response_iss_parameter_supported, ...rest }) => rest,
      redirect(url) {
        url.searchParams.delete('iss');
        return url;
      },
    }),
    server: ({ mcpUrl }, issuer) =>
      combined
        ? { requiredScope: 'user', resourceMetadata: undefined, challenge: 'bare' }
        : {
            requiredScope: 'user',
            resourceMetadata: {
              document: resourceDocument(mcpUrl, issuer, ['user']),
              paths: ['/.well-known/oauth-protected-resource/mcp'],
            },
          },
  });
}
