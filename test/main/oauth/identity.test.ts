import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import type { ClientCredentials } from '../../../src/main/oauth/client-authentication.ts';
import type { ProtocolContext } from '../../../src/main/oauth/context.ts';
import { identifyAccount } from '../../../src/main/oauth/identity.ts';
import type { TokenSet } from '../../../src/main/oauth/token-set.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, stage } from './stage.ts';

const credentials: ClientCredentials = { clientId: 'id', authentication: 'none', issuer: ISSUER };
const { publicKey, privateKey } = await generateKeyPair('ES256');
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
// Not the time of this computer: what is valid is for the caller's clock to say.
const NOW = Date.parse('2031-05-01T00:00:00Z');

const signed = (claims: Record<string, unknown>, key = privateKey) =>
  new SignJWT({ iss: ISSUER, aud: 'id', sub: 'u1', iat: NOW / 1000, exp: NOW / 1000 + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(key);
interface World {
  scopes?: string[] | null;
  userinfo?: Answer;
  jwks?: Answer;
  endpoints?: Record<string, string | undefined>;
  context?: Partial<ProtocolContext>;
  credentials?: ClientCredentials;
}
const who = async (
  idToken: string | null,
  {
    scopes = ['openid'],
    userinfo,
    jwks = { body: keys },
    endpoints,
    context,
    credentials: ours = credentials,
  }: World = {},
) => {
  const on = await stage(context);
  on.now = NOW;
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
    ...endpoints,
  });
  return { identity: await identifyAccount(on.ctx, issuer, ours, tokens), on };
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
    expect(await who(await signed({ name: 'Ann' }), { scopes: null })).toMatchObject({
      identity: { name: 'Ann' },
      on: { requests: [] },
    });
  });
  test('is nobody where nobody says so', async () => {
    const silent = { jwks_uri: undefined, userinfo_endpoint: undefined };
    expect((await who(null, { endpoints: silent })).identity).toBeNull();
    expect((await who(null, { scopes: ['user'] })).identity).toBeNull();
  });
  test('is asked of userinfo alone when there is no ID token', async () => {
    const { identity, on } = await who(null, { userinfo: { body: { sub: 'u1', name: 'Ann' } } });
    expect(identity).toEqual({ subject: 'u1', name: 'Ann', source: 'userinfo' });
    expect(on.asked()).toEqual(['GET https://as.example/userinfo']);
  });
  test.each([
    { status: 401, body: { sub: 'u1', name: 'Eve' } },
    { status: 201, body: { sub: 'u1', name: 'Eve' } },
    { body: { name: 'Eve' } },
    { body: 'x' },
    { status: 302, headers: { location: 'https://evil.example/' } },
  ])('is not believed of userinfo answering %j', async (userinfo) => {
    expect((await who(null, { userinfo })).identity).toBeNull();
    expect((await who(await signed({}), { userinfo })).identity).toEqual({
      subject: 'u1',
      source: 'id-token',
    });
  });
  test('is told by an ID token for several, when it was issued to us', async () => {
    const claims = { aud: ['id', 'other'], azp: 'id', name: 'Ann' };
    expect((await who(await signed(claims))).identity?.name).toBe('Ann');
    expect((await who(await signed(claims), { scopes: [] })).identity?.name).toBe('Ann');
  });
  test('is told by an ID token a minute over its end, not later', async () => {
    for (const scopes of [['openid'], []]) {
      const until = async (exp: number) =>
        (await who(await signed({ exp, name: 'Ann' }), { scopes })).identity;
      expect((await until(NOW / 1000 - 59))?.name).toBe('Ann');
      expect(await until(NOW / 1000 - 60)).toBeNull();
    }
  });
  test('is told without keys where the issuer publishes none: its TLS stands for them', async () => {
    const endpoints = { jwks_uri: undefined };
    const { identity, on } = await who(await signed({ name: 'Ann' }), { endpoints });
    expect(identity?.name).toBe('Ann');
    expect(on.requests).toEqual([]);
  });
  test.each([404, 410])(
    'is told without keys where the issuer answers %i to who asks for them',
    async (status) => {
      const { identity } = await who(await signed({ name: 'Ann' }), { jwks: { status } });
      expect(identity?.name).toBe('Ann');
      expect(
        (await who(await signed({ name: 'Ann', aud: 'other' }), { jwks: { status } })).identity,
      ).toBeNull();
    },
  );
  test('is told by an ID token signed with our client’s secret, and by none signed with another', async () => {
    const secret = 'a secret the issuer gave us, long enough for HS256';
    const bySecret = (key: string) =>
      new SignJWT({ iss: ISSUER, aud: 'id', sub: 'u1', iat: NOW / 1000, exp: NOW / 1000 + 60, name: 'Ann' })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(key));
    const ours = { credentials: { ...credentials, clientSecret: secret } };
    const { identity, on } = await who(await bySecret(secret), ours);
    expect(identity?.name).toBe('Ann');
    expect(on.requests).toEqual([]);
    expect((await who(await bySecret(`${secret}.`), ours)).identity).toBeNull();
    // Without a secret nobody can verify it: the issuer's TLS stands for the signature.
    expect((await who(await bySecret(secret))).identity?.name).toBe('Ann');
  });
  test('is not asked within one’s own network for a public server', async () => {
    const inside = { jwks_uri: 'https://10.0.0.1/keys', userinfo_endpoint: 'https://nas.lan/userinfo' };
    const { identity, on } = await who(await signed({}), { endpoints: inside, context: { reach: 'public' } });
    expect(identity).toBeNull();
    expect(on.exchanges).toEqual([]);
  });
  test.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['several audiences without azp', { aud: ['id', 'other'] }],
    ['an end in the past', { exp: NOW / 1000 - 120 }],
    ['no subject', { sub: '' }],
    ['no end', { exp: undefined }],
    ['an end in words', { exp: '99999999999' }],
  ])('is unknown for an ID token with %s', async (_what, claims) => {
    expect((await who(await signed({ name: 'Eve', ...claims }))).identity).toBeNull();
    expect((await who(await signed({ name: 'Eve', ...claims }), { scopes: [] })).identity).toBeNull();
  });
  test('is unknown for a verified ID token that does not say when it was issued', async () => {
    expect((await who(await signed({ name: 'Eve', iat: undefined }))).identity).toBeNull();
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
