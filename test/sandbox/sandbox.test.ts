import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
import {
  authorizationRequest,
  callTool,
  customSchemeRedirect,
  discover,
  FormBrowser,
  modernCall,
  obtainTokens,
  register,
  requestToken,
} from './scripted-client.ts';

const open: Sandbox[] = [];

async function sandboxWith(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  open.push(sandbox);
  return sandbox;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

describe('discovery', () => {
  it('answers 401 with the resource metadata and the scope', async () => {
    const sandbox = await sandboxWith();
    const response = await modernCall(sandbox.mcpUrl, undefined, 'tools/list');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="mcp:tools", resource_metadata="${sandbox.server.origin}/.well-known/oauth-protected-resource/mcp"`,
    );
    for (const path of [
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-protected-resource',
    ]) {
      const metadata = await (await fetch(sandbox.server.origin + path)).json();
      expect(metadata).toMatchObject({
        resource: sandbox.mcpUrl,
        authorization_servers: [sandbox.issuerUrl],
        scopes_supported: ['mcp:tools'],
      });
    }
  });

  it('serves the same issuer metadata at both well-known places', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const openid = await fetch(`${sandbox.issuerUrl}/.well-known/openid-configuration`);
    expect(await openid.json()).toEqual(metadata);
    expect(metadata).toMatchObject({
      issuer: sandbox.issuerUrl,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ['code'],
    });
    expect(metadata).not.toHaveProperty('client_id_metadata_document_supported');
  });
});

describe('signing in', () => {
  it('registers, signs in, and calls the server in the modern era', async () => {
    const sandbox = await sandboxWith();
    const { tokens, registration } = await obtainTokens(sandbox, {
      scope: 'openid profile email offline_access mcp:tools',
    });
    expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3600, scope: 'mcp:tools' });
    const idToken = JSON.parse(Buffer.from(tokens.id_token?.split('.')[1] ?? '', 'base64url').toString());
    expect(idToken).toMatchObject({ sub: 'alice', name: 'Alice Example', email: 'alice@example.com' });
    const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
    expect(who.structuredContent).toMatchObject({
      subject: 'alice',
      name: 'Alice Example',
      clientId: registration.client_id,
      scopes: ['mcp:tools'],
    });
    expect(JSON.stringify(who)).not.toContain(tokens.access_token);
    const sum = await callTool(sandbox.mcpUrl, tokens.access_token, 'add', { a: 2, b: 3 });
    expect(sum.structuredContent).toEqual({ sum: 5 });
  });

  it.each([customSchemeRedirect, 'http://127.0.0.1:49152/callback', 'http://127.0.0.1:50001/callback'])(
    'returns to %s with code, state and iss',
    async (redirectUri) => {
      const sandbox = await sandboxWith();
      const metadata = await discover(sandbox.issuerUrl);
      const { client_id } = await register(metadata);
      const attempt = authorizationRequest(metadata, client_id, {
        resource: sandbox.mcpUrl,
        redirect_uri: redirectUri,
      });
      const callback = await new FormBrowser().signIn(attempt.url);
      expect(callback.href.split('?')[0]).toBe(redirectUri);
      expect(callback.searchParams.get('state')).toBe('state-1');
      expect(callback.searchParams.get('iss')).toBe(sandbox.issuerUrl);
      expect(callback.searchParams.get('code')).toBeTruthy();
    },
  );

  it('tells the client when somebody denies', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const { client_id } = await register(metadata);
    const attempt = authorizationRequest(metadata, client_id, { resource: sandbox.mcpUrl });
    const callback = await new FormBrowser().signIn(attempt.url, 'alice', 'deny');
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
      iss: sandbox.issuerUrl,
    });
  });

  it('lets another user sign in in the same browser without ending the first sign-in', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const registration = await register(metadata);
    const browser = new FormBrowser();
    const refreshTokens: string[] = [];
    for (const user of ['alice', 'bob']) {
      const attempt = authorizationRequest(metadata, registration.client_id, {
        resource: sandbox.mcpUrl,
        prompt: 'select_account',
      });
      const callback = await browser.signIn(attempt.url, user);
      const tokens = await requestToken(metadata, {
        grant_type: 'authorization_code',
        client_id: registration.client_id,
        code: callback.searchParams.get('code') ?? '',
        code_verifier: attempt.verifier,
        redirect_uri: attempt.redirectUri,
      });
      refreshTokens.push(tokens.refresh_token);
      const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
      expect(who.structuredContent).toMatchObject({ subject: user });
    }
    for (const token of refreshTokens)
      expect(await sandbox.issuer.introspect(token)).toMatchObject({ active: true });
  });

  it('needs one redirect and no cookie when consent is automatic', async () => {
    const sandbox = await sandboxWith({ consent: 'auto' });
    const metadata = await discover(sandbox.issuerUrl);
    const { client_id } = await register(metadata);
    for (const [extra, user] of [
      [{ prompt: 'consent' }, 'alice'],
      [{ login_hint: 'bob@example.com', scope: undefined }, 'bob'],
    ] as const) {
      const attempt = authorizationRequest(metadata, client_id, { resource: sandbox.mcpUrl, ...extra });
      const response = await fetch(attempt.url, { redirect: 'manual' });
      const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
      const tokens = await requestToken(metadata, {
        grant_type: 'authorization_code',
        client_id,
        code,
        code_verifier: attempt.verifier,
        redirect_uri: attempt.redirectUri,
        resource: sandbox.mcpUrl,
      });
      const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
      expect(who.structuredContent).toMatchObject({ subject: user, scopes: ['mcp:tools'] });
    }
  });

  it('refuses a request without PKCE and a resource that is not the server', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const { client_id } = await register(metadata);
    for (const [extra, error] of [
      [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
      [{ resource: 'https://elsewhere.example/mcp' }, 'invalid_target'],
    ] as const) {
      const attempt = authorizationRequest(metadata, client_id, { resource: sandbox.mcpUrl, ...extra });
      const { url } = await new FormBrowser().open(attempt.url);
      expect(url.searchParams.get('error')).toBe(error);
    }
  });

  it('sends pages no script can run in and no form is held back by', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const { client_id } = await register(metadata, { client_name: '<img src=x onerror=alert(1)>' });
    const attempt = authorizationRequest(metadata, client_id, { resource: sandbox.mcpUrl });
    const page = await new FormBrowser().open(attempt.url);
    expect(page.html).not.toContain('<img');
    const again = await fetch(page.url, { redirect: 'manual' });
    expect(again.status).toBe(400);
    expect(again.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(again.headers.get('content-security-policy')).not.toContain('form-action');
  });
});

describe('tokens', () => {
  it('rotates refresh tokens and ends the family when a spent one comes back', async () => {
    const sandbox = await sandboxWith();
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    const refresh = (token: string) =>
      requestToken(metadata, {
        grant_type: 'refresh_token',
        client_id: registration.client_id,
        refresh_token: token,
        resource: sandbox.mcpUrl,
      });
    const second = await refresh(tokens.refresh_token);
    expect(second.status).toBe(200);
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await refresh(tokens.refresh_token)).error).toBe('invalid_grant');
    expect((await refresh(second.refresh_token)).error).toBe('invalid_grant');
    expect((await modernCall(sandbox.mcpUrl, second.access_token, 'tools/list')).status).toBe(401);
    expect(sandbox.count({ host: 'issuer', grantType: 'refresh_token' })).toBe(3);
    expect(sandbox.count({ grantType: 'refresh_token', status: 200 })).toBe(1);
  });

  it('lets only one of several simultaneous refreshes win', async () => {
    const sandbox = await sandboxWith();
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        requestToken(metadata, {
          grant_type: 'refresh_token',
          client_id: registration.client_id,
          refresh_token: tokens.refresh_token,
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('revokes and introspects (RFC 7009, RFC 7662)', async () => {
    const sandbox = await sandboxWith({ tokenFormat: 'opaque' });
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    const ask = async (endpoint: string, token: string) => {
      const body = new URLSearchParams({ token, client_id: registration.client_id });
      return fetch(endpoint, { method: 'POST', body });
    };
    const before = await (await ask(metadata.introspection_endpoint, tokens.access_token)).json();
    expect(before).toMatchObject({ active: true, sub: 'alice', aud: sandbox.mcpUrl });
    expect(
      (await callTool(sandbox.mcpUrl, tokens.access_token, 'echo', { text: 'hi' })).content[0]?.text,
    ).toBe('hi');
    expect((await ask(metadata.revocation_endpoint, tokens.refresh_token)).status).toBe(200);
    const after = await (await ask(metadata.introspection_endpoint, tokens.access_token)).json();
    expect(after).toEqual({ active: false });
    expect(await sandbox.issuer.introspect(tokens.refresh_token)).toEqual({ active: false });
    expect((await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/list')).status).toBe(401);
  });

  it('takes the lifetime a test sets', async () => {
    const sandbox = await sandboxWith({ accessTokenTtl: 20 });
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    expect(tokens.expires_in).toBe(20);
    sandbox.issuer.setAccessTokenTtl(7);
    const next = await requestToken(metadata, {
      grant_type: 'refresh_token',
      client_id: registration.client_id,
      refresh_token: tokens.refresh_token,
    });
    expect(next.expires_in).toBe(7);
  });

  it('refuses tokens that expired early, and accepts the next ones', async () => {
    const sandbox = await sandboxWith();
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    await callTool(sandbox.mcpUrl, tokens.access_token, 'echo', { text: 'hi' });
    sandbox.server.expireTokens();
    const refused = await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/list');
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const next = await requestToken(metadata, {
      grant_type: 'refresh_token',
      client_id: registration.client_id,
      refresh_token: tokens.refresh_token,
    });
    await callTool(sandbox.mcpUrl, next.access_token, 'echo', { text: 'hi' });
  });

  it('issues machine tokens to confidential clients', async () => {
    const sandbox = await sandboxWith();
    const metadata = await discover(sandbox.issuerUrl);
    const client = await register(metadata, {
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    });
    const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
    const tokens = await requestToken(
      metadata,
      { grant_type: 'client_credentials', scope: 'mcp:tools', resource: sandbox.mcpUrl },
      { authorization: `Basic ${credentials}` },
    );
    const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
    expect(who.structuredContent).toMatchObject({ subject: client.client_id });
  });
});

describe('registrations', () => {
  it('can be deleted by the client (RFC 7592)', async () => {
    const sandbox = await sandboxWith();
    const client = await register(await discover(sandbox.issuerUrl), { software_id: 'app.gatehouse' });
    expect(client.software_id).toBe('app.gatehouse');
    expect(sandbox.issuer.clientExists(client.client_id)).toBe(true);
    const deleted = await fetch(client.registration_client_uri, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${client.registration_access_token}` },
    });
    expect(deleted.status).toBe(204);
    expect(sandbox.issuer.clientExists(client.client_id)).toBe(false);
  });

  it('can be dropped by the issuer, which then answers invalid_client', async () => {
    const sandbox = await sandboxWith();
    const { metadata, registration, tokens } = await obtainTokens(sandbox);
    expect(sandbox.issuer.dropClient(registration.client_id)).toBe(true);
    const answer = await requestToken(metadata, {
      grant_type: 'refresh_token',
      client_id: registration.client_id,
      refresh_token: tokens.refresh_token,
    });
    expect(answer).toMatchObject({ status: 401, error: 'invalid_client' });
  });

  it.each(['client_secret_basic', 'client_secret_post'])('come with a secret for %s', async (method) => {
    const sandbox = await sandboxWith();
    const client = await register(await discover(sandbox.issuerUrl), { token_endpoint_auth_method: method });
    expect(client.client_secret).toBeTruthy();
    expect(sandbox.issuer.clients().find((c) => c.client_id === client.client_id)).not.toHaveProperty(
      'client_secret',
    );
  });

  it('are not needed with a client ID metadata document', async () => {
    const clientId = 'https://gatehouse.example/client.json';
    const sandbox = await sandboxWith({
      consent: 'auto',
      clientIdMetadataDocuments: {
        [clientId]: {
          client_id: clientId,
          client_name: 'Gatehouse',
          application_type: 'native',
          redirect_uris: [customSchemeRedirect],
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
        },
      },
    });
    const metadata = await discover(sandbox.issuerUrl);
    expect(metadata.client_id_metadata_document_supported).toBe(true);
    const registration = { client_id: clientId, registration_client_uri: '', registration_access_token: '' };
    const { tokens } = await obtainTokens(sandbox, { registration });
    expect(tokens.status).toBe(200);
  });
});

