import { describe, expect, test } from 'vitest';
import { revokeToken } from '../../../src/main/oauth/revocation.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, problemOfCall, stage } from './stage.ts';

const credentials = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;
const revoke = async (answer: Answer, overrides = {}) => {
  const on = (await stage()).on('POST https://as.example/revoke', answer);
  const outcome = await revokeToken(on.ctx, issuerMetadata(overrides), credentials, 'rt', 'refresh_token');
  return { outcome, on };
};

describe('revocation (RFC 7009)', () => {
  test('sends token, hint and client', async () => {
    const { on } = await revoke({ status: 200 });
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
      token: 'rt',
      token_type_hint: 'refresh_token',
      client_id: 'id',
    });
  });
  test.each([200, 201, 202, 204])('is confirmed by %i', async (status) => {
    expect((await revoke({ status })).outcome).toBe('confirmed');
  });
  test.each(['invalid_token', 'invalid_grant'])(
    'of a token unknown to the issuer (%s) is confirmed',
    async (error) => {
      expect((await revoke({ status: 400, body: { error } })).outcome).toBe('confirmed');
    },
  );
  test('is told honestly when not offered', async () => {
    expect((await revoke({}, { revocation_endpoint: undefined })).outcome).toBe('not-offered');
    expect((await revoke({ status: 400, body: { error: 'unsupported_token_type' } })).outcome).toBe(
      'not-offered',
    );
  });
  test.each([
    [{ status: 503 }, 'server-error'],
    [{ status: 401, body: { error: 'invalid_client' } }, 'client-unknown'],
    [{ status: 400, body: { error: 'invalid_request' } }, 'token-refused'],
    [{ status: 404 }, 'token-refused'],
  ])('fails with %j', async (answer, code) => expect(await problemOfCall(revoke(answer))).toBe(code));
  test('sends the hint it was given', async () => {
    const on = (await stage()).on('POST https://as.example/revoke', { status: 200 });
    await revokeToken(on.ctx, issuerMetadata(), credentials, 'at', 'access_token');
    expect(on.requests[0]?.form.get('token_type_hint')).toBe('access_token');
  });
  test('does not go to a plain http address', async () => {
    const call = revoke({}, { revocation_endpoint: 'http://as.example/revoke' });
    expect(await problemOfCall(call)).toBe('endpoint-refused');
  });
});
