import { describe, expect, test } from 'vitest';
import { refreshTokens } from '../../../src/main/oauth/token-endpoint.ts';
import { serverSettings } from '../../../src/shared/domain/server.ts';
import { issuerDocument, RESOURCE_METADATA, resourceDocument } from './profiles.ts';
import { challenge, signIn } from './sign-in.ts';
import { problemOfCall, type Received, type Stage, stage } from './stage.ts';

const registering = ({ body }: Received) => ({ status: 201, body: { ...JSON.parse(body), client_id: 'id' } });

describe('servers without resource metadata', () => {
  const own = 'https://mcp.example';
  const bare = { challenge: { scheme: 'Bearer' } as const };

  test('XP framework: bare challenge, metadata at the origin, public client, refresh token', async () => {
    const on = (await stage())
      .on(`GET ${own}/.well-known/oauth-authorization-server`, {
        body: {
          issuer: own,
          authorization_endpoint: `${own}/oauth/authorize`,
          token_endpoint: `${own}/oauth/token`,
          registration_endpoint: `${own}/oauth/register`,
          token_endpoint_auth_methods_supported: ['none'],
          code_challenge_methods_supported: ['S256'],
        },
      })
      .on(`POST ${own}/oauth/register`, registering)
      .on(`POST ${own}/oauth/token`, {
        body: { access_token: 'at', token_type: 'Bearer', expires_in: 3600, refresh_token: 'rt' },
      });
    const { tokens, client, discovery } = await signIn(on, bare);
    expect(tokens).toMatchObject({ refreshToken: 'rt', expiresAt: on.now + 3_600_000 });
    const { credentials } = client;
    const { issuer, resource } = discovery;
    const renewed = await refreshTokens(on.ctx, { issuer, credentials, refreshToken: 'rt', resource });
    expect(renewed.accessToken).toBe('at');
  });

  test('OAuth gateway: registration answers 200 and echoes, token answer is two members', async () => {
    const on = (await stage())
      .on(`GET ${own}/.well-known/oauth-authorization-server`, {
        body: {
          issuer: own,
          authorization_endpoint: `${own}/oauth/authorize`,
          token_endpoint: `${own}/oauth/token`,
          registration_endpoint: `${own}/oauth/register`,
          grant_types_supported: ['authorization_code'],
          code_challenge_methods_supported: ['S256'],
        },
      })
      .on(`POST ${own}/oauth/register`, (request) => ({ ...registering(request), status: 200 }))
      .on(`POST ${own}/oauth/token`, { body: { token_type: 'Bearer', access_token: 'at' } });
    const { tokens } = await signIn(on, bare);
    expect(tokens).toMatchObject({ expiresAt: null, refreshToken: null });
    on.on(`POST ${own}/oauth/token`, { status: 400, body: { error: 'invalid_grant' } });
    expect(await problemOfCall(signIn(on, bare))).toBe('token-refused');
  });
});

describe('issuers in the shapes of', () => {
  const at = (on: Stage, issuer: string, address: string, more: Record<string, unknown> = {}) => {
    const base = issuer.replace(/\/$/, '');
    return on
      .on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument({ authorization_servers: [issuer] }) })
      .on(`GET ${address}`, { body: { ...issuerDocument(base), issuer, ...more } })
      .on(`POST ${base}/register`, registering)
      .on(`POST ${base}/token`, { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } });
  };

  test.each([
    [
      'Keycloak',
      'https://kc.example/realms/x',
      'https://kc.example/realms/x/.well-known/openid-configuration',
      6,
    ],
    ['Auth0', 'https://x.auth0.example/', 'https://x.auth0.example/.well-known/openid-configuration', 5],
    [
      'Okta',
      'https://x.okta.example/oauth2/default',
      'https://x.okta.example/.well-known/oauth-authorization-server/oauth2/default',
      4,
    ],
  ])('%s', async (_name, issuer, address, count) => {
    const on = at(await stage(), issuer, address);
    const { discovery, tokens } = await signIn(on, { iss: issuer });
    expect(discovery.issuer.server.issuer).toBe(issuer);
    expect(tokens.accessToken).toBe('at');
    expect(on.requests.length).toBe(count);
  });

  test('Entra ID: S256 not listed, resource refused; settings say so', async () => {
    const issuer = 'https://login.example/tenant/v2.0';
    const address = `${issuer}/.well-known/openid-configuration`;
    const on = at(await stage(), issuer, address, { code_challenge_methods_supported: undefined });
    expect(await problemOfCall(signIn(on))).toBe('s256-missing');
    const settings = serverSettings.parse({ assumeS256: true, resource: { mode: 'omit' } });
    const { url, discovery } = await signIn(on, { settings });
    expect(url.searchParams.has('resource')).toBe(false);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(discovery.deviations.length).toBe(2);
  });

  test.each([
    ['client_secret_basic', ({ headers }: Received) => headers.authorization?.startsWith('Basic ')],
    ['client_secret_post', ({ form }: Received) => form.get('client_secret') === 's'],
    ['private_key_jwt', ({ form }: Received) => form.has('client_assertion')],
  ])('a confidential client with %s', async (method, proven) => {
    const issuer = 'https://as.example';
    const on = at(await stage(), issuer, `${issuer}/.well-known/oauth-authorization-server`, {
      token_endpoint_auth_methods_supported: [method],
    });
    on.on(`POST ${issuer}/register`, ({ body }) => ({
      status: 201,
      body: { ...JSON.parse(body), client_id: 'id', client_secret: 's', client_secret_expires_at: 0 },
    }));
    await signIn(on, { challenge });
    const last = on.requests.at(-1);
    expect(last && proven(last)).toBe(true);
  });
});
