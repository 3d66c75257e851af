import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { importJWK, type JWK, SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProfileSandbox } from '../sandbox.ts';
import {
  callTool,
  customSchemeRedirect,
  discover,
  FormBrowser,
  type IssuerMetadata,
  modernCall,
  obtainTokens,
  register,
  requestToken,
} from '../scripted-client.ts';
import { type ProfileName, startProfile } from './catalogue.ts';
import { phpSdkVariants } from './php-sdk.ts';
import type { PlainSandbox, ProfileOptions } from './profile.ts';

const open: ProfileSandbox[] = [];

async function start<S extends ProfileSandbox = PlainSandbox>(
  name: ProfileName,
  options: ProfileOptions = {},
): Promise<S> {
  const sandbox = await startProfile(name, { consent: 'auto', ...options });
  open.push(sandbox);
  return sandbox as S;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** Calls `whoami` in the legacy era, from `initialize` on. */
async function whoamiLegacy(mcpUrl: string, token: string): Promise<string> {
  const post = async (body: object, session?: string) =>
    fetch(mcpUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session ? { 'mcp-session-id': session } : {}),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
    });
  const clientInfo = { name: 'scripted', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const initialized = await post({ id: 1, method: 'initialize', params });
  await initialized.text();
  const session = initialized.headers.get('mcp-session-id') ?? '';
  const answer = await post(
    { id: 2, method: 'tools/call', params: { name: 'whoami', arguments: {} } },
    session,
  );
  return answer.text();
}

describe('modern', () => {
  it('takes a client ID metadata document and speaks 2026-07-28 only', async () => {
    const sandbox = await start('modern');
    const metadata = await discover(sandbox.issuerUrl);
    expect(metadata.client_id_metadata_document_supported).toBe(true);
    const registration = {
      client_id: 'https://gatehouse.example/client.json',
      registration_client_uri: '',
      registration_access_token: '',
    };
    const { tokens } = await obtainTokens(sandbox, { registration });
    const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
    expect(who.structuredContent).toMatchObject({ clientId: registration.client_id });
    expect(await whoamiLegacy(sandbox.mcpUrl, tokens.access_token)).toContain('error');
  });
});

describe('xp', () => {
  it('says nothing but Bearer, and keeps its issuer at its own origin', async () => {
    const sandbox = await start('xp');
    const refused = await modernCall(sandbox.mcpUrl, undefined, 'tools/list');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    const { origin } = new URL(sandbox.mcpUrl);
    expect((await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).status).toBe(404);
    const { tokens, metadata } = await obtainTokens(sandbox);
    expect(metadata).toMatchObject({ issuer: origin, token_endpoint_auth_methods_supported: ['none'] });
    expect(tokens).toMatchObject({ expires_in: 3600, refresh_token: expect.any(String) });
    expect(await whoamiLegacy(sandbox.mcpUrl, tokens.access_token)).toContain('Alice Example');
    expect(sandbox.count({ host: 'issuer', path: '/oauth/token' })).toBe(1);
  });

  it('can do without registration', async () => {
    const sandbox = await start('xp', { variant: 'no-registration' });
    const metadata = await discover(sandbox.issuerUrl);
    expect(metadata).not.toHaveProperty('registration_endpoint');
    const registration = {
      client_id: String(sandbox.notes.clientId),
      registration_client_uri: '',
      registration_access_token: '',
    };
    expect((await obtainTokens(sandbox, { registration })).tokens.status).toBe(200);
  });
});

describe('gateway', () => {
  it.each(['auto', 'click'] as const)(
    'leads through a second sign-in (%s) and says little',
    async (consent) => {
      const sandbox = await start('gateway', { consent });
      const metadata = await discover(sandbox.issuerUrl);
      const response = await fetch(metadata.registration_endpoint, {
        method: 'POST',
        body: JSON.stringify({
          client_name: 'x',
          redirect_uris: [customSchemeRedirect],
          token_endpoint_auth_method: 'none',
        }),
      });
      expect(response.status).toBe(200);
      const registration = await response.json();
      const { tokens } = await obtainTokens(sandbox, { registration });
      expect(Object.keys(tokens).sort()).toEqual(['access_token', 'status', 'token_type']);
      expect(await whoamiLegacy(sandbox.mcpUrl, tokens.access_token)).toContain('Alice Example');
      expect(sandbox.count({ host: 'elsewhere' })).toBeGreaterThan(0);
      const failed = await requestToken(metadata, { grant_type: 'refresh_token', client_id: 'x' });
      expect(failed).toEqual({ status: 400, error: 'invalid_grant' });
    },
  );
});

