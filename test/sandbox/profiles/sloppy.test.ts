import { afterEach, expect, it } from 'vitest';
import {
  authorizationRequest,
  FormBrowser,
  type IssuerMetadata,
  modernCall,
  type Registration,
  register,
} from '../scripted-client.ts';
import type { PlainSandbox } from './profile.ts';
import { type QuirkName, quirkNames, startSloppy } from './sloppy.ts';

/** What somebody sees on the wire who goes through a whole sign-in without minding anything. */
interface Seen {
  sandbox: PlainSandbox;
  oauthMetadata: Response;
  metadata: IssuerMetadata;
  registration: Registration & { status: number };
  token: { status: number; type: string; text: string; members: Record<string, unknown> };
  /** A refresh with a token that does not exist. */
  failure: { status: number; type: string; text: string; challenge: string | null };
}

let sandbox: PlainSandbox | undefined;
afterEach(() => sandbox?.close());

const expectations: Record<QuirkName, (seen: Seen) => void | Promise<void>> = {
  'registration-200': ({ registration }) => expect(registration.status).toBe(200),
  'token-201': ({ token }) => expect(token.status).toBe(201),
  'secret-without-expiry': ({ registration }) => {
    expect(registration.client_secret).toBeTruthy();
    expect(registration).not.toHaveProperty('client_secret_expires_at');
  },
  'secret-null': ({ registration }) => expect(registration.client_secret).toBeNull(),
  'secret-empty': ({ registration }) => expect(registration.client_secret).toBe(''),
  'nulls-everywhere': ({ registration, token, metadata }) => {
    expect([registration.logo_uri, token.members.id_token, metadata.op_tos_uri]).toEqual([null, null, null]);
  },
  'scope-array': ({ token }) => expect(token.members.scope).toEqual(['mcp:tools']),
  'expires-in-string': ({ token }) => expect(token.members.expires_in).toBe('3600'),
  'expires-in-null': ({ token }) => expect(token.members.expires_in).toBeNull(),
  'expires-in-negative': ({ token }) => expect(token.members.expires_in).toBe(-1),
  'expires-in-zero': ({ token }) => expect(token.members.expires_in).toBe(0),
  'no-expires-in': ({ token }) => expect(token.members).not.toHaveProperty('expires_in'),
  'refresh-token-empty': ({ token }) => expect(token.members.refresh_token).toBe(''),
  'no-refresh-token': ({ token }) => expect(token.members).not.toHaveProperty('refresh_token'),
  'token-type-missing': ({ token }) => expect(token.members).not.toHaveProperty('token_type'),
  'token-type-upper': ({ token }) => expect(token.members.token_type).toBe('BEARER'),
  'token-type-odd': ({ token }) => expect(token.members.token_type).toBe('access_token'),
  'token-form-encoded': ({ token }) => {
    expect(token.type).toContain('form-urlencoded');
    expect(new URLSearchParams(token.text).get('access_token')).toBeTruthy();
  },
  'token-error-200': ({ failure }) => {
    expect(failure.status).toBe(200);
    expect(failure.text).toContain('invalid_grant');
  },
  'token-error-wrong-type': ({ failure }) => expect(failure.type).toBe('text/html'),
  'token-error-500': ({ failure }) => {
    expect(failure.status).toBe(500);
    expect(failure.text).toContain('invalid_grant');
  },
  'token-error-challenge': ({ failure }) => expect(failure.challenge).toContain('Bearer'),
  'token-error-empty': ({ failure }) => {
    expect(failure.status).toBe(400);
    expect(failure.text).toBe('');
  },
  'odd-id-token': ({ token }) => expect(token.members.id_token).toMatch(/\.$/),
  'revocation-204': async ({ metadata, registration }) => {
    const body = new URLSearchParams({ token: 'unknown', client_id: registration.client_id });
    expect((await fetch(metadata.revocation_endpoint, { method: 'POST', body })).status).toBe(204);
  },
  'basic-raw-secret': async ({ metadata, registration }) => {
    const refresh = async (encode: (text: string) => string) => {
      const pair = `${encode(registration.client_id)}:${encode(registration.client_secret ?? '')}`;
      const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'unknown' });
      return (await (await fetch(metadata.token_endpoint, { method: 'POST', headers, body })).json()).error;
    };
    expect(await refresh(encodeURIComponent)).toBe('invalid_client');
    expect(await refresh((text) => text)).toBe('invalid_grant');
  },
  'basic-refused': async ({ metadata, registration }) => {
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(['client_secret_basic']);
    const pair = `${registration.client_id}:${registration.client_secret}`;
    const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'unknown' });
    const refused = await fetch(metadata.token_endpoint, { method: 'POST', headers, body });
    expect((await refused.json()).error).toBe('invalid_client');
  },
  'metadata-without-response-types': ({ metadata }) =>
    expect(metadata).not.toHaveProperty('response_types_supported'),
  'metadata-without-jwks': ({ metadata, oauthMetadata }) => {
    expect(oauthMetadata.status).toBe(404);
    expect(metadata).not.toHaveProperty('jwks_uri');
  },
  'well-known-redirect': ({ oauthMetadata }) =>
    expect([oauthMetadata.status, oauthMetadata.headers.get('location')]).toEqual([302, '/metadata/oauth']),
  'well-known-html': ({ oauthMetadata }) =>
    expect(oauthMetadata.headers.get('content-type')).toBe('text/html'),
  'well-known-500': ({ oauthMetadata }) => expect(oauthMetadata.status).toBe(500),
  'well-known-broken-json': async ({ oauthMetadata }) => {
    await expect(oauthMetadata.json()).rejects.toThrow(SyntaxError);
  },
  'well-known-redirect-elsewhere': ({ oauthMetadata }) =>
    expect(oauthMetadata.headers.get('location')).toBe('https://example.com/'),
  'issuer-slash': async ({ sandbox, metadata }) => {
    const { origin } = new URL(sandbox.mcpUrl);
    const resource = await (await fetch(`${origin}/.well-known/oauth-protected-resource/mcp`)).json();
    expect(metadata.issuer).toBe(`${resource.authorization_servers[0]}/`);
  },
  'session-gone-400': async (seen) => expect(await unknownSession(seen)).toBe(400),
  'session-gone-503': async (seen) => expect(await unknownSession(seen)).toBe(503),
  'bare-challenge': async ({ sandbox }) => {
    const refused = await modernCall(sandbox.mcpUrl, undefined, 'tools/list');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  },
};

