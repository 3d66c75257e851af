import { describe, expect, test } from 'vitest';
import { createAuthorizationRequest } from '../../../src/main/oauth/authorization-request.ts';
import type { BearerChallenge } from '../../../src/main/oauth/challenge.ts';
import { discover } from '../../../src/main/oauth/discovery.ts';
import { generateDpopKey, importDpop } from '../../../src/main/oauth/dpop.ts';
import { identifyAccount } from '../../../src/main/oauth/identity.ts';
import { introspectToken } from '../../../src/main/oauth/introspection.ts';
import { discoverIssuer } from '../../../src/main/oauth/issuer-metadata.ts';
import {
  clientCredentialsGrant,
  jwtBearerGrant,
  requestIdentityAssertion,
} from '../../../src/main/oauth/machine-grants.ts';
import { obtainClient } from '../../../src/main/oauth/registration.ts';
import { deleteRegistration, readRegistration } from '../../../src/main/oauth/registration-management.ts';
import { revokeToken } from '../../../src/main/oauth/revocation.ts';
import { refreshTokens, type TokenSet } from '../../../src/main/oauth/token-endpoint.ts';
import { ISSUER, ISSUER_METADATA, issuerDocument, SERVER, settings, wellBehaved } from './profiles.ts';
import { issuerMetadata, redirectUris, signIn } from './sign-in.ts';
import { problemOfCall, type Stage, stage } from './stage.ts';

const secret = {
  clientId: 'id',
  authentication: 'client_secret_basic',
  clientSecret: 's~',
  issuer: ISSUER,
} as const;
const issuer = issuerMetadata({
  introspection_endpoint: `${ISSUER}/introspect`,
  jwks_uri: `${ISSUER}/keys`,
  userinfo_endpoint: `${ISSUER}/userinfo`,
  pushed_authorization_request_endpoint: `${ISSUER}/par`,
  require_pushed_authorization_requests: true,
});
const machine = { issuer, credentials: secret, resource: null, scopes: null };
const managed = { issuer, registrationClientUri: `${ISSUER}/register/id`, registrationAccessToken: 't' };
const openid: TokenSet = {
  accessToken: 'at',
  tokenType: 'Bearer',
  refreshToken: null,
  expiresAt: null,
  scopes: ['openid'],
  // A header of RS256; nobody gets to read the rest.
  idToken: `${btoa('{"alg":"RS256"}')}.y.z`,
};

/** What whoever looks at a trace reads about the requests: what for, and by which rule. */
const told = ({ exchanges }: Stage) => exchanges.map(({ title, rule }) => [title, rule?.reference]);

describe('the trace says of each request what it is for, and which rule it follows', () => {
  test('a whole sign-in', async () => {
    const on = wellBehaved(await stage());
    await signIn(on);
    expect(told(on)).toEqual([
      ['Resource metadata named by the challenge', 'RFC 9728 §3.1, §5.1'],
      ['Issuer metadata, address 1', 'RFC 8414 §3.1, OpenID Connect Discovery §4.1, MCP authorization'],
      ['Registration of Gatehouse', 'RFC 7591 §3.1, MCP authorization, dynamic client registration'],
      ['Exchange of the code for tokens', 'RFC 6749 §4.1.3'],
    ]);
    for (const { rule } of on.exchanges) expect(rule?.text).toMatch(/^\S.*\.$/);
  });

  test('a search through the well-known addresses', async () => {
    const on = await stage();
    await discover(on.ctx, { serverUrl: SERVER, challenge: null, settings });
    await problemOfCall(discoverIssuer(on.ctx, 'https://as.example/x'));
    expect(told(on).map(([title]) => title)).toEqual([
      'Resource metadata, well-known address',
      'Resource metadata, well-known address',
      'Issuer metadata, address 1',
      'Issuer metadata, address 2',
      'Issuer metadata, address 1',
      'Issuer metadata, address 2',
      'Issuer metadata, address 3',
    ]);
  });

  const calls: [string, string, (on: Stage) => Promise<unknown>][] = [
    [
      'Renewal of the access token',
      'RFC 6749 §6',
      ({ ctx }) => refreshTokens(ctx, { issuer, credentials: secret, refreshToken: 'rt', resource: null }),
    ],
    ['Revocation of the refresh token', 'RFC 7009 §2.1', ({ ctx }) => revoke(ctx, 'refresh_token')],
    ['Revocation of the access token', 'RFC 7009 §2.1', ({ ctx }) => revoke(ctx, 'access_token')],
    ['Introspection of the token', 'RFC 7662 §2.1', ({ ctx }) => introspectToken(ctx, issuer, secret, 'at')],
    ['Registration, read', 'RFC 7592 §2.1', ({ ctx }) => readRegistration(ctx, managed)],
    ['Registration, deleted', 'RFC 7592 §2.3', ({ ctx }) => deleteRegistration(ctx, managed)],
    ['Tokens for the client itself', 'RFC 6749 §4.4.2', ({ ctx }) => clientCredentialsGrant(ctx, machine)],
    [
      'Assertion exchanged for tokens',
      'RFC 7523 §2.1',
      ({ ctx }) => jwtBearerGrant(ctx, { ...machine, assertion: 'jag' }),
    ],
    [
      'Identity assertion for the server’s issuer',
      'RFC 8693 §2.1',
      ({ ctx }) =>
        requestIdentityAssertion(ctx, { ...machine, subjectToken: 'idt', audience: 'https://rs.example' }),
    ],
    [
      'Authorization request, pushed',
      'RFC 9126 §5',
      ({ ctx }) =>
        createAuthorizationRequest(ctx, {
          issuer,
          credentials: secret,
          redirectUri: 'http://127.0.0.1:1/cb',
          resource: null,
          scopes: null,
        }),
    ],
    [
      'Keys of the issuer',
      'OpenID Connect Core §3.1.3.7',
      ({ ctx }) => identifyAccount(ctx, issuer, secret, openid),
    ],
    [
      'Who signed in',
      'OpenID Connect Core §5.3',
      ({ ctx }) => identifyAccount(ctx, issuer, secret, { ...openid, idToken: null }),
    ],
  ];
  const revoke = (ctx: Stage['ctx'], hint: 'refresh_token' | 'access_token') =>
    revokeToken(ctx, issuer, secret, 'rt', hint);

  test.each(calls)('%s', async (title, reference, call) => {
    const on = await stage();
    // Nobody answers here but with 404; what was meant is recorded all the same.
    await call(on).catch(() => undefined);
    expect(told(on)[0]).toEqual([title, reference]);
    expect(on.exchanges[0]?.rule?.text).toMatch(/^\S.*\.$/);
  });
});

