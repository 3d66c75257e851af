import { describe, expect, test } from 'vitest';
import { clientMetadataDocument } from '../../../src/main/oauth/client-metadata.ts';
import {
  obtainClient,
  type RegistrationOptions,
  registrationKind,
} from '../../../src/main/oauth/registration.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata, redirectUris } from './sign-in.ts';
import { type Answer, problemIn, problemOfCall, type Received, stage } from './stage.ts';

const ENDPOINT = 'POST https://as.example/register';
const obtain = async (
  answer: Answer | ((request: Received) => Answer),
  { issuer = {}, ...options }: Partial<RegistrationOptions> & { issuer?: Record<string, unknown> } = {},
) => {
  const on = (await stage()).on(ENDPOINT, answer);
  const client = await obtainClient(on.ctx, issuerMetadata(issuer), { redirectUris, ...options });
  return { on, client, sent: on.requests.map(({ body }) => JSON.parse(body)) };
};
const echo = ({ body }: Received): Answer => ({
  status: 201,
  body: { ...JSON.parse(body), client_id: 'id' },
});
const refusing = (when: (sent: Record<string, unknown>) => object | false) => (request: Received) => {
  const error = when(JSON.parse(request.body));
  return error ? { status: 400, body: error } : echo(request);
};

describe('the order of becoming known', () => {
  const cimd = issuerMetadata({ client_id_metadata_document_supported: true });
  test('pre-registered goes first', () => {
    expect(registrationKind(cimd, { preRegistered: { clientId: 'x' } })).toBe('pre-registered');
  });
  test('then the metadata document', () => expect(registrationKind(cimd, {})).toBe('metadata-document'));
  test('unless we may not use one', () => {
    expect(registrationKind(cimd, { clientMetadataUrl: null })).toBe('dynamic');
    expect(registrationKind(cimd, { clientMetadataUrl: 'http://gatehouse.app/x' })).toBe('dynamic');
    expect(registrationKind(cimd, { clientMetadataUrl: 'https://gatehouse.app/' })).toBe('dynamic');
  });
  test('then dynamic registration', () => expect(registrationKind(issuerMetadata(), {})).toBe('dynamic'));
  test('then the person', () => {
    expect(registrationKind(issuerMetadata({ registration_endpoint: undefined }), {})).toBe('ask');
  });
  test('asking the person is a problem with a field to fill', async () => {
    const { ctx } = await stage();
    const call = obtainClient(ctx, issuerMetadata({ registration_endpoint: undefined }), { redirectUris });
    expect(await problemOfCall(call)).toBe('registration-not-offered');
  });
});

describe('a metadata document', () => {
  const issuer = { client_id_metadata_document_supported: true };
  test('makes its address the client ID, without any request', async () => {
    const { on, client } = await obtain({ status: 500 }, { issuer });
    expect(client.credentials).toEqual({
      clientId: 'https://gatehouse.app/oauth/client-metadata.json',
      authentication: 'none',
      issuer: ISSUER,
    });
    expect(on.requests).toEqual([]);
  });
  test('is not used where the issuer only says that it does not know them', () => {
    const issuerSaying = (value: unknown) => issuerMetadata({ client_id_metadata_document_supported: value });
    for (const value of [false, undefined]) expect(registrationKind(issuerSaying(value), {})).toBe('dynamic');
  });
  test('may be another one', async () => {
    const clientMetadataUrl = 'https://conformance-test.local/client-metadata.json';
    const { client } = await obtain({}, { issuer, clientMetadataUrl });
    expect(client.credentials.clientId).toBe(clientMetadataUrl);
  });
  test('says who we are, and carries its own address', () => {
    expect(clientMetadataDocument()).toMatchObject({
      client_id: 'https://gatehouse.app/oauth/client-metadata.json',
      client_name: 'Gatehouse',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      redirect_uris: [
        'app.gatehouse.desktop:/oauth/callback',
        'http://127.0.0.1/oauth/callback',
        'http://[::1]/oauth/callback',
        'http://localhost/oauth/callback',
      ],
    });
  });
});

