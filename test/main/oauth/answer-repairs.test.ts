import { describe, expect, test } from 'vitest';
import type { AnswerKind } from '../../../src/main/oauth/answer-draft.ts';
import { repairs } from '../../../src/main/oauth/answer-repairs.ts';
import { tidy } from '../../../src/main/oauth/lenient-fetch.ts';
import { revokeToken } from '../../../src/main/oauth/revocation.ts';
import { refreshTokens, TokenEndpointFailure } from '../../../src/main/oauth/token-endpoint.ts';
import { ISSUER, wellBehaved } from './profiles.ts';
import { issuerMetadata, signIn } from './sign-in.ts';
import { type Answer, type Received, stage } from './stage.ts';

const REGISTERED = { client_id: 'id', client_secret_expires_at: 0, token_endpoint_auth_method: 'none' };
const TOKENS = { access_token: 'at', token_type: 'Bearer', expires_in: 60, refresh_token: 'rt' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const PLAIN = { 'content-type': 'text/plain' };

/** A whole sign-in whose registration or token answer is sloppy: it works, and a note says what was wrong. */
const sloppy = (
  name: string,
  part: 'registration' | 'token',
  answer: Answer,
  noted: RegExp,
  tokens = {},
  client = {},
) => ({ name, part, answer, noted, tokens, client }) as const;

describe('a sloppy registration answer is accepted and noted', () => {
  test.each([
    sloppy('200 instead of 201', 'registration', { status: 200, body: REGISTERED }, /status is 200/),
    sloppy('202 instead of 201', 'registration', { status: 202, body: REGISTERED }, /status is 202/),
    sloppy(
      'client_secret without its end',
      'registration',
      {
        status: 201,
        body: { client_id: 'id', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' },
      },
      /client_secret_expires_at/,
      {},
      { clientSecretExpiresAt: null },
    ),
    sloppy(
      'the end of the secret as a string',
      'registration',
      {
        status: 201,
        body: {
          client_id: 'id',
          client_secret: 's',
          client_secret_expires_at: '99',
          token_endpoint_auth_method: 'client_secret_post',
        },
      },
      /client_secret_expires_at/,
      {},
      { clientSecretExpiresAt: 99_000 },
    ),
    sloppy(
      'client_secret null',
      'registration',
      { status: 201, body: { ...REGISTERED, client_secret: null } },
      /Dropped null: client_secret/,
    ),
    sloppy(
      'client_secret empty',
      'registration',
      { status: 201, body: { ...REGISTERED, client_secret: '' } },
      /Dropped empty: client_secret/,
    ),
    sloppy(
      'null members',
      'registration',
      { status: 201, body: { ...REGISTERED, jwks: null, logo_uri: null } },
      /Dropped null: jwks, logo_uri/,
    ),
    sloppy(
      'scope as a list',
      'registration',
      { status: 201, body: { ...REGISTERED, scope: ['a', 'b'] } },
      /scope has the wrong type/,
    ),
    sloppy(
      'client_id as a number',
      'registration',
      { status: 201, body: { ...REGISTERED, client_id: 42 } },
      /client_id has the wrong type/,
    ),
    sloppy(
      'redirect_uris as one string',
      'registration',
      { status: 201, body: { ...REGISTERED, redirect_uris: 'http://localhost:4711/oauth/callback' } },
      /redirect_uris has the wrong type/,
      {},
      { redirectUris: ['http://localhost:4711/oauth/callback'] },
    ),
    sloppy(
      'a wrong content type',
      'registration',
      { status: 201, headers: PLAIN, body: JSON.stringify(REGISTERED) },
      /content type is text\/plain/,
    ),
    sloppy(
      'no content type',
      'registration',
      { status: 201, body: JSON.stringify(REGISTERED) },
      /content type is missing/,
    ),
    sloppy(
      'a challenge beside it',
      'registration',
      { status: 201, headers: { 'www-authenticate': 'Bearer' }, body: REGISTERED },
      /^$/,
    ),
  ])('$name', async ({ answer, noted, client }) => {
    const on = wellBehaved(await stage(), { registration: answer });
    const found = await signIn(on);
    expect(found.client).toMatchObject(client);
    if (noted.source !== '^$') expect(on.notes.join('\n')).toMatch(noted);
  });
});

describe('a sloppy token answer is accepted and noted', () => {
  test.each([
    sloppy('201 instead of 200', 'token', { status: 201, body: TOKENS }, /status is 201/),
    sloppy('203 instead of 200', 'token', { status: 203, body: TOKENS }, /status is 203/),
    sloppy(
      'null members',
      'token',
      { body: { ...TOKENS, refresh_token: null, scope: null, id_token: null } },
      /Dropped null/,
      { refreshToken: null, scopes: ['user'], idToken: null },
    ),
    sloppy(
      'refresh_token empty',
      'token',
      { body: { ...TOKENS, refresh_token: '' } },
      /Dropped empty: refresh_token/,
      { refreshToken: null },
    ),
    sloppy(
      'refresh_token false',
      'token',
      { body: { ...TOKENS, refresh_token: false } },
      /Dropped no string: refresh_token/,
      { refreshToken: null },
    ),
    sloppy(
      'scope as a list',
      'token',
      { body: { ...TOKENS, scope: ['a', 'b'] } },
      /scope has the wrong type/,
      { scopes: ['a', 'b'] },
    ),
    sloppy('scope empty', 'token', { body: { ...TOKENS, scope: '' } }, /Dropped empty: scope/, {
      scopes: ['user'],
    }),
    sloppy(
      'expires_in as a string',
      'token',
      { body: { ...TOKENS, expires_in: '60' } },
      /expires_in is a string/,
    ),
    sloppy(
      'expires_in null',
      'token',
      { body: { ...TOKENS, expires_in: null } },
      /Dropped null: expires_in/,
      { expiresAt: null },
    ),
    sloppy('expires_in -1', 'token', { body: { ...TOKENS, expires_in: -1 } }, /expires_in is -1/, {
      expiresAt: null,
    }),
    sloppy('expires_in 0', 'token', { body: { ...TOKENS, expires_in: 0 } }, /expires_in is 0/, {
      expiresAt: null,
    }),
    sloppy(
      'expires_in in words',
      'token',
      { body: { ...TOKENS, expires_in: 'never' } },
      /expires_in is "never"/,
      { expiresAt: null },
    ),
    sloppy(
      'expires_in as an object',
      'token',
      { body: { ...TOKENS, expires_in: {} } },
      /expires_in is \{\}/,
      { expiresAt: null },
    ),
    sloppy('no token_type', 'token', { body: { access_token: 'at' } }, /token_type is missing/, {
      tokenType: 'Bearer',
      expiresAt: null,
    }),
    sloppy(
      'token_type in another word',
      'token',
      { body: { ...TOKENS, token_type: 'access_token' } },
      /token_type is "access_token"/,
    ),
    sloppy('token_type null', 'token', { body: { ...TOKENS, token_type: null } }, /token_type is missing/),
    sloppy('token_type a number', 'token', { body: { ...TOKENS, token_type: 1 } }, /token_type is 1/),
    sloppy(
      'form-encoded',
      'token',
      { headers: FORM, body: 'access_token=at&scope=a+b&token_type=bearer' },
      /form-encoded/,
      { scopes: ['a', 'b'], expiresAt: null },
    ),
    sloppy(
      'form-encoded without saying so',
      'token',
      { body: 'access_token=at&token_type=bearer&scope=' },
      /form-encoded/,
      { scopes: ['user'], expiresAt: null },
    ),
    sloppy(
      'a wrong content type',
      'token',
      { headers: { 'content-type': 'text/html' }, body: JSON.stringify(TOKENS) },
      /content type is text\/html/,
    ),
    sloppy('no content type', 'token', { body: JSON.stringify(TOKENS) }, /content type is missing/),
    sloppy('an unrequested, odd ID token', 'token', { body: { ...TOKENS, id_token: 'not.a.jwt' } }, /^$/, {
      idToken: 'not.a.jwt',
    }),
    sloppy(
      'an ID token that is an object',
      'token',
      { body: { ...TOKENS, id_token: {} } },
      /id_token is no string/,
      { idToken: null },
    ),
    sloppy('a byte order mark', 'token', { body: `\ufeff${JSON.stringify(TOKENS)}` }, /content type/),
    sloppy('unknown members', 'token', { body: { ...TOKENS, ok: true, token: { x: [1] } } }, /^$/),
    sloppy(
      'neither expires_in nor refresh_token',
      'token',
      { body: { access_token: 'at', token_type: 'Bearer' } },
      /^$/,
      { expiresAt: null, refreshToken: null },
    ),
    sloppy('an empty error member', 'token', { body: { ...TOKENS, error: '' } }, /^$/),
  ])('$name', async ({ answer, noted, tokens }) => {
    const on = wellBehaved(await stage(), { token: answer });
    const found = await signIn(on);
    expect(found.tokens).toMatchObject({ accessToken: 'at', tokenType: 'Bearer', ...tokens });
    if (noted.source !== '^$') expect(on.notes.join('\n')).toMatch(noted);
  });

  test('token_type in any case, without a note', async () => {
    for (const token_type of ['BEARER', 'bearer', 'Bearer']) {
      const on = wellBehaved(await stage(), { token: { body: { ...TOKENS, token_type } } });
      expect((await signIn(on)).tokens.tokenType).toBe('Bearer');
      expect(on.notes).toEqual([]);
    }
  });
});

describe('a sloppy error answer is read for what it says', () => {
  const credentials = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;
  const error = { error: 'invalid_grant' };
  const text = JSON.stringify(error);
  test.each([
    ['200 with an error', { status: 200, body: error }, 'grant-invalid', /status is 200 although/],
    [
      '200 with an error, form-encoded',
      { headers: FORM, body: 'error=bad_refresh_token' },
      'grant-invalid',
      /invalid_grant in RFC 6749/,
    ],
    ['a wrong content type', { status: 400, headers: PLAIN, body: text }, 'grant-invalid', /text\/plain/],
    ['no content type', { status: 400, body: text }, 'grant-invalid', /missing/],
    ['a 5xx', { status: 500, body: error }, 'grant-invalid', /status is 500/],
    [
      'a challenge beside it',
      { status: 401, headers: { 'www-authenticate': 'Bearer error="x"' }, body: error },
      'grant-invalid',
      /stands beside/,
    ],
    [
      'GitHub’s bad_verification_code',
      { body: { error: 'bad_verification_code' } },
      'grant-invalid',
      /bad_verification_code/,
    ],
    [
      'GitHub’s incorrect_client_credentials',
      { body: { error: 'incorrect_client_credentials' } },
      'client-invalid',
      /incorrect_client/,
    ],
    [
      'an error named like a member of Object',
      { status: 400, body: { error: 'constructor' } },
      'refused',
      /error is constructor/,
    ],
    ['an empty body', { status: 400 }, 'refused', /^/],
    ['an empty 503', { status: 503 }, 'temporary', /^/],
  ] as const)('%s', async (_name, answer, kind, noted) => {
    const on = (await stage()).on('POST https://as.example/token', answer);
    const call = refreshTokens(on.ctx, {
      issuer: issuerMetadata(),
      credentials,
      refreshToken: 'rt',
      resource: null,
    });
    const thrown = await call.catch((one: unknown) => one);
    expect(thrown).toBeInstanceOf(TokenEndpointFailure);
    expect((thrown as TokenEndpointFailure).kind).toBe(kind);
    expect(on.notes.join('\n')).toMatch(noted);
  });
  test('an error without a name is told by status and endpoint', async () => {
    const on = (await stage()).on('POST https://as.example/token', { status: 418, body: '<h1>teapot</h1>' });
    const call = refreshTokens(on.ctx, {
      issuer: issuerMetadata(),
      credentials,
      refreshToken: 'rt',
      resource: null,
    });
    await expect(call).rejects.toThrow('status 418 from the token endpoint');
  });
  test('a revocation answered with 204 is success, noted', async () => {
    const on = (await stage()).on('POST https://as.example/revoke', { status: 204 });
    expect(await revokeToken(on.ctx, issuerMetadata(), credentials, 'rt', 'refresh_token')).toBe('confirmed');
    expect(on.notes.join()).toMatch(/status is 204/);
  });
});

describe('sloppy metadata is accepted', () => {
  const flows: [string, Parameters<typeof wellBehaved>[1], RegExp][] = [
    ['no response_types_supported', { issuer: { response_types_supported: undefined } }, /^/],
    [
      'lists as strings',
      { issuer: { code_challenge_methods_supported: 'S256', scopes_supported: 'a b' } },
      /code_challenge_methods_supported has the wrong type/,
    ],
    [
      'flags as strings',
      { issuer: { authorization_response_iss_parameter_supported: 'false' } },
      /iss_parameter_supported has the wrong type/,
    ],
    [
      'null members',
      { issuer: { registration_endpoint: 'https://as.example/register', jwks_uri: null } },
      /Dropped null: jwks_uri/,
    ],
    ['empty members', { issuer: { userinfo_endpoint: '' } }, /Dropped empty: userinfo_endpoint/],
    [
      'one issuer as a string',
      { resource: { authorization_servers: ISSUER } },
      /authorization_servers has the wrong type/,
    ],
    ['the same issuer twice', { resource: { authorization_servers: [ISSUER, ISSUER] } }, /^/],
    [
      'the issuer with a slash in the resource metadata',
      { resource: { authorization_servers: [`${ISSUER}/`] } },
      /one slash apart/,
    ],
    ['the issuer with a slash in its document', { issuer: { issuer: `${ISSUER}/` } }, /one slash apart/],
    ['resource with a slash more', { resource: { resource: 'https://mcp.example/mcp/' } }, /^/],
    ['resource of the whole origin', { resource: { resource: 'https://mcp.example' } }, /^/],
  ];
  test.each(flows)('%s', async (_name, parts, noted) => {
    const on = wellBehaved(await stage(), parts);
    expect((await signIn(on)).tokens.accessToken).toBe('at-1');
    expect(on.notes.join('\n')).toMatch(noted);
  });
  test('OpenID Connect metadata without jwks_uri, after a 404 at the OAuth address', async () => {
    const on = wellBehaved(await stage());
    const path = 'https://as.example/.well-known/oauth-authorization-server';
    on.on('GET https://as.example/.well-known/openid-configuration', {
      body: { ...issuerMetadata().server },
    }).on(`GET ${path}`, { status: 404 });
    expect((await signIn(on)).tokens.accessToken).toBe('at-1');
  });
  test('behind a same-origin redirect', async () => {
    const on = wellBehaved(await stage());
    on.on('GET https://as.example/.well-known/oauth-authorization-server', {
      status: 302,
      headers: { location: '/meta' },
    });
    on.on('GET https://as.example/meta', { body: { ...issuerMetadata().server } });
    expect((await signIn(on)).discovery.issuer.source).toMatch(/oauth-authorization-server/);
    expect(on.notes.join()).toMatch(/Redirected to \/meta/);
  });
});

describe('the table of repairs', () => {
  test('names each repair once', () => {
    const names = repairs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
  test('leaves a good answer alone', () => {
    const good: [AnswerKind, object, number][] = [
      ['registration', { ...REGISTERED, redirect_uris: ['x'], scope: 'a' }, 201],
      ['token', { ...TOKENS, scope: 'a b' }, 200],
      ['issuer', { ...issuerMetadata().server }, 200],
      ['pushed-authorization', { request_uri: 'urn:x', expires_in: 60 }, 201],
      ['introspection', { active: true, scope: 'a' }, 200],
      ['userinfo', { sub: 'x' }, 200],
    ];
    for (const [kind, body, status] of good) {
      const notes: string[] = [];
      const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' });
      const draft = tidy({ status, headers, body: JSON.stringify(body) }, kind, notes);
      expect(notes).toEqual([]);
      expect(draft).toMatchObject({ status, json: body });
    }
  });
  test('does not take HTML for a form', () => {
    const notes: string[] = [];
    const draft = tidy({ status: 200, headers: new Headers(), body: '<a href="x?a=b">' }, 'token', notes);
    expect(draft.json).toBeNull();
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };
/** An answer tidied on its own; the body is text as sent, or anything else as JSON. */
function tidied(kind: AnswerKind, body: unknown, status = 200, headers: Record<string, string> = JSON_TYPE) {
  const notes: string[] = [];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const draft = tidy({ status, headers: new Headers(headers), body: text }, kind, notes);
  return { ...draft, notes };
}

describe('an answer is a form', () => {
  const form = (body: string, headers: Record<string, string> = PLAIN) =>
    tidied('token', body, 200, headers).json;
  test('with a line break at its end', () => {
    expect(form('access_token=at&token_type=n_a\n')).toEqual({ access_token: 'at', token_type: 'n_a' });
  });
  test('with characters a form does not have, when it says that it is one', () => {
    const odd = 'error=invalid_grant&error_description="too late"';
    expect(form(odd, FORM)).toEqual({ error: 'invalid_grant', error_description: '"too late"' });
    expect(form(odd)).toBeNull();
    expect(form(odd, {})).toBeNull();
  });
  test('never without a member, nor when it is JSON, whatever it says', () => {
    expect(form('access_token', FORM)).toBeNull();
    expect(form('', FORM)).toBeNull();
    expect(form('{"access_token":"a=b","token_type":"n_a"}', FORM)).toMatchObject({ access_token: 'a=b' });
  });
});

describe('the content type', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/problem+json',
    'APPLICATION/JSON',
  ])('%s is that of JSON', (type) => {
    const { headers, notes } = tidied('userinfo', { sub: 'x' }, 200, { 'content-type': type });
    expect(notes).toEqual([]);
    expect(headers.get('content-type')).toBe('application/json');
  });
  test.each([
    'text/json',
    'x-application/json',
    'application/jsonp',
    'application/x json',
    'application/(x)+json',
  ])('%s is not, and set right', (type) => {
    const { headers, notes } = tidied('userinfo', { sub: 'x' }, 200, { 'content-type': type });
    expect(notes).toEqual([`The content type is ${type}, not application/json; read all the same.`]);
    expect(headers.get('content-type')).toBe('application/json');
  });
  test('of what is no JSON is left alone', () => {
    const { headers, notes } = tidied('userinfo', '<html>', 200, PLAIN);
    expect([headers.get('content-type'), notes]).toEqual(['text/plain', []]);
  });
});

describe('a success is a status from 200 to 299', () => {
  const error = { error: 'access_denied' };
  test.each([200, 299])('%i with an error is none', (status) => {
    expect(tidied('token', error, status)).toMatchObject({
      status: 400,
      notes: [
        `The status is ${status} although the body is an error (RFC 6749 §5.2).`,
        'The OAuth error is access_denied.',
      ],
    });
  });
  test('300 is none, whatever the body', () => {
    expect(tidied('token', error, 300)).toMatchObject({ status: 300, notes: [] });
    expect(tidied('revocation', {}, 300)).toMatchObject({ status: 300, notes: [] });
  });
});

describe('an error', () => {
  test.each([
    [400, 'invalid_grant', 400],
    [499, 'invalid_grant', 499],
    [500, 'invalid_grant', 400],
    [500, 'server_error', 500],
    [503, 'temporarily_unavailable', 503],
    [500, 'x_server_error', 400],
    [500, 'server_error_x', 400],
  ])('with status %i named %s is one with %i', (status, error, read) => {
    const { notes, ...draft } = tidied('token', { error }, status);
    expect(draft.status).toBe(read);
    expect(notes).toEqual([
      ...(status === read
        ? []
        : [`The status is ${status} although ${error} is a client’s error; read as 400.`]),
      `The OAuth error is ${error}.`,
    ]);
  });
  test.each([[7], [null], [''], [['invalid_grant']]])('named %j is none by name', (error) => {
    const { notes } = tidied('token', { error }, 400);
    expect(notes.filter((note) => note.startsWith('The OAuth error'))).toEqual([]);
  });
  test('is told once by its name, not for a success', () => {
    expect(tidied('introspection', { active: false, error: 'x' }).notes).toEqual([]);
  });
  test('goes before a challenge beside it; a challenge alone is not worth a note', () => {
    const challenged = { ...JSON_TYPE, 'www-authenticate': 'Bearer' };
    const beside = 'WWW-Authenticate stands beside an OAuth error; the error in the body counts.';
    expect(tidied('token', { error: 'x' }, 401, challenged).notes).toContain(beside);
    expect(tidied('token', { error: 'x' }, 401).notes).not.toContain(beside);
    const alone = tidied('token', {}, 401, challenged);
    expect(alone.notes).toEqual([]);
    expect(alone.headers.has('www-authenticate')).toBe(false);
  });
  test('has no token type to mend', () => {
    expect(tidied('token', { error: 'x' }, 400).json).toEqual({ error: 'x' });
  });
});

describe('a member of the wrong type is read as', () => {
  const member = (kind: AnswerKind, name: string, value: unknown, more: object = {}) =>
    tidied(kind, { ...more, [name]: value }).json?.[name];

  test('a scope of the texts in a list', () => {
    expect(member('token', 'scope', ['a', 7, null, 'b'])).toBe('a b');
    expect(member('token', 'scope', { a: 1 })).toEqual({ a: 1 });
  });
  test.each([
    [0, 0],
    [99, 99],
    ['99', 99],
    ['99.5 s', 99.5],
    [-1, 0],
    ['-1', 0],
    ['soon', 0],
    [true, 0],
    [[99], 0],
    [undefined, 0],
  ])('the end of a secret %j as %j', (value, read) => {
    const secret = { client_id: 'id', client_secret: 's' };
    expect(member('registration', 'client_secret_expires_at', value, secret)).toBe(read);
    const { notes } = tidied('registration', { ...secret, client_secret_expires_at: value }, 201);
    expect(notes.length).toBe(value === read ? 0 : 1);
  });
  test('the end of a secret beyond all numbers as never', () => {
    const { json } = tidied('registration', '{"client_secret":"s","client_secret_expires_at":1e999}');
    expect(json?.client_secret_expires_at).toBe(0);
  });
  test('no end, without a secret', () => {
    expect(tidied('registration', { client_id: 'id' }, 201)).toMatchObject({
      json: { client_id: 'id' },
      notes: [],
    });
  });
  test.each([
    [60, 60],
    ['60', 60],
    ['1.5', 1.5],
    [-1, undefined],
    [0, undefined],
    [true, undefined],
    [[60], undefined],
  ])('the life of a token %j as %j', (value, read) => {
    expect(member('token', 'expires_in', value)).toBe(read);
  });
  test('an endless life of a token as unknown', () => {
    expect(tidied('token', '{"expires_in":1e999}').json).toEqual({});
  });
  test('no life of a token as none, without a note', () => {
    expect(tidied('token', { access_token: 'at', token_type: 'Bearer' }).notes).toEqual([]);
    expect(tidied('token', 'hello', 200, PLAIN).notes).toEqual([]);
  });
  test.each([
    ['bearer', 'bearer'],
    ['DPoP', 'DPoP'],
    ['N_A', 'N_A'],
    ['xbearer', 'Bearer'],
    ['bearerx', 'Bearer'],
    [['bearer'], 'Bearer'],
  ])('the token type %j as %s', (value, read) => {
    expect(member('token', 'token_type', value, { access_token: 'at' })).toBe(read);
    const { notes } = tidied('token', { access_token: 'at', token_type: value });
    expect(notes).toEqual(value === read ? [] : [`token_type is ${JSON.stringify(value)}; sent as Bearer.`]);
  });
  test('an ID token set aside, noted only when it is none', () => {
    expect(tidied('token', { id_token: 'x.y.z' })).toMatchObject({
      json: { unvalidated_id_token: 'x.y.z' },
      notes: [],
    });
    expect(tidied('token', { id_token: 7 }).notes).toEqual(['id_token is no string; ignored.']);
  });
  test.each([
    ['a, b  c,', ['a', 'b', 'c']],
    ['untrue', ['untrue']],
    ['true-x', ['true-x']],
    ['TRUE', true],
    ['False', false],
    [['a'], ['a']],
    [true, true],
  ])('a list %j as %j', (value, read) => {
    expect(member('issuer', 'scopes_supported', value)).toEqual(read);
  });
  test.each([
    ['true', true],
    ['FALSE', false],
    ['untrue', 'untrue'],
    ['true-x', 'true-x'],
    [false, false],
    [1, 1],
  ])('a flag %j as %j', (value, read) => {
    expect(member('issuer', 'require_pushed_authorization_requests', value)).toBe(read);
  });
});

test('of many mended members five are named, and of a long one the start', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const nulls = Object.fromEntries(names.map((name) => [name, null]));
  expect(tidied('issuer', nulls)).toMatchObject({ json: {}, notes: ['Dropped null: a, b, c, d, e.'] });
  const lists = Object.fromEntries(names.map((name) => [`${name}_supported`, 'x']));
  expect(
    tidied('issuer', lists)
      .notes.join()
      .match(/has the wrong type/g)?.length,
  ).toBe(5);
  const [note] = tidied('issuer', { scopes_supported: 'x'.repeat(200) }).notes;
  expect(note).toBe(`scopes_supported has the wrong type; read as ["${'x'.repeat(78)}.`);
});

test('secrets and IDs with -_. work raw, encoded and in the body', async () => {
  const clientSecret = 'a-b_c.d~e';
  for (const accepts of [
    ({ headers }: Received) => atob((headers.authorization ?? '').slice(6)) === `i-d_.x:${clientSecret}`,
    ({ form }: Received) => form.get('client_secret') === clientSecret,
  ]) {
    const on = (await stage()).on('POST https://as.example/token', (request) =>
      accepts(request) ? { body: TOKENS } : { status: 401, body: { error: 'invalid_client' } },
    );
    const credentials = {
      clientId: 'i-d_.x',
      authentication: 'client_secret_basic',
      clientSecret,
      issuer: ISSUER,
    } as const;
    const call = refreshTokens(on.ctx, {
      issuer: issuerMetadata(),
      credentials,
      refreshToken: 'rt',
      resource: null,
    });
    expect((await call).accessToken).toBe('at');
  }
});
