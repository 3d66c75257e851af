import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import type { PlainClient, PlainIssuerConfig } from '../plain-issuer.ts';
import {
  knownRedirectUris,
  type PlainSandbox,
  type ProfileOptions,
  startPlainProfile,
  variantWords,
} from './profile.ts';

/** Shape of the issuer, × how the server checks tokens, × how the pre-registered client proves itself. */
export const phpSdkVariants = [
  'keycloak',
  'entra',
  'entra-strict',
  'auth0',
  'okta',
  'jwks',
  'introspection',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

interface IssuerShape {
  /** Follows the origin; may end in a slash. */
  suffix: string;
  /** Below the origin, before each endpoint. */
  endpoints: string;
  metadataPaths: readonly string[];
  algorithm: string;
  more?: Partial<PlainIssuerConfig>;
}

const entra: IssuerShape = {
  suffix: '/tenant/v2.0',
  endpoints: '/tenant/oauth2/v2.0',
  metadataPaths: ['/tenant/v2.0/.well-known/openid-configuration'],
  algorithm: 'RS256',
  more: { scopeClaim: 'scp' },
};

const shapes: Record<string, IssuerShape> = {
  keycloak: {
    suffix: '/realms/x',
    endpoints: '/realms/x/protocol/openid-connect',
    metadataPaths: [
      '/.well-known/oauth-authorization-server/realms/x',
      '/realms/x/.well-known/openid-configuration',
    ],
    algorithm: 'RS256',
  },
  entra,
  // As the real one: says nothing of PKCE though it knows it, and takes no `resource`.
  'entra-strict': {
    ...entra,
    more: {
      ...entra.more,
      resource: 'refused',
      metadata: ({ code_challenge_methods_supported, registration_endpoint, ...rest }) => rest,
    },
  },
  auth0: {
    suffix: '/',
    endpoints: '',
    metadataPaths: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    algorithm: 'ES384',
  },
  okta: {
    suffix: '/oauth2/default',
    endpoints: '/oauth2/default/v1',
    metadataPaths: [
      '/oauth2/default/.well-known/openid-configuration',
      '/oauth2/default/.well-known/oauth-authorization-server',
    ],
    algorithm: 'RS512',
  },
};

/**
 * The issuers of the PHP SDK's guide with a confidential client known beforehand; its credentials are in `notes`.
 * Without a variant: `keycloak,jwks,client_secret_basic`.
 */
export async function startPhpSdk(options: ProfileOptions): Promise<PlainSandbox> {
  const words = variantWords(options.variant, phpSdkVariants);
  const shapeName = words.find((word) => word in shapes) ?? 'keycloak';
  const shape = shapes[shapeName] as IssuerShape;
  const method = words.find((word) => word.includes('_')) ?? 'client_secret_basic';
  const { client, notes } = await preRegisteredClient(method);

  return startPlainProfile({
    name: 'php-sdk',
    options,
    check: words.includes('introspection') ? 'introspection' : 'jwks',
    issuer: ({ issuerOrigin, mcpUrl }) => {
      const at = (name: string) => `${shape.endpoints}/${name}`;
      return {
        issuer: issuerOrigin + shape.suffix,
        origin: issuerOrigin,
        audience: mcpUrl,
        resource: 'checked',
        paths: {
          authorization: at('authorize'),
          token: at('token'),
          registration: at('clients'),
          revocation: at('revoke'),
          introspection: at('introspect'),
          jwks: at('certs'),
        },
        metadataPaths: shape.metadataPaths,
        scopesSupported: ['openid', 'offline_access', 'mcp:tools', 'mcp:admin'],
        defaultScope: 'mcp:tools',
        authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
        clients: [client],
        algorithm: shape.algorithm,
        accessTokenTtl: options.accessTokenTtl,
        registrationManagement: true,
        ...shape.more,
      };
    },
    notes: {
      variant: `${shapeName},${words.includes('introspection') ? 'introspection' : 'jwks'}`,
      ...notes,
    },
  });
}

async function preRegisteredClient(
  method: string,
): Promise<{ client: PlainClient; notes: Record<string, unknown> }> {
  const clientId = 'php-sdk-client';
  const known = {
    client_id: clientId,
    client_name: 'Known beforehand',
    redirect_uris: knownRedirectUris,
    token_endpoint_auth_method: method,
  };
  const notes = { clientId, tokenEndpointAuthMethod: method };
  if (method !== 'private_key_jwt') {
    const secret = 'php-sdk.secret-with~odd_characters+/=';
    return { client: { ...known, client_secret: secret }, notes: { ...notes, clientSecret: secret } };
  }
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = 'php-sdk-key';
  return {
    client: { ...known, jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid }] } },
    notes: {
      ...notes,
      keyAlgorithm: 'ES256',
      privateJwk: { ...(await exportJWK(privateKey)), alg: 'ES256', kid },
      privateKeyPem: await exportPKCS8(privateKey),
    },
  };
}