describe('a pre-registered client', () => {
  const client = async (preRegistered: RegistrationOptions['preRegistered'], issuer = {}) =>
    (await obtain({}, { issuer, ...(preRegistered && { preRegistered }) })).client;

  test('without a secret is public', async () => {
    expect((await client({ clientId: 'x' })).credentials).toMatchObject({
      clientId: 'x',
      authentication: 'none',
    });
  });
  test('keeps what the person entered, for this issuer, and nothing else', async () => {
    const secret = await client({ clientId: 'x', clientSecret: 's' });
    expect(secret).toStrictEqual({
      kind: 'pre-registered',
      credentials: {
        clientId: 'x',
        authentication: 'client_secret_basic',
        clientSecret: 's',
        issuer: ISSUER,
      },
      clientSecretExpiresAt: null,
      redirectUris: [redirectUris.customScheme, ...redirectUris.loopback],
    });
    const privateKey = { kty: 'EC', d: 'x' };
    expect((await client({ clientId: 'x', privateKey })).credentials).toStrictEqual({
      clientId: 'x',
      authentication: 'private_key_jwt',
      privateKey,
      issuer: ISSUER,
    });
    expect((await client({ clientId: 'x' })).credentials).toStrictEqual({
      clientId: 'x',
      authentication: 'none',
      issuer: ISSUER,
    });
  });
  test('without a custom scheme comes back by loopback only', async () => {
    const { client: found } = await obtain(
      {},
      { preRegistered: { clientId: 'x' }, redirectUris: { ...redirectUris, customScheme: null } },
    );
    expect(found.redirectUris).toEqual(redirectUris.loopback);
  });
  test('with a secret uses Basic, or what is listed first', async () => {
    const secret = { clientId: 'x', clientSecret: 's' };
    const listed = (...methods: string[]) => ({ token_endpoint_auth_methods_supported: methods });
    expect((await client(secret)).credentials.authentication).toBe('client_secret_basic');
    const unlisted = { token_endpoint_auth_methods_supported: undefined };
    expect((await client(secret, unlisted)).credentials.authentication).toBe('client_secret_basic');
    expect((await client(secret, listed('client_secret_post'))).credentials.authentication).toBe(
      'client_secret_post',
    );
    expect(
      (await client(secret, listed('client_secret_post', 'client_secret_basic'))).credentials.authentication,
    ).toBe('client_secret_post');
  });
  test('uses the method of the settings', async () => {
    const { credentials } = await client({
      clientId: 'x',
      clientSecret: 's',
      authentication: 'client_secret_post',
    });
    expect(credentials.authentication).toBe('client_secret_post');
  });
  test('with a key signs', async () => {
    const { credentials } = await client({ clientId: 'x', privateKey: { kty: 'EC' } });
    expect(credentials.authentication).toBe('private_key_jwt');
  });
  test('of another issuer is an error to show, never registered around', async () => {
    const call = client({ clientId: 'x', issuer: 'https://old.example' });
    const { problem } = await problemIn(call);
    expect(problem).toMatchObject({
      code: 'registration-issuer-mismatch',
      params: { expected: 'https://old.example', found: ISSUER },
    });
  });
});

