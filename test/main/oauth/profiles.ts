import { serverSettings } from '../../../src/shared/domain/server.ts';
import type { Answer, Received, Stage } from './stage.ts';

export const SERVER = new URL('https://mcp.example/mcp');
export const ISSUER = 'https://as.example';
export const settings = serverSettings.parse({});

/** Metadata of a well-behaved issuer; members may be overridden or, with undefined, removed. */
export function issuerDocument(issuer = ISSUER, overrides: Record<string, unknown> = {}) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    ...overrides,
  };
}

/** Resource metadata of a well-behaved server. */
export function resourceDocument(overrides: Record<string, unknown> = {}) {
  return { resource: SERVER.href, authorization_servers: [ISSUER], scopes_supported: ['user'], ...overrides };
}

export const RESOURCE_METADATA = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';
export const ISSUER_METADATA = 'https://as.example/.well-known/oauth-authorization-server';

export interface Parts {
  resource?: Record<string, unknown>;
  issuer?: Record<string, unknown>;
  registration?: Answer | ((request: Received) => Answer);
  token?: Answer | ((request: Received) => Answer);
}

/** A well-behaved server with its issuer, deviating only in the given parts. */
export function wellBehaved(on: Stage, parts: Parts = {}): Stage {
  return on
    .on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument(parts.resource) })
    .on(`GET ${ISSUER_METADATA}`, { body: issuerDocument(ISSUER, parts.issuer) })
    .on(
      'POST https://as.example/register',
      parts.registration ??
        (({ body }) => ({ status: 201, body: { ...JSON.parse(body), client_id: 'gatehouse-1' } })),
    )
    .on(
      'POST https://as.example/token',
      parts.token ?? {
        body: { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600, refresh_token: 'rt-1' },
      },
    );
}