describe('php-sdk', () => {
  const shapes = phpSdkVariants.slice(0, 5);
  const wellKnown: Record<string, string> = {
    keycloak: '/.well-known/oauth-authorization-server/realms/x',
    entra: '/tenant/v2.0/.well-known/openid-configuration',
    'entra-strict': '/tenant/v2.0/.well-known/openid-configuration',
    auth0: '/.well-known/oauth-authorization-server',
    okta: '/oauth2/default/.well-known/openid-configuration',
  };

  it.each(
    shapes.flatMap((shape) =>
      ['client_secret_basic', 'client_secret_post', 'private_key_jwt'].map((method, i) => ({
        shape,
        method,
        check: i % 2 ? 'introspection' : 'jwks',
      })),
    ),
  )('knows a confidential client: $shape, $check, $method', async ({ shape, check, method }) => {
    const sandbox = await start('php-sdk', { variant: `${shape},${check},${method}` });
    const metadata = await discover(sandbox.issuerUrl, wellKnown[shape]);
    expect(metadata.issuer).toBe(sandbox.issuerUrl);
    const registration = {
      client_id: String(sandbox.notes.clientId),
      registration_client_uri: '',
      registration_access_token: '',
    };
    const { tokens } = await obtainTokens(sandbox, {
      metadata,
      registration,
      proof: await proofFor(method, sandbox, metadata),
      resource: shape === 'entra-strict' ? undefined : sandbox.mcpUrl,
    });
    expect(tokens.status).toBe(200);
    const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
    expect(who.structuredContent).toMatchObject({ subject: 'alice', scopes: ['mcp:tools'] });
    expect(sandbox.count({ path: /introspect/ }) > 0).toBe(check === 'introspection');
  });

  it('manages registrations (RFC 7592)', async () => {
    const sandbox = await start('php-sdk');
    const metadata = await discover(sandbox.issuerUrl, wellKnown.keycloak);
    const client = await register(metadata);
    const deleted = await fetch(client.registration_client_uri, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${client.registration_access_token}` },
    });
    expect(deleted.status).toBe(204);
  });

  async function proofFor(method: string, { notes }: ProfileSandbox, { token_endpoint }: IssuerMetadata) {
    const { clientId, clientSecret } = notes as Record<string, string>;
    if (method === 'client_secret_basic') {
      const pair = [clientId, clientSecret].map((part) => encodeURIComponent(part ?? '')).join(':');
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
    }
    if (method === 'client_secret_post') return { members: { client_secret: clientSecret ?? '' } };
    const key = await importJWK(notes.privateJwk as JWK, 'ES256');
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(clientId ?? '')
      .setSubject(clientId ?? '')
      .setAudience(token_endpoint)
      .setJti(crypto.randomUUID())
      .setExpirationTime('1 min')
      .sign(key);
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return { members: { client_assertion: assertion, client_assertion_type: type } };
  }
});

describe('python-sdk', () => {
  it.each([undefined, 'combined'])(
    'knows one scope and asks about every token (variant %s)',
    async (variant) => {
      const sandbox = await start('python-sdk', { variant });
      const metadata = await discover(sandbox.issuerUrl);
      expect(metadata.issuer).toMatch(/\/$/);
      const registration = await register(metadata, {
        token_endpoint_auth_method: 'client_secret_post',
        scope: 'user',
      });
      const { tokens } = await obtainTokens(sandbox, {
        registration,
        scope: 'user',
        proof: { members: { client_secret: registration.client_secret ?? '' } },
      });
      expect(await whoamiLegacy(sandbox.mcpUrl, tokens.access_token)).toContain('Alice Example');
      expect(sandbox.count({ path: '/introspect' })).toBe(2);
      const refreshed = await requestToken(metadata, {
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
        client_id: registration.client_id,
        client_secret: registration.client_secret ?? '',
        resource: sandbox.mcpUrl,
      });
      expect(refreshed.status).toBe(200);
    },
  );

  it('insists on the resource', async () => {
    const sandbox = await start('python-sdk');
    const metadata = await discover(sandbox.issuerUrl);
    const { client_id } = await register(metadata);
    const url = `${metadata.authorization_endpoint}?client_id=${client_id}&response_type=code&redirect_uri=${customSchemeRedirect}&code_challenge=x&code_challenge_method=S256`;
    const callback = await new FormBrowser().open(url);
    expect(callback.url.searchParams.get('error')).toBe('invalid_target');
  });
});

describe('sloppy', () => {
  it('behaves when nothing is asked of it', async () => {
    const sandbox = await start('sloppy');
    const { tokens } = await obtainTokens(sandbox);
    const who = await callTool(sandbox.mcpUrl, tokens.access_token, 'whoami');
    expect(who.structuredContent).toMatchObject({ subject: 'alice' });
  });

  it('has them all at once, too', async () => {
    const sandbox = await start('sloppy', { quirks: ['all'] });
    expect((sandbox.notes.quirks as string[]).length).toBeGreaterThan(15);
  });

  it('refuses habits it does not have', async () => {
    await expect(startProfile('sloppy', { quirks: ['kind'] })).rejects.toThrow(RangeError);
  });
});

describe('hostile', () => {
  it('behaves when nothing is asked of it', async () => {
    const sandbox = await start('hostile');
    const { tokens } = await obtainTokens(sandbox);
    expect(tokens.status).toBe(200);
    expect(sandbox.count({ host: 'elsewhere' })).toBe(0);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) => {
    const child = spawn(process.execPath, ['test/sandbox/main.ts', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit') as Promise<[code: number | null]>;
    return { child, exit };
  };

  it('prints one line of JSON and stops on SIGTERM', async () => {
    const { child, exit } = run('--json', '--consent', 'auto');
    const [line] = await once(child.stdout, 'data');
    const { mcpUrl, issuer } = JSON.parse(String(line));
    expect((await modernCall(mcpUrl, undefined, 'tools/list')).status).toBe(401);
    expect((await discover(issuer)).issuer).toBe(issuer);
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
  });

  it.each([
    ['--era', 'stone'],
    ['--issuer-port', 'x'],
    ['--profile', 'sloppy', '--quirk', 'kind'],
    ['--nonsense'],
    ['left-over'],
  ])('answers bad usage with 64: %s %s', async (...args) => {
    const { child, exit } = run(...args.filter((arg) => arg !== undefined));
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    expect((await exit)[0]).toBe(64);
    expect(text).toContain('Usage: npm run sandbox');
  });
});