describe('dynamic registration', () => {
  test('sends what the specification asks for', async () => {
    const { sent, client } = await obtain(echo, { scopes: ['user'] });
    expect(sent).toEqual([
      {
        client_name: 'Gatehouse',
        client_uri: 'https://gatehouse.app',
        application_type: 'native',
        redirect_uris: ['app.gatehouse.desktop:/oauth/callback', ...redirectUris.loopback],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        software_id: expect.any(String),
        software_version: '0.1.0',
        scope: 'user',
      },
    ]);
    expect(client).toMatchObject({ kind: 'dynamic', clientSecretExpiresAt: null });
    expect(client.credentials).toEqual({ clientId: 'id', authentication: 'none', issuer: ISSUER });
  });

  test('offers loopback first when preferred', async () => {
    const { client } = await obtain(echo, { prefer: 'loopback' });
    expect(client.redirectUris[0]).toBe(redirectUris.loopback[0]);
  });

  test.each([
    [['none', 'client_secret_basic'], 'none'],
    [['private_key_jwt', 'client_secret_post', 'client_secret_basic'], 'client_secret_post'],
    [['client_secret_basic', 'client_secret_post'], 'client_secret_basic'],
    [['client_secret_post'], 'client_secret_post'],
    [['private_key_jwt'], 'private_key_jwt'],
    [undefined, 'none'],
    [[], 'none'],
  ])('of the methods %j asks for %s', async (methods, chosen) => {
    const { sent } = await obtain(echo, { issuer: { token_endpoint_auth_methods_supported: methods } });
    expect(sent[0].token_endpoint_auth_method).toBe(chosen);
  });

  test('with private_key_jwt makes a key and sends only its public part', async () => {
    const { sent, client } = await obtain(echo, {
      issuer: {
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'RS256'],
      },
    });
    expect(sent[0].jwks.keys[0]).toMatchObject({ alg: 'RS256', use: 'sig' });
    expect(sent[0].jwks.keys[0]).not.toHaveProperty('d');
    expect(client.credentials.privateKey).toMatchObject({ alg: 'RS256', d: expect.any(String) });
  });

  test('is refused when only methods we lack are listed', async () => {
    const call = obtain(echo, { issuer: { token_endpoint_auth_methods_supported: ['tls_client_auth'] } });
    const { problem } = await problemIn(call);
    expect(problem).toMatchObject({
      code: 'client-authentication-unsupported',
      params: { methods: 'tls_client_auth' },
    });
  });

  test('follows the method the issuer chose instead', async () => {
    const { client } = await obtain({
      status: 201,
      body: {
        client_id: 'id',
        client_secret: 's',
        client_secret_expires_at: 1,
        token_endpoint_auth_method: 'client_secret_post',
      },
    });
    expect(client.credentials).toMatchObject({ authentication: 'client_secret_post', clientSecret: 's' });
    expect(client.clientSecretExpiresAt).toBe(1000);
  });

  test.each([
    [['none'], 'none'],
    [undefined, 'client_secret_basic'],
    [['client_secret_post'], 'client_secret_post'],
  ])('uses a secret without a method where none is not listed (%j)', async (methods, method) => {
    const { client } = await obtain(
      { status: 201, body: { client_id: 'id', client_secret: 's', client_secret_expires_at: 0 } },
      { issuer: { token_endpoint_auth_methods_supported: methods } },
    );
    expect(client.credentials.authentication).toBe(method);
    expect(client.credentials.clientSecret).toBe(method === 'none' ? undefined : 's');
  });

  test.each([
    ['tls_client_auth', 'client_secret_basic'],
    ['none', 'none'],
  ])('told the method %s beside a secret, uses %s', async (token_endpoint_auth_method, method) => {
    const secret = { client_secret: 's', client_secret_expires_at: 0 };
    const { client } = await obtain(
      { status: 201, body: { client_id: 'id', ...secret, token_endpoint_auth_method } },
      { issuer: { token_endpoint_auth_methods_supported: undefined } },
    );
    expect(client.credentials).toStrictEqual({
      clientId: 'id',
      authentication: method,
      ...(method !== 'none' && { clientSecret: 's' }),
      issuer: ISSUER,
    });
  });

  test('without a list of methods and without a secret is public', async () => {
    const { client } = await obtain(
      { status: 201, body: { client_id: 'id' } },
      { issuer: { token_endpoint_auth_methods_supported: undefined } },
    );
    expect(client.credentials.authentication).toBe('none');
  });

  test.each([
    ['none', { client_id: 'id' }],
    ['client_secret_basic', { client_id: 'id', client_secret: 's', client_secret_expires_at: 0 }],
  ])('told to sign without a key of ours, it is %s instead', async (authentication, members) => {
    const body = { ...members, token_endpoint_auth_method: 'private_key_jwt' };
    const { client } = await obtain({ status: 201, body });
    expect(client.credentials.authentication).toBe(authentication);
    expect(client.credentials).not.toHaveProperty('privateKey');
  });

  test('told to use a secret instead of the key it offered, keeps no key', async () => {
    const { client } = await obtain(
      {
        status: 201,
        body: {
          client_id: 'id',
          client_secret: 's',
          client_secret_expires_at: 0,
          token_endpoint_auth_method: 'client_secret_post',
        },
      },
      { issuer: { token_endpoint_auth_methods_supported: ['private_key_jwt'] } },
    );
    expect(client.credentials).toStrictEqual({
      clientId: 'id',
      authentication: 'client_secret_post',
      clientSecret: 's',
      issuer: ISSUER,
    });
  });

  test('with a key of its own takes no secret beside it', async () => {
    const { client } = await obtain(
      { status: 201, body: { client_id: 'id', client_secret: 's', client_secret_expires_at: 5 } },
      { issuer: { token_endpoint_auth_methods_supported: ['private_key_jwt'] } },
    );
    expect(client.credentials).toMatchObject({
      authentication: 'private_key_jwt',
      privateKey: { alg: 'ES256' },
    });
    expect(client.credentials).not.toHaveProperty('clientSecret');
  });

  test('whose secret ends although there is none, ends never', async () => {
    const { client } = await obtain({ status: 201, body: { client_id: 'id', client_secret_expires_at: 7 } });
    expect(client.clientSecretExpiresAt).toBeNull();
  });

  test('is sent over plain http to an issuer on this computer, and to no other private one', async () => {
    const on = (await stage()).on('POST /register', echo);
    const here = issuerMetadata({ registration_endpoint: `${on.origin}/register` }, on.origin);
    expect((await obtainClient(on.ctx, here, { redirectUris })).credentials.clientId).toBe('id');
    const outside = await stage({ reach: 'public' });
    const inside = issuerMetadata({ registration_endpoint: 'https://192.168.1.1/register' });
    const call = obtainClient(outside.ctx, inside, { redirectUris });
    expect(await problemOfCall(call)).toBe('private-address-refused');
    expect(outside.exchanges).toEqual([]);
  });

  test('without a secret is public, whatever method was asked', async () => {
    const { client } = await obtain(
      { status: 201, body: { client_id: 'id' } },
      { issuer: { token_endpoint_auth_methods_supported: ['client_secret_basic'] } },
    );
    expect(client.credentials.authentication).toBe('none');
  });

  test('uses only redirect URIs the issuer kept', async () => {
    const kept = ['HTTP://127.0.0.1:4711/oauth/callback'];
    const { client } = await obtain({ status: 201, body: { client_id: 'id', redirect_uris: kept } });
    expect(client.redirectUris).toEqual(['http://127.0.0.1:4711/oauth/callback']);
    const silent = await obtain({ status: 201, body: { client_id: 'id' } });
    expect(silent.client.redirectUris.length).toBe(3);
  });

  test('keeps where the registration is managed, only at the issuer', async () => {
    const managed = (uri: string) => ({
      status: 201,
      body: { client_id: 'id', registration_client_uri: uri, registration_access_token: 't' },
    });
    const own = await obtain(managed('https://as.example/register/id'));
    expect(own.client.registrationClientUri).toBe('https://as.example/register/id');
    expect(own.client.registrationAccessToken).toBe('t');
    const foreign = await obtain(managed('https://evil.example/register/id'));
    expect(foreign.client).not.toHaveProperty('registrationAccessToken');
    expect(foreign.on.notes).toContain('registration_client_uri leads to another origin; not kept.');
  });

  test('keeps it also at the origin of the registration endpoint, where that is another', async () => {
    const registration_endpoint = 'https://clients.example/register';
    const registration_client_uri = `${registration_endpoint}/id`;
    const on = (await stage()).on(`POST ${registration_endpoint}`, {
      status: 201,
      body: { client_id: 'id', registration_client_uri, registration_access_token: 't' },
    });
    const client = await obtainClient(on.ctx, issuerMetadata({ registration_endpoint }), { redirectUris });
    expect(client.registrationClientUri).toBe(registration_client_uri);
  });

  test.each([
    { registration_client_uri: 'https://as.example/register/id' },
    { registration_access_token: 't' },
    { registration_client_uri: 'nonsense', registration_access_token: 't' },
  ])('keeps nothing half: %j', async (members) => {
    const { client, on } = await obtain({ status: 201, body: { client_id: 'id', ...members } });
    expect(client).not.toHaveProperty('registrationClientUri');
    expect(client).not.toHaveProperty('registrationAccessToken');
    expect(on.notes).toEqual([]);
  });
});