describe('the MCP server', () => {
  it('serves the legacy era with sessions, and forgets them on demand', async () => {
    const sandbox = await sandboxWith();
    const { tokens } = await obtainTokens(sandbox);
    const post = (body: object, session?: string) =>
      fetch(sandbox.mcpUrl, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokens.access_token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(session ? { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' } : {}),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      });
    const initialized = await post({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    });
    const session = initialized.headers.get('mcp-session-id') ?? '';
    expect(session).not.toBe('');
    expect(await initialized.text()).toContain('"protocolVersion":"2025-11-25"');
    await post({ method: 'notifications/initialized' }, session);
    const who = await post(
      { id: 2, method: 'tools/call', params: { name: 'whoami', arguments: {} } },
      session,
    );
    expect(await who.text()).toContain('Alice Example');
    const denied = await post(
      { id: 3, method: 'tools/call', params: { name: 'admin_report', arguments: {} } },
      session,
    );
    expect(denied.status).toBe(403);
    sandbox.server.dropSessions();
    expect((await post({ id: 4, method: 'tools/list' }, session)).status).toBe(404);
  });

  it('asks for more scope where it needs more, and is content once it has it', async () => {
    const sandbox = await sandboxWith();
    const { registration, tokens } = await obtainTokens(sandbox);
    const call = (token: string) =>
      modernCall(sandbox.mcpUrl, token, 'tools/call', { name: 'admin_report', arguments: {} });
    const refused = await call(tokens.access_token);
    expect(refused.status).toBe(403);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="mcp:admin"');
    expect(challenge).toContain(`resource_metadata="${sandbox.server.origin}/.well-known/`);
    const more = await obtainTokens(sandbox, { registration, scope: 'mcp:tools mcp:admin' });
    expect((await call(more.tokens.access_token)).status).toBe(200);
  });

  it('reports progress on a stream', async () => {
    const sandbox = await sandboxWith();
    const { tokens } = await obtainTokens(sandbox);
    const response = await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/call', {
      name: 'slow',
      arguments: { steps: 3, delayMs: 0 },
      _meta: { progressToken: 'p' },
    });
    const text = await response.text();
    expect(text.match(/notifications\/progress/g)).toHaveLength(3);
    expect(text).toContain('Done after 3 steps');
  });

  it.each(['modern', 'legacy'] as const)('can speak the %s era only', async (era) => {
    const sandbox = await sandboxWith({ era });
    const { tokens } = await obtainTokens(sandbox);
    const response = await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/list');
    expect(response.status === 200).toBe(era === 'modern');
  });

  it('serves fifty calls at once', async () => {
    const sandbox = await sandboxWith();
    const { tokens } = await obtainTokens(sandbox);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        callTool(sandbox.mcpUrl, tokens.access_token, 'add', { a: i, b: 1 }),
      ),
    );
    expect(results.map((result) => result.structuredContent?.sum)).toEqual(results.map((_, i) => i + 1));
    expect(sandbox.count({ host: 'server', path: '/mcp', method: 'POST', status: 200 })).toBe(50);
  });
});

