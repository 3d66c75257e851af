import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { Redactor } from '../../../src/main/trace/redaction.ts';
import { tokensIn } from '../../../src/main/trace/token-claims.ts';
import { traceToken } from '../../../src/shared/domain/trace.ts';

const keys = await generateKeyPair('ES256', { extractable: true });
const signed = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(keys.privateKey);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` }, body: null });
const read = (message: Parameters<typeof tokensIn>[1], redactor = new Redactor()) =>
  tokensIn('request', message, redactor);

const claims = {
  iss: 'https://as.example',
  aud: ['https://mcp.example/mcp', 'other'],
  sub: 'alice',
  scope: 'mcp:tools offline_access',
  client_id: 'c_5d41',
  azp: 'c_5d41',
  exp: 1_800_000_000,
  iat: 1_799_996_400,
};

test('what whoever debugs a server asks of a token is shown: who, for whom, for what, how long', async () => {
  const token = await signed(claims, { typ: 'at+jwt', kid: 'key-1' });
  expect(read(bearer(token))).toEqual([
    {
      side: 'request',
      place: 'authorization',
      kind: 'signed',
      header: { alg: 'ES256', typ: 'at+jwt', kid: 'key-1' },
      claims,
      withheld: [],
    },
  ]);
});

test('the signature is nowhere, and the token can’t be put together again', async () => {
  const token = await signed({ ...claims, jti: 'V1StGXR8_Z5jdHi6B-myT' }, { kid: 'key-1' });
  const shown = JSON.stringify(read(bearer(token)));
  for (const part of token.split('.')) expect(shown).not.toContain(part);
  expect(shown).not.toContain('V1StGXR8_Z5jdHi6B-myT');
  const [one] = read(bearer(token));
  const again = `${encode(one?.header)}.${encode(one?.claims)}`;
  expect(token.startsWith(again)).toBe(false);
});

test('a jti is a fingerprint: the same for the same token, another for another', async () => {
  const jtiOf = async (jti: string) => read(bearer(await signed({ jti })))[0]?.claims.jti;
  expect(await jtiOf('one')).toMatch(/^sha256:[0-9a-f]{8}…$/);
  expect(await jtiOf('one')).toBe(await jtiOf('one'));
  expect(await jtiOf('one')).not.toBe(await jtiOf('two'));
});

test('personal, unknown and structured claims are named, never shown', async () => {
  const token = await signed({
    sub: 'alice',
    email: 'alice@example.com',
    nonce: 'n-0S6_WzA2Mj',
    at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
    cnf: { jkt: 'thumbprint' },
    act: { sub: 'somebody' },
    aud: { not: 'text' },
    refresh_token: 'inside',
  });
  const [one] = read(bearer(token));
  expect(one?.claims).toEqual({ sub: 'alice' });
  expect(one?.withheld).toEqual(['email', 'nonce', 'at_hash', 'cnf', 'act', 'aud', 'refresh_token']);
});

test('a subject drawn by lot is a fingerprint; a name, an address or a UUID is shown', async () => {
  const subjectOf = async (sub: string) => read(bearer(await signed({ sub })))[0]?.claims.sub;
  for (const sub of [
    'alice',
    'auth0|5f7c8ec7c33c6c004bbafe82'.slice(0, 20),
    'alice@example.com',
    '72f988bf-86f1-41af-91ab-2d7cd011db47',
  ])
    expect(await subjectOf(sub)).toBe(sub);
  for (const sub of [
    'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    'ghp16C7e42F292c6912E7710c838347Ae178B4a',
  ])
    expect(await subjectOf(sub)).toMatch(/^sha256:/);
});

test('a claim that repeats a secret of the same trace is removed', async () => {
  const redactor = new Redactor();
  redactor.learn('the-client-secret');
  const nested = await signed({ sub: 'alice' });
  const token = await signed({
    sub: 'the-client-secret',
    scope: `mcp:tools the-client-secret`,
    iss: 'https://as.example/?code=a-code-of-somebody',
    aud: [nested, 'Bearer abcdefgh12345678'],
    'the-client-secret': 1,
  });
  const shown = JSON.stringify(read(bearer(token), redactor));
  for (const secret of ['the-client-secret', 'a-code-of-somebody', nested, 'abcdefgh12345678'])
    expect(shown).not.toContain(secret);
});

test('of an unsigned or encrypted token only the header is shown: the rest would be the token', async () => {
  const header = { alg: 'none', typ: 'JWT' };
  const kinds = {
    unsigned: `${encode(header)}.${encode(claims)}.`,
    encrypted: `${encode({ alg: 'dir', enc: 'A256GCM' })}..aXY.Y2lwaGVy.dGFn`,
  };
  for (const [kind, token] of Object.entries(kinds)) {
    const [one] = read(bearer(token));
    expect(one).toMatchObject({ kind, claims: {} });
    expect(one?.header.alg).toBe(kind === 'unsigned' ? 'none' : 'dir');
  }
  const lying = `${encode({ ...header, alg: 'NONE' })}.${encode(claims)}.c2ln`;
  expect(read(bearer(lying))[0]).toMatchObject({ kind: 'unsigned', claims: {} });
});

test('tokens are found in both headers, in answers and in forms; nowhere else', async () => {
  const token = await signed({ sub: 'alice' });
  const proof = await signed(
    { htm: 'POST', htu: 'https://mcp.example/mcp', iat: 1, jti: 'x' },
    { typ: 'dpop+jwt', jwk: await exportJWK(keys.publicKey) },
  );
  const placesOf = (message: Parameters<typeof tokensIn>[1]) => read(message).map(({ place }) => place);
  expect(
    placesOf({ headers: new Headers({ authorization: `DPoP ${token}`, dpop: proof }), body: null }),
  ).toEqual(['authorization', 'dpop']);
  const answer = { access_token: token, id_token: token, refresh_token: 'opaque', greeting: token, n: 1 };
  expect(placesOf({ headers: {}, body: JSON.stringify(answer) })).toEqual(['access_token', 'id_token']);
  const form = new URLSearchParams({ client_assertion: token, grant_type: 'x', redirect_uri: token });
  expect(placesOf({ headers: {}, body: form.toString() })).toEqual(['client_assertion']);
  expect(
    placesOf({ headers: { 'x-token': token }, body: `{"jsonrpc":"2.0","params":{"a":"${token}"}}` }),
  ).toEqual([]);
  const [dpop] = read({ headers: { dpop: proof }, body: null });
  expect(dpop?.claims).toMatchObject({ htm: 'POST', htu: 'https://mcp.example/mcp' });
  expect(dpop?.withheld).toEqual(['jwk']);
});

test('what is no JWT, or too much of one, is not looked into', async () => {
  const huge = `${encode({ alg: 'ES256' })}.${encode({ sub: 'x'.repeat(20_000) })}.c2ln`;
  const list = `${encode({ alg: 'ES256' })}.${encode([1])}.c2ln`;
  for (const token of [huge, list, 'opaque', 'eyJ.x.y', 'a.b.c', `${encode({ alg: 'ES256' })}.!.c2ln`])
    expect(read(bearer(token))).toEqual([]);
  const token = await signed({ sub: 'alice' });
  const five = { access_token: token, id_token: token, refresh_token: token, assertion: token, token };
  expect(read({ headers: {}, body: JSON.stringify(five) })).toHaveLength(4);
  const padded = JSON.stringify({ access_token: token, pad: 'x'.repeat(70_000) });
  expect(read({ headers: {}, body: padded })).toEqual([]);
  expect(read({ headers: {}, body: '{"access_token":' })).toEqual([]);
});

test('many, long and oddly named claims are bounded', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`claim-${index}`, 1]));
  const token = await signed({ scope: 'x '.repeat(2000), aud: Array(100).fill('a'), ...many });
  const [one] = read(bearer(token));
  expect(String(one?.claims.scope).length).toBeLessThanOrEqual(501);
  expect(one?.claims.aud).toHaveLength(30);
  expect(one?.withheld.length).toBeLessThanOrEqual(40);
});

test('whatever a token says, the answer fits its schema and holds no part of the token', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (header, payload) => {
        const token = `${encode({ alg: 'RS256', ...header })}.${encode(payload)}.c2lnbmF0dXJlLW9mLWEtdG9rZW4`;
        const found = read(bearer(token));
        expect(traceToken.array().parse(found)).toEqual(found);
        expect(JSON.stringify(found)).not.toContain('c2lnbmF0dXJlLW9mLWEtdG9rZW4');
      },
    ),
  );
});
