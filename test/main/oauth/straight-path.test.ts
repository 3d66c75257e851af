import { expect, test } from 'vitest';
import { revokeToken } from '../../../src/main/oauth/revocation.ts';
import { refreshTokens } from '../../../src/main/oauth/token-endpoint.ts';
import { wellBehaved } from './profiles.ts';
import { signIn } from './sign-in.ts';
import { stage } from './stage.ts';

test('a cold sign-in makes four requests: resource, issuer, registration, token', async () => {
  const on = wellBehaved(await stage());
  const { tokens, url, discovery } = await signIn(on);
  expect(on.asked()).toEqual([
    'GET https://mcp.example/.well-known/oauth-protected-resource/mcp',
    'GET https://as.example/.well-known/oauth-authorization-server',
    'POST https://as.example/register',
    'POST https://as.example/token',
  ]);
  expect(tokens).toEqual({
    accessToken: 'at-1',
    tokenType: 'Bearer',
    refreshToken: 'rt-1',
    expiresAt: on.now + 3_600_000,
    scopes: ['user'],
    idToken: null,
  });
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'gatehouse-1',
    code_challenge_method: 'S256',
    redirect_uri: 'app.gatehouse.desktop:/oauth/callback',
    resource: 'https://mcp.example/mcp',
    scope: 'user',
  });
  expect(discovery.deviations).toEqual([]);
  const token = on.requests[3]?.form;
  expect(token?.get('resource')).toBe('https://mcp.example/mcp');
  expect(token?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  expect(token?.get('grant_type')).toBe('authorization_code');
});

test('tokens are renewed and revoked with the same client', async () => {
  const on = wellBehaved(await stage());
  const { discovery, client } = await signIn(on);
  on.on('POST https://as.example/token', { body: { access_token: 'at-2', token_type: 'Bearer' } });
  on.on('POST https://as.example/revoke', { status: 200 });
  const { issuer, resource } = discovery;
  const { credentials } = client;
  const renewed = await refreshTokens(on.ctx, { issuer, credentials, refreshToken: 'rt-1', resource });
  expect(renewed).toMatchObject({ accessToken: 'at-2', refreshToken: 'rt-1', expiresAt: null, scopes: null });
  expect(on.requests.at(-1)?.form.get('resource')).toBe('https://mcp.example/mcp');
  expect(await revokeToken(on.ctx, issuer, credentials, 'rt-1', 'refresh_token')).toBe('confirmed');
  expect(on.requests.at(-1)?.form.get('token_type_hint')).toBe('refresh_token');
});
