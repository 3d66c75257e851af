import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type AuthorizationRequest,
  createAuthorizationRequest,
} from '../../../src/main/oauth/authorization-request.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { problemOfCall, type Stage, stage } from './stage.ts';

const credentials = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;
const request = (overrides: Record<string, unknown> = {}, more: Partial<AuthorizationRequest> = {}) => ({
  issuer: issuerMetadata(overrides),
  credentials,
  redirectUri: 'http://127.0.0.1:1/cb',
  resource: 'https://mcp.example/mcp',
  scopes: ['a', 'b'],
  ...more,
});
const create = async (asked: AuthorizationRequest, on?: Stage) =>
  createAuthorizationRequest((on ?? (await stage())).ctx, asked);

describe('the authorization request', () => {
  test('carries PKCE with S256 of the verifier', async () => {
    const { url, pending } = await create(request());
    const hash = createHash('sha256').update(pending.codeVerifier).digest('base64url');
    expect(url.searchParams.get('code_challenge')).toBe(hash);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  });
  test('has a fresh state and verifier each time', async () => {
    const [one, other] = [await create(request()), await create(request())];
    expect(one.pending.state).not.toBe(other.pending.state);
    expect(one.pending.codeVerifier).not.toBe(other.pending.codeVerifier);
    expect(one.pending.state.length).toBeGreaterThanOrEqual(43);
  });
  test('carries resource and scope', async () => {
    const { url } = await create(request());
    expect(url.searchParams.get('resource')).toBe('https://mcp.example/mcp');
    expect(url.searchParams.get('scope')).toBe('a b');
  });
  test('leaves out what is null or empty', async () => {
    for (const scopes of [null, []]) {
      const { url, pending } = await create(request({}, { resource: null, scopes }));
      expect([...url.searchParams.keys()]).not.toContain('scope');
      expect([...url.searchParams.keys()]).not.toContain('resource');
      expect(pending.scopes).toBeNull();
    }
  });
  test('asks for consent with offline_access, beside another prompt', async () => {
    const prompt = async (more: Partial<AuthorizationRequest>) =>
      (await create(request({}, more))).url.searchParams.get('prompt');
    expect(await prompt({ scopes: ['offline_access'] })).toBe('consent');
    expect(await prompt({ scopes: ['offline_access'], prompt: 'select_account' })).toBe(
      'select_account consent',
    );
    expect(await prompt({ scopes: ['offline_access'], prompt: 'none' })).toBe('none');
    expect(await prompt({ prompt: 'select_account' })).toBe('select_account');
    expect(await prompt({})).toBeNull();
  });
  test('carries login hint and DPoP thumbprint when given', async () => {
    const { url } = await create(request({}, { loginHint: 'ann@x.example', dpopThumbprint: 'jkt' }));
    expect(url.searchParams.get('login_hint')).toBe('ann@x.example');
    expect(url.searchParams.get('dpop_jkt')).toBe('jkt');
  });
  test('keeps the query of the endpoint, but not against our parameters', async () => {
    const endpoint = 'https://as.example/authorize?tenant=1&response_type=token&state=x';
    const { url, pending } = await create(request({ authorization_endpoint: endpoint }));
    expect(url.searchParams.get('tenant')).toBe('1');
    expect(url.searchParams.getAll('response_type')).toEqual(['code']);
    expect(url.searchParams.getAll('state')).toEqual([pending.state]);
  });
  test('can be remembered as JSON', async () => {
    const { pending } = await create(request());
    expect(JSON.parse(JSON.stringify(pending))).toEqual(pending);
  });
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///x',
    'smb://x/y',
    'ms-x:y',
    'http://as.example/a',
  ])('never leads to %s', async (endpoint) => {
    expect(await problemOfCall(create(request({ authorization_endpoint: endpoint })))).toBe(
      'endpoint-refused',
    );
  });
  test('is not made with a client of another issuer', async () => {
    const foreign = { ...credentials, issuer: 'https://other.example' };
    expect(await problemOfCall(create(request({}, { credentials: foreign })))).toBe(
      'registration-issuer-mismatch',
    );
  });
  test('is not made without an authorization endpoint', async () => {
    expect(await problemOfCall(create(request({ authorization_endpoint: undefined })))).toBe(
      'issuer-incomplete',
    );
  });
});

describe('a pushed authorization request (RFC 9126)', () => {
  const par = {
    require_pushed_authorization_requests: true,
    pushed_authorization_request_endpoint: 'https://as.example/par',
  };
  test('is made when the issuer requires it; the browser sees a reference only', async () => {
    const on = (await stage()).on('POST https://as.example/par', {
      status: 201,
      body: { request_uri: 'urn:ietf:params:oauth:request_uri:1', expires_in: 60 },
    });
    const { url, pending } = await create(request(par), on);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'id',
      request_uri: 'urn:ietf:params:oauth:request_uri:1',
    });
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toMatchObject({
      state: pending.state,
      code_challenge_method: 'S256',
      resource: 'https://mcp.example/mcp',
      client_id: 'id',
    });
  });
  test('is authenticated as at the token endpoint', async () => {
    const on = (await stage()).on('POST https://as.example/par', {
      status: 200,
      body: { request_uri: 'urn:1' },
    });
    const secret = { ...credentials, authentication: 'client_secret_basic', clientSecret: 's' } as const;
    await create(request(par, { credentials: secret }), on);
    expect(on.requests[0]?.headers.authorization).toBe(`Basic ${btoa('id:s')}`);
  });
  test('is not made when only offered', async () => {
    const on = await stage();
    await create(request({ ...par, require_pushed_authorization_requests: false }), on);
    expect(on.requests).toEqual([]);
  });
  test.each([
    [{ status: 400, body: { error: 'invalid_request' } }, 'token-refused'],
    [{ status: 503 }, 'server-error'],
    [{ status: 201, body: { expires_in: 60 } }, 'answer-malformed'],
    [{ status: 201, body: 'null' }, 'answer-malformed'],
    [{ status: 201, body: 'no JSON' }, 'answer-malformed'],
    [{ status: 201, body: { request_uri: `urn:${'x'.repeat(5000)}` } }, 'answer-malformed'],
  ])('that fails with %j ends the sign-in', async (answer, code) => {
    const on = (await stage()).on('POST https://as.example/par', answer);
    expect(await problemOfCall(create(request(par), on))).toBe(code);
  });
  test('may have a reference of 4096 characters', async () => {
    const request_uri = 'x'.repeat(4096);
    const on = (await stage()).on('POST https://as.example/par', { status: 201, body: { request_uri } });
    expect((await create(request(par), on)).url.searchParams.get('request_uri')).toBe(request_uri);
  });
  test('without an endpoint is incomplete', async () => {
    const broken = { ...par, pushed_authorization_request_endpoint: undefined };
    expect(await problemOfCall(create(request(broken)))).toBe('issuer-incomplete');
  });
});
