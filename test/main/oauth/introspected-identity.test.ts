import { describe, expect, test } from 'vitest';
import { introspectedIdentity } from '../../../src/main/oauth/introspected-identity.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, stage } from './stage.ts';

const ENDPOINT = 'https://as.example/introspect';
const confidential = {
  clientId: 'id',
  authentication: 'client_secret_post',
  clientSecret: 's',
  issuer: ISSUER,
} as const;
const open = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;

async function who(answer: Answer, credentials: typeof confidential | typeof open = confidential) {
  const on = (await stage()).on(`POST ${ENDPOINT}`, answer);
  const issuer = issuerMetadata({ introspection_endpoint: ENDPOINT });
  return { identity: await introspectedIdentity(on.ctx, issuer, credentials, 'at-1'), on };
}

describe('who signed in, by introspection (RFC 7662 §2.2)', () => {
  test('is told by subject and user name', async () => {
    const { identity, on } = await who({ body: { active: true, sub: 'u1', username: 'ann\u202e' } });
    expect(identity).toEqual({ subject: 'u1', name: 'ann\\u{202e}', source: 'introspection' });
    expect(on.asked()).toEqual([`POST ${ENDPOINT}`]);
  });
  test('is told without a name when the issuer has none', async () => {
    const { identity } = await who({ body: { active: true, sub: 'u1' } });
    expect(identity).toEqual({ subject: 'u1', source: 'introspection' });
  });
  test('is not asked by a client that can not prove itself', async () => {
    const { identity, on } = await who({ body: { active: true, sub: 'u1' } }, open);
    expect(identity).toBeNull();
    expect(on.asked()).toEqual([]);
  });
  test.each([
    ['a dead token', { body: { active: false, sub: 'u1' } }],
    ['no subject', { body: { active: true, username: 'ann' } }],
    ['the client as its own subject', { body: { active: true, sub: 'id' } }],
    ['a refusal', { status: 401, body: { error: 'invalid_client' } }],
    ['no answer to speak of', { body: 'nothing' }],
    ['a failure', { status: 503, body: '' }],
  ])('is nobody for %s', async (_, answer) => {
    expect((await who(answer)).identity).toBeNull();
  });
});
