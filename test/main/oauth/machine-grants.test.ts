import { describe, expect, test } from 'vitest';
import {
  clientCredentialsGrant,
  jwtBearerGrant,
  requestIdentityAssertion,
} from '../../../src/main/oauth/machine-grants.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, problemOfCall, stage } from './stage.ts';

const issuer = issuerMetadata();
const secret = {
  clientId: 'id',
  authentication: 'client_secret_basic',
  clientSecret: 's',
  issuer: ISSUER,
} as const;
const resource = 'https://mcp.example/mcp';
const OK = { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } };
const answering = async (answer: Answer) => (await stage()).on('POST https://as.example/token', answer);

test('client credentials ask for the resource and scopes', async () => {
  const on = await answering(OK);
  const tokens = await clientCredentialsGrant(on.ctx, {
    issuer,
    credentials: secret,
    resource,
    scopes: ['a'],
  });
  expect(tokens).toMatchObject({ accessToken: 'at', refreshToken: null, scopes: ['a'] });
  expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    resource,
    scope: 'a',
  });
  expect(on.requests[0]?.headers.authorization).toBe(`Basic ${btoa('id:s')}`);
});

test('client credentials without resource or scopes name none', async () => {
  const on = await answering(OK);
  await clientCredentialsGrant(on.ctx, { issuer, credentials: secret, resource: null, scopes: [] });
  expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({ grant_type: 'client_credentials' });
});

describe('enterprise-managed authorization', () => {
  const request = {
    issuer,
    credentials: secret,
    subjectToken: 'idt',
    audience: 'https://rs-as.example',
    resource,
    scopes: null,
  };
  const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';

  test('exchanges the ID token for an ID-JAG', async () => {
    const on = await answering({
      body: { access_token: 'jag', issued_token_type: ID_JAG, token_type: 'N_A' },
    });
    expect(await requestIdentityAssertion(on.ctx, request)).toBe('jag');
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: ID_JAG,
      audience: 'https://rs-as.example',
      resource,
      subject_token: 'idt',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });
  });
  test.each([
    [
      { body: { access_token: 'at', issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' } },
      'answer-malformed',
    ],
    [{ body: { issued_token_type: ID_JAG } }, 'answer-malformed'],
    [{ body: { access_token: 7, issued_token_type: ID_JAG } }, 'answer-malformed'],
    [{ body: { access_token: '', issued_token_type: ID_JAG } }, 'answer-malformed'],
    [{ body: 'no JSON' }, 'answer-malformed'],
    [{ status: 400, body: { error: 'invalid_grant' } }, 'token-refused'],
    [{ status: 503 }, 'server-error'],
  ])('refuses %j', async (answer, code) => {
    const on = await answering(answer);
    expect(await problemOfCall(requestIdentityAssertion(on.ctx, request))).toBe(code);
  });
});

describe('an assertion for tokens (RFC 7523)', () => {
  const request = { issuer, credentials: secret, resource, scopes: null, assertion: 'jag' };
  test('is sent with the client', async () => {
    const on = await answering(OK);
    await jwtBearerGrant(on.ctx, request);
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'jag',
      resource,
    });
  });
  test.each(['invalid_grant', 'invalid_scope', 'unauthorized_client', 'invalid_request'])(
    'refused with %s is not sent again',
    async (error) => {
      const on = await answering({ status: 400, body: { error } });
      expect(await problemOfCall(jwtBearerGrant(on.ctx, request))).toBe('token-refused');
      expect(on.requests.length).toBe(1);
    },
  );
});
