import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
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
      return JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString()).nonce;
    };
    expect(await nonceFor('https://mcp.example/other')).toBe('n1');
    expect(await nonceFor('https://as.example/')).toBeUndefined();
  });
  test('keeps a hundred nonces, and no endless one', async () => {
    const dpop = await importDpop(await keyFor());
    expect(dpop.takeNonce(url, new Headers({ 'dpop-nonce': 'x'.repeat(5000) }))).toBe(false);
    for (let index = 0; index < 150; index++) {
      dpop.takeNonce(new URL(`https://h${index}.example/`), new Headers({ 'dpop-nonce': 'n' }));
    }
    const again = (index: number) =>
      dpop.takeNonce(new URL(`https://h${index}.example/`), new Headers({ 'dpop-nonce': 'n' }));
    expect([again(149), again(0)]).toEqual([false, true]);
  });
  test('prefers ES256', async () => expect((await keyFor(['RS256', 'ES256'])).alg).toBe('ES256'));
  test.each([[[]], [['PS256']], [['ES256K', 'none']]])(
    'is signed with no algorithm of %j',
    async (supported) => {
      expect(await generateDpopKey(supported)).toBeNull();
    },
  );
});
