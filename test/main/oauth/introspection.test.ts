import { describe, expect, test } from 'vitest';
import { introspectToken } from '../../../src/main/oauth/introspection.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, problemOfCall, stage } from './stage.ts';

const credentials = {
  clientId: 'id',
  authentication: 'client_secret_basic',
  clientSecret: 's',
  issuer: ISSUER,
} as const;
const ask = async (answer: Answer, endpoint: string | undefined = 'https://as.example/introspect') => {
  const on = (await stage()).on('POST https://as.example/introspect', answer);
  return introspectToken(on.ctx, issuerMetadata({ introspection_endpoint: endpoint }), credentials, 'at');
};

describe('introspection (RFC 7662)', () => {
  test('tells what a token is good for', async () => {
    const body = { active: true, sub: 's', username: 'ann', scope: 'a b', exp: 1000 };
    expect(await ask({ body })).toEqual({
      active: true,
      subject: 's',
      username: 'ann',
      scopes: ['a', 'b'],
      expiresAt: 1_000_000,
    });
  });
  test('of a dead token says only that', async () => {
    expect(await ask({ body: { active: false } })).toMatchObject({
      active: false,
      subject: null,
      expiresAt: null,
    });
  });
  test('survives members of the wrong type', async () => {
    expect(await ask({ body: { active: true, sub: 7, exp: 'soon', scope: ['a'] } })).toMatchObject({
      subject: null,
      scopes: ['a'],
    });
  });
  test('is asked once, in one way, of an issuer that refuses our client', async () => {
    const answer = { status: 401, body: { error: 'invalid_client' } };
    const on = (await stage()).on('POST https://as.example/introspect', answer);
    const issuer = issuerMetadata({ introspection_endpoint: 'https://as.example/introspect' });
    expect(await problemOfCall(introspectToken(on.ctx, issuer, credentials, 'at'))).toBe('token-refused');
    expect(on.requests).toHaveLength(1);
  });
  test('is not offered by every issuer', async () => {
    const { ctx } = await stage();
    expect(await introspectToken(ctx, issuerMetadata(), credentials, 'at')).toBeNull();
  });
  test.each([{ sub: 'x' }, 'no JSON', ''])('without active is malformed (%j)', async (body) => {
    expect(await problemOfCall(ask({ body }))).toBe('answer-malformed');
  });
});