describe('control', () => {
  it('fails on demand, counts, forgets, and keeps its port over a restart', async () => {
    const sandbox = await sandboxWith();
    const { tokens, metadata, registration } = await obtainTokens(sandbox);
    sandbox.issuer.failNext({ endpoint: 'token', status: 503, headers: { 'retry-after': '1' }, times: 2 });
    const refresh = () =>
      requestToken(metadata, {
        grant_type: 'refresh_token',
        client_id: registration.client_id,
        refresh_token: tokens.refresh_token,
      });
    expect((await refresh()).status).toBe(503);
    expect((await refresh()).status).toBe(503);
    expect((await refresh()).status).toBe(200);
    expect(sandbox.count({ path: '/token', grantType: 'refresh_token' })).toBe(3);
    sandbox.server.failNext({ status: 502, body: 'bad gateway' });
    expect((await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/list')).status).toBe(502);
    sandbox.reset();
    expect(sandbox.requests).toHaveLength(0);

    await sandbox.server.stop();
    await expect(modernCall(sandbox.mcpUrl, undefined, 'tools/list')).rejects.toThrow();
    await sandbox.server.start();
    expect((await modernCall(sandbox.mcpUrl, undefined, 'tools/list')).status).toBe(401);
  });

  it('ends every sign-in at once', async () => {
    const sandbox = await sandboxWith();
    const { tokens } = await obtainTokens(sandbox);
    sandbox.issuer.revokeAllGrants();
    expect((await modernCall(sandbox.mcpUrl, tokens.access_token, 'tools/list')).status).toBe(401);
    expect(await sandbox.issuer.introspect(tokens.refresh_token)).toEqual({ active: false });
  });

  it('keeps sandboxes in one process apart', async () => {
    const [one, two] = [await sandboxWith(), await sandboxWith()];
    const { tokens, registration } = await obtainTokens(one);
    expect((await modernCall(two.mcpUrl, tokens.access_token, 'tools/list')).status).toBe(401);
    expect(two.issuer.clientExists(registration.client_id)).toBe(false);
  });
});