describe('the trace says of each decision which rule it follows', () => {
  const reference = ({ decisions }: Stage, text: RegExp) =>
    decisions.find((one) => text.test(one.text))?.rule?.reference;

  test('no resource metadata, and no issuer metadata either', async () => {
    const on = await stage();
    await discover(on.ctx, { serverUrl: SERVER, challenge: null, settings });
    expect(reference(on, /^The server publishes no protected resource metadata\.$/)).toMatch(/RFC 9728/);
    expect(reference(on, /^The issuer publishes no metadata; the default endpoints are used\.$/)).toMatch(
      /MCP authorization 2025-03-26/,
    );
  });

  test.each(['http://[', 'http://mcp.example/x'])('an address of no use: %s', async (resourceMetadata) => {
    const on = wellBehaved(await stage());
    const challenge: BearerChallenge = { scheme: 'Bearer', resourceMetadata };
    await discover(on.ctx, { serverUrl: SERVER, challenge, settings });
    expect(reference(on, /^resource_metadata of the challenge/)).toMatch(/RFC 9728/);
  });

  test('a client known by its metadata document', async () => {
    const on = await stage();
    const documents = issuerMetadata({ client_id_metadata_document_supported: true });
    await obtainClient(on.ctx, documents, { redirectUris });
    expect(reference(on, /metadata document, https:/)).toBe(
      'MCP authorization, client ID metadata documents',
    );
  });

  test('a registration tried again, and one managed elsewhere', async () => {
    let count = 0;
    const on = (await stage()).on(`POST ${ISSUER}/register`, () => {
      count += 1;
      const body = {
        client_id: 'id',
        registration_client_uri: 'https://evil.example/',
        registration_access_token: 't',
      };
      return count > 1 ? { status: 201, body } : { status: 400, body: { error: 'invalid_redirect_uri' } };
    });
    await obtainClient(on.ctx, issuerMetadata(), { redirectUris });
    expect(reference(on, /^The registration was refused \(invalid_redirect_uri\)/)).toMatch(/RFC 7591/);
    expect(reference(on, /^registration_client_uri leads to another origin/)).toMatch(/RFC 7591/);
  });

  test('a secret sent in another way', async () => {
    const on = (await stage()).on(`POST ${ISSUER}/token`, { status: 401, body: { error: 'invalid_client' } });
    await problemOfCall(clientCredentialsGrant(on.ctx, machine));
    expect(on.decisions.map(({ text, rule }) => [text, rule?.reference])).toEqual([
      [
        'client_secret_basic was refused; trying client_secret_basic without encoding once.',
        'RFC 6749 §2.3.1',
      ],
      [
        'client_secret_basic without encoding was refused; trying client_secret_basic with client_id in the body once.',
        'RFC 6749 §2.3.1',
      ],
      [
        'client_secret_basic with client_id in the body was refused; trying client_secret_post once.',
        'RFC 6749 §2.3.1',
      ],
    ]);
  });
});

test('the trace holds what a server’s maker can mend, in words', async () => {
  const on = (await stage()).on(`GET ${ISSUER_METADATA}`, {
    body: { token_endpoint: 'https://as.example/t' },
  });
  on.on(`GET ${ISSUER}/.well-known/openid-configuration`, { body: issuerDocument('https://x.example') });
  await discoverIssuer(on.ctx, ISSUER, { trustedIssuerName: 'https://x.example' });
  expect(on.notes).toEqual([
    'This is no authorization server metadata (RFC 8414 §2); on to the next address.',
    'The document calls itself https://x.example instead of https://as.example; the server’s settings trust that.',
  ]);
});

test('the trace holds a request that a DPoP proof went with', async () => {
  const on = (await stage()).on(`POST ${ISSUER}/token`, { body: { access_token: 'at', token_type: 'DPoP' } });
  const dpop = await importDpop((await generateDpopKey()) ?? {});
  expect((await clientCredentialsGrant(on.ctx, { ...machine, dpop })).tokenType).toBe('DPoP');
  expect(on.exchanges[0]?.request.headers).toMatchObject({ dpop: expect.stringMatching(/^ey/) });
});