describe('a refused registration is tried again', () => {
  test('with loopback only when redirect URIs are refused, and that is told', async () => {
    const custom = (sent: Record<string, unknown>) =>
      JSON.stringify(sent.redirect_uris).includes('app.gatehouse') && { error: 'invalid_redirect_uri' };
    const { client, sent, on } = await obtain(refusing(custom));
    expect(sent.length).toBe(2);
    expect(client.redirectUris).toEqual(redirectUris.loopback);
    expect(on.notes.join()).toContain('registering again with loopback only');
  });

  test('with localhost only when 127.0.0.1 is refused too', async () => {
    const numeric = (sent: Record<string, unknown>) =>
      /app\.|127/.test(JSON.stringify(sent.redirect_uris)) && { error: 'invalid_client_metadata' };
    const { client, sent } = await obtain(refusing(numeric));
    expect(sent.length).toBe(3);
    expect(client.redirectUris).toEqual(['http://localhost:4711/oauth/callback']);
  });

  test('with another method when the method is refused', async () => {
    const none = (sent: Record<string, unknown>) =>
      sent.token_endpoint_auth_method === 'none' && {
        error: 'invalid_client_metadata',
        error_description: 'token_endpoint_auth_method none is not allowed',
      };
    const { client, sent } = await obtain(refusing(none), {
      issuer: { token_endpoint_auth_methods_supported: ['none', 'client_secret_post'] },
    });
    expect(sent.map((one) => one.token_endpoint_auth_method)).toEqual(['none', 'client_secret_post']);
    expect(client.redirectUris.length).toBe(3);
  });

  test.each([
    { error: 'invalid_scope' },
    { error: 'invalid_client_metadata', error_description: 'scope not allowed' },
  ])('without scope when the scope is refused (%j)', async (error) => {
    const { sent } = await obtain(
      refusing((one) => 'scope' in one && error),
      { scopes: ['x'] },
    );
    expect(sent.length).toBe(2);
    expect(sent[1]).not.toHaveProperty('scope');
  });

  test('at most six times', async () => {
    const on = (await stage()).on(ENDPOINT, { status: 400, body: { error: 'invalid_client_metadata' } });
    const call = obtainClient(on.ctx, issuerMetadata({ token_endpoint_auth_methods_supported: undefined }), {
      redirectUris: {
        customScheme: 'a:/b',
        loopback: [1, 2, 3, 4, 5, 6, 7].map((port) => `http://localhost:${port}/`),
      },
    });
    expect(await problemOfCall(call)).toBe('registration-refused');
    expect(on.requests.length).toBe(6);
  });
});

