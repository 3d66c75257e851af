import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose';
import { describe, expect, test } from 'vitest';
import { publicKeyOf } from '../../../src/main/oauth/client-authentication.ts';
import { generateDpopKey, importDpop } from '../../../src/main/oauth/dpop.ts';

const url = new URL('https://mcp.example/mcp?x=1#y');
const now = Date.now();

async function keyFor(supported?: readonly string[]): Promise<JWK> {
  const key = await generateDpopKey(supported);
  if (!key) throw new Error('no key was made');
  return key;
}

describe('a DPoP proof (RFC 9449 §4.2)', () => {
  test.each(['ES256', 'EdDSA', 'RS256'])('with %s names method, address, time and token', async (alg) => {
    const key = await keyFor([alg]);
    const dpop = await importDpop(key);
    const proof = await dpop.proof({ method: 'POST', url, accessToken: 'at', now });
    const header = decodeProtectedHeader(proof);
    expect(header).toMatchObject({ alg, typ: 'dpop+jwt' });
    expect(header.jwk).not.toHaveProperty('d');
    const { payload } = await jwtVerify(proof, await importJWK(header.jwk as JWK, alg));
    expect(payload).toMatchObject({
      htm: 'POST',
      htu: 'https://mcp.example/mcp',
      iat: Math.floor(now / 1000),
      ath: createHash('sha256').update('at').digest('base64url'),
    });
    expect(payload).not.toHaveProperty('nonce');
    expect(dpop.thumbprint).toBe(await calculateJwkThumbprint(publicKeyOf(key)));
  });
  test('without a token is for no token', async () => {
    const dpop = await importDpop(await keyFor());
    expect(decodeJwt(await dpop.proof({ method: 'POST', url, now }))).not.toHaveProperty('ath');
  });
  test('is fresh each time', async () => {
    const dpop = await importDpop(await keyFor());
    const proofs = await Promise.all([1, 2, 3].map(() => dpop.proof({ method: 'GET', url, now })));
    expect(new Set(proofs).size).toBe(3);
  });
  test('carries the nonce of its own server only', async () => {
    const dpop = await importDpop(await keyFor());
    expect(dpop.takeNonce(url, new Headers({ 'dpop-nonce': 'n1' }))).toBe(true);
    expect(dpop.takeNonce(url, new Headers({ 'dpop-nonce': 'n1' }))).toBe(false);
    expect(dpop.takeNonce(url, new Headers())).toBe(false);
    const nonceFor = async (address: string) => {
      const proof = await dpop.proof({ method: 'GET', url: new URL(address), now });
      return decodeJwt(proof).nonce;
    };
    expect(await nonceFor('https://mcp.example/other')).toBe('n1');
    expect(await nonceFor('https://as.example/')).toBeUndefined();
  });
  test('keeps a hundred nonces, the newest, and no endless one', async () => {
    const dpop = await importDpop(await keyFor());
    const take = (host: number, nonce: string) =>
      dpop.takeNonce(new URL(`https://h${host}.example/`), new Headers({ 'dpop-nonce': nonce }));
    expect([take(0, 'x'.repeat(1025)), take(0, 'x'.repeat(1024))]).toEqual([false, true]);
    for (let host = 0; host < 100; host++) take(host, 'n');
    // Renewed, so that the second host's is now the oldest.
    expect(take(0, 'm')).toBe(true);
    expect(take(100, 'n')).toBe(true);
    expect([take(0, 'm'), take(2, 'n'), take(100, 'n')]).toEqual([false, false, false]);
    expect(take(1, 'n')).toBe(true);
  });
  test('prefers ES256', async () => expect((await keyFor(['RS256', 'ES256'])).alg).toBe('ES256'));
  test.each([[[]], [['PS256']], [['ES256K', 'none']]])(
    'is signed with no algorithm of %j',
    async (supported) => {
      expect(await generateDpopKey(supported)).toBeNull();
    },
  );
});
