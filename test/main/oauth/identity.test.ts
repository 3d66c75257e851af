import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { identifyAccount } from '../../../src/main/oauth/identity.ts';
import type { TokenSet } from '../../../src/main/oauth/token-set.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, stage } from './stage.ts';

const credentials = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;
const { publicKey, privateKey } = await generateKeyPair('ES256');
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
const NOW = Date.now();

const signed = (claims: JWTPayload, key = privateKey) =>
  new SignJWT({ iss: ISSUER, aud: 'id', sub: 'u1', iat: NOW / 1000, exp: NOW / 1000 + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(key);
const who = async (
  idToken: string | null,
  {
    scopes = ['openid'],
    userinfo,
    jwks = { body: keys },
  }: { scopes?: string[]; userinfo?: Answer; jwks?: Answer } = {},
) => {
  const on = await stage();
  on.on('GET https://as.example/keys', jwks);
  if (userinfo) on.on('GET https://as.example/userinfo', userinfo);
  const tokens: TokenSet = {
    accessToken: 'at',
    tokenType: 'Bearer',
    refreshToken: null,
    expiresAt: null,
    scopes,
    idToken,
  };
  const issuer = issuerMetadata({
    jwks_uri: 'https://as.example/keys',
    userinfo_endpoint: 'https://as.example/userinfo',
  });
  return { identity: await identifyAccount(on.ctx, issuer, credentials, tokens), on };
};

describe('who signed in', () => {
  test('is told by a verified ID token', async () => {
    const { identity, on } = await who(await signed({ name: 'Ann', email: 'ann@x.example' }));
    expect(identity).toEqual({ subject: 'u1', name: 'Ann', email: 'ann@x.example', source: 'id-token' });
    expect(on.asked()).toEqual(['GET https://as.example/keys']);
  });
  test('is told by userinfo when the ID token has no name', async () => {
    const { identity, on } = await who(await signed({}), {
      userinfo: { body: { sub: 'u1', preferred_username: 'ann' } },
    });
    expect(identity).toEqual({ subject: 'u1', name: 'ann', source: 'userinfo' });
    expect(on.requests[1]?.headers.authorization).toBe('Bearer at');
  });
  test('is not told by userinfo about somebody else', async () => {
    const { identity } = await who(await signed({}), { userinfo: { body: { sub: 'u2', name: 'Eve' } } });
    expect(identity).toEqual({ subject: 'u1', source: 'id-token' });
  });
  test('without openid makes no request, and takes a valid ID token as it came', async () => {
    const { identity, on } = await who(await signed({ name: 'Ann' }), { scopes: ['user'] });
    expect(identity?.name).toBe('Ann');
    expect(on.requests).toEqual([]);
    expect((await who(null, { scopes: ['user'] })).on.requests).toEqual([]);
  });
  test.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['several audiences without azp', { aud: ['id', 'other'] }],
    ['an end in the past', { exp: NOW / 1000 - 120 }],
    ['no subject', { sub: '' }],
  ])('is unknown for an ID token with %s', async (_what, claims) => {
    expect((await who(await signed({ name: 'Eve', ...claims }))).identity).toBeNull();
    expect((await who(await signed({ name: 'Eve', ...claims }), { scopes: [] })).identity).toBeNull();
  });
  test('is unknown for an ID token somebody else signed', async () => {
    const other = await generateKeyPair('ES256');
    expect((await who(await signed({ name: 'Eve' }, other.privateKey))).identity).toBeNull();
  });
  test.each(['nonsense', 'a.b.c', '..', `${'x'.repeat(9000)}.y.z`])(
    'an odd ID token %# is ignored',
    async (odd) => {
      expect((await who(odd)).identity).toBeNull();
      expect((await who(odd, { scopes: [] })).identity).toBeNull();
    },
  );
  test.each([{ status: 500 }, { body: 'x' }, { body: { keys: 'no' } }, { body: { keys: [] } }])(
    'failing keys (%j) never fail the sign-in',
    async (jwks) => expect((await who(await signed({ name: 'Ann' }), { jwks })).identity).toBeNull(),
  );
  test('userinfo is not asked with a token that would need a proof', async () => {
    const on = await stage();
    const tokens = { accessToken: 'at', tokenType: 'DPoP', refreshToken: null, expiresAt: null } as const;
    const issuer = issuerMetadata({ userinfo_endpoint: 'https://as.example/userinfo' });
    const known = { ...tokens, scopes: ['openid'], idToken: await signed({}) };
    expect(await identifyAccount(on.ctx, issuer, credentials, known)).toEqual({
      subject: 'u1',
      source: 'id-token',
    });
    expect(on.requests).toEqual([]);
  });
  test('hostile names are made visible', async () => {
    const { identity } = await who(await signed({ name: 'Ann\u202e<b>' }));
    expect(identity?.name).toBe('Ann\\u{202e}<b>');
  });
});