describe('a registration fails', () => {
  test.each([
    [{ status: 400, body: { error: 'invalid_redirect_uri' } }, 'redirect-uri-refused'],
    [{ status: 403, body: { error: 'access_denied' } }, 'registration-refused'],
    [{ status: 401 }, 'registration-refused'],
    [{ status: 404, body: 'gone' }, 'registration-not-offered'],
    [{ status: 405 }, 'registration-not-offered'],
    [{ status: 501 }, 'registration-not-offered'],
    [{ status: 501, body: { error: 'server_error' } }, 'server-error'],
    [{ status: 300, body: {} }, 'registration-refused'],
    [{ status: 404, body: { error: 'access_denied' } }, 'registration-refused'],
    [{ status: 500, body: 'oops' }, 'server-error'],
    [{ status: 429 }, 'server-error'],
    [{ status: 201, body: 'no JSON' }, 'answer-malformed'],
    [{ status: 201, body: {} }, 'answer-malformed'],
    [{ status: 200, body: { error: 'access_denied' } }, 'registration-refused'],
    [{ status: 307, headers: { location: 'https://evil.example/' } }, 'redirect-refused'],
  ])('with %j', async (answer, code) => expect(await problemOfCall(obtain(answer))).toBe(code));

  test.each([
    [{ status: 403, body: { error: 'x', error_description: 'not you' } }, 'x: not you'],
    [{ status: 403, body: { error: 'x' } }, 'x'],
    [{ status: 403, body: { error_description: 'not you' } }, 'status 403'],
    [{ status: 403, body: { error: 'x'.repeat(5000) } }, 'x'.repeat(1000)],
  ])('in the issuer’s own words, bounded (%#)', async (answer, told) => {
    const { problem } = await problemIn(obtain(answer));
    expect(problem.detail).toBe(told);
  });
});