async function unknownSession({ sandbox, token }: Seen): Promise<number> {
  const response = await fetch(sandbox.mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token.members.access_token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': 'gone',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  return response.status;
}

it.each(quirkNames)('%s shows on the wire', async (quirk) => {
  sandbox = await startSloppy({ consent: 'auto', quirks: [quirk] });
  await expectations[quirk](await signIn(sandbox));
});

async function signIn(sandbox: PlainSandbox): Promise<Seen> {
  const { origin } = new URL(sandbox.issuerUrl);
  const oauthMetadata = await fetch(`${origin}/.well-known/oauth-authorization-server`, {
    redirect: 'manual',
  });
  const paths = ['/.well-known/openid-configuration', '/metadata/oauth'];
  const documents = await Promise.all(paths.map((path) => fetch(origin + path)));
  const metadata = (await documents.find((response) => response.ok)?.json()) as IssuerMetadata;

  const methods = metadata.token_endpoint_auth_methods_supported as string[];
  const method = methods.includes('none') ? 'none' : 'client_secret_basic';
  const registration = (await register(metadata, {
    token_endpoint_auth_method: method,
  })) as Seen['registration'];
  registration.status = sandbox.requests.find(({ path }) => path === '/register')?.status ?? 0;

  const attempt = authorizationRequest(metadata, registration.client_id, { resource: sandbox.mcpUrl });
  const callback = (await new FormBrowser().open(attempt.url)).url;
  const ask = (form: Record<string, string>) => {
    const secret = registration.client_secret ? { client_secret: registration.client_secret } : {};
    const body = new URLSearchParams({ client_id: registration.client_id, ...secret, ...form });
    return fetch(metadata.token_endpoint, { method: 'POST', body });
  };
  const answer = await ask({
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    code_verifier: attempt.verifier,
    redirect_uri: attempt.redirectUri,
  });
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  const token = { status: answer.status, type, text, members: text.startsWith('{') ? JSON.parse(text) : {} };

  const failed = await ask({ grant_type: 'refresh_token', refresh_token: 'unknown' });
  const failure = {
    status: failed.status,
    type: failed.headers.get('content-type') ?? '',
    text: await failed.text(),
    challenge: failed.headers.get('www-authenticate'),
  };
  return { sandbox, oauthMetadata, metadata, registration, token, failure };
}
