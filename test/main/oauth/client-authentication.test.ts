import { exportPKCS8, generateKeyPair, importJWK, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  authenticationAttempts,
  type ClientCredentials,
  clientKeyFromPem,
  generateClientKey,
  publicKeyOf,
} from '../../../src/main/oauth/client-authentication.ts';
import { refreshTokens } from '../../../src/main/oauth/token-endpoint.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, problemOfCall, type Received, stage } from './stage.ts';

const issuer = issuerMetadata();
const OK = { body: { access_token: 'at', token_type: 'Bearer' } };
const REFUSED = { status: 401, headers: { 'www-authenticate': 'Basic' }, body: { error: 'invalid_client' } };
const client = (more: Partial<ClientCredentials>): ClientCredentials => ({
  clientId: 'id',
  authentication: 'none',
  issuer: ISSUER,
  ...more,
});
const renew = async (credentials: ClientCredentials, answer: Answer | ((request: Received) => Answer)) => {
  const on = (await stage()).on('POST https://as.example/token', answer);
  const outcome = await refreshTokens(on.ctx, {
    issuer,
    credentials,
    refreshToken: 'rt',
    resource: null,
  }).then(
    () => 'ok',
    (error) => error.problem.code,
  );
  return { on, outcome };
};
const basicOf = ({ headers }: Received) => atob((headers.authorization ?? '').replace('Basic ', ''));
const tricky = client({
  authentication: 'client_secret_basic',
  clientId: 'a-b_c.d',
  clientSecret: 's-_.~+/=:%é',
});

describe('client authentication', () => {
  test('none names the client in the body', async () => {
    const { on } = await renew(client({}), OK);
    expect(on.requests[0]?.form.get('client_id')).toBe('id');
  });
  test('client_secret_post sends the secret in the body', async () => {
    const { on } = await renew(client({ authentication: 'client_secret_post', clientSecret: 's' }), OK);
    expect(on.requests[0]?.form.get('client_secret')).toBe('s');
    expect(on.requests[0]?.form.get('client_id')).toBe('id');
    expect(on.requests[0]?.headers.authorization).toBeUndefined();
  });
  test('client_secret_basic encodes as few characters as RFC 6749 allows', async () => {
    const { on } = await renew(tricky, OK);
    const [first] = on.requests;
    expect(first && basicOf(first)).toBe('a-b_c.d:s-_.%7E%2B%2F%3D%3A%25%C3%A9');
    expect(first?.form.has('client_id')).toBe(false);
  });
  test('client_secret_basic on invalid_client is tried raw, with client_id, then in the body, once each', async () => {
    const { on, outcome } = await renew(tricky, REFUSED);
    const [encoded, raw, named, inBody, ...more] = on.requests;
    expect(more).toEqual([]);
    expect(raw && basicOf(raw)).toContain(':s-_.~+/=:%');
    expect(named?.headers.authorization).toBe(encoded?.headers.authorization);
    expect(named?.form.get('client_id')).toBe('a-b_c.d');
    expect(named?.form.has('client_secret')).toBe(false);
    expect(inBody?.form.get('client_secret')).toBe('s-_.~+/=:%é');
    expect(inBody?.headers.authorization).toBeUndefined();
    expect(outcome).toBe('client-unknown');
    expect(on.notes.filter((note) => note.includes('was refused; trying')).length).toBe(3);
  });
  test('a plain secret is not tried raw, being the same', async () => {
    const { on } = await renew(client({ authentication: 'client_secret_basic', clientSecret: 's' }), REFUSED);
    expect(on.requests.length).toBe(3);
  });
  test.each([
    ['raw', 2, (request: Received) => basicOf(request).includes('~')],
    [
      'with client_id beside it',
      3,
      (request: Received) => request.headers.authorization !== undefined && request.form.has('client_id'),
    ],
    ['in the body', 4, (request: Received) => request.form.has('client_secret')],
  ])('an issuer that wants the secret %s gets it', async (_how, count, accepts) => {
    const { on, outcome } = await renew(tricky, (request) => (accepts(request) ? OK : REFUSED));
    expect([outcome, on.requests.length]).toEqual(['ok', count]);
  });
  test('without its secret or key is unsupported', async () => {
    for (const authentication of ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const) {
      const call = () => authenticationAttempts({ now: () => 0 }, issuer, client({ authentication }));
      expect(await problemOfCall(call)).toBe('client-authentication-unsupported');
    }
  });
  test('belongs to one issuer', async () => {
    const call = () =>
      authenticationAttempts({ now: () => 0 }, issuer, client({ issuer: 'https://x.example' }));
    expect(await problemOfCall(call)).toBe('registration-issuer-mismatch');
  });
});

describe('private_key_jwt (RFC 7523)', () => {
  test.each(['ES256', 'RS256', 'EdDSA'])(
    'with %s signs a short-lived assertion for the issuer',
    async (alg) => {
      const privateKey = await generateClientKey([alg]);
      const { on } = await renew(client({ authentication: 'private_key_jwt', privateKey }), OK);
      const form = on.requests[0]?.form;
      expect(form?.get('client_assertion_type')).toBe(
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      );
      const key = await importJWK(publicKeyOf(privateKey), alg);
      const { payload, protectedHeader } = await jwtVerify(form?.get('client_assertion') ?? '', key, {
        issuer: 'id',
        subject: 'id',
        audience: ISSUER,
        currentDate: new Date(on.now),
      });
      expect(protectedHeader).toMatchObject({ alg, kid: privateKey.kid });
      expect(form?.get('client_id')).toBe('id');
      expect([payload.iat, payload.exp]).toEqual([Math.floor(on.now / 1000), Math.floor(on.now / 1000) + 60]);
      expect(payload.jti).toMatch(/^[\w-]{36}$/);
      expect(payload.aud).toBe(ISSUER);
    },
  );
  test('prefers ES256, and shows only the public part', async () => {
    const key = await generateClientKey();
    expect(key.alg).toBe('ES256');
    expect(Object.keys(publicKeyOf(key)).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
  test('takes a key from PEM', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    expect(await clientKeyFromPem(await exportPKCS8(privateKey), 'ES256')).toMatchObject({
      alg: 'ES256',
      kty: 'EC',
    });
    expect(await problemOfCall(clientKeyFromPem('nonsense', 'ES256'))).toBe(
      'client-authentication-unsupported',
    );
  });
});
