import { describe, expect, test } from 'vitest';
import { readAuthorizationResponse } from '../../../src/main/oauth/authorization-response.ts';
import type { ClientCredentials } from '../../../src/main/oauth/client-authentication.ts';
import { type Dpop, generateDpopKey, importDpop } from '../../../src/main/oauth/dpop.ts';
import {
  exchangeCode,
  type RefreshRequest,
  refreshTokens,
  TokenEndpointFailure,
} from '../../../src/main/oauth/token-endpoint.ts';
import { ProblemError } from '../../../src/shared/problems.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { type Answer, problemIn, problemOfCall, type Received, type Stage, stage } from './stage.ts';

const TOKEN = 'POST https://as.example/token';
const credentials: ClientCredentials = { clientId: 'id', authentication: 'none', issuer: ISSUER };
const pending = {
  state: 's',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'http://127.0.0.1:1/cb',
  issuer: issuerMetadata(),
  clientId: 'id',
  resource: 'https://mcp.example/mcp',
  scopes: ['a'],
};
const exchange = (on: Stage, more: Partial<typeof pending> = {}, as = credentials, dpop?: Dpop) => {
  const asked = { ...pending, ...more };
  const parameters = readAuthorizationResponse(asked, new URLSearchParams({ code: 'c', state: 's' }));
  return exchangeCode(on.ctx, asked, as, parameters, dpop);
};
const refresh = (on: Stage, more: Partial<RefreshRequest> = {}) =>
  refreshTokens(on.ctx, {
    issuer: issuerMetadata(),
    credentials,
    refreshToken: 'rt',
    resource: null,
    ...more,
  });
const failureOf = async (call: Promise<unknown>): Promise<TokenEndpointFailure> => {
  const error = await problemIn(call);
  if (!(error instanceof TokenEndpointFailure)) throw error;
  return error;
};
const answering = async (answer: Answer | ((request: Received) => Answer)) =>
  (await stage()).on(TOKEN, answer);

describe('the exchange of a code', () => {
  test('sends code, verifier, redirect URI, resource and client', async () => {
    const on = await answering({ body: { access_token: 'at', token_type: 'Bearer' } });
    await exchange(on);
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: 'c',
      code_verifier: 'v'.repeat(43),
      redirect_uri: 'http://127.0.0.1:1/cb',
      resource: 'https://mcp.example/mcp',
      client_id: 'id',
    });
    expect(on.requests[0]?.headers).not.toHaveProperty('authorization');
  });
  test('leaves the resource out when it is to be omitted', async () => {
    const on = await answering({ body: { access_token: 'at', token_type: 'Bearer' } });
    await exchange(on, { resource: null as never });
    expect(on.requests[0]?.form.has('resource')).toBe(false);
  });
  test('counts the life of the token from when the request left', async () => {
    const on = await answering(() => {
      on.now += 5000;
      return { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } };
    });
    const sentAt = on.now;
    expect((await exchange(on)).expiresAt).toBe(sentAt + 60_000);
  });
  test('takes the scope of the answer as granted, else what was asked', async () => {
    const told = await answering({ body: { access_token: 'at', token_type: 'Bearer', scope: 'b c' } });
    expect((await exchange(told)).scopes).toEqual(['b', 'c']);
    const silent = await answering({ body: { access_token: 'at', token_type: 'Bearer' } });
    expect((await exchange(silent)).scopes).toEqual(['a']);
    expect((await exchange(silent, { scopes: null as never })).scopes).toBeNull();
  });
  test('never sends the code across a redirect to another origin', async () => {
    const on = await answering({ status: 307, headers: { location: 'https://evil.example/token' } });
    expect(await problemOfCall(exchange(on))).toBe('redirect-refused');
    expect(on.requests.length).toBe(1);
  });
  test('goes to an issuer on this computer over plain http', async () => {
    const on = (await stage()).on('POST /token', { body: { access_token: 'at', token_type: 'Bearer' } });
    const here = { ...issuerMetadata({ token_endpoint: `${on.origin}/token` }, on.origin) };
    const as = { ...credentials, issuer: on.origin };
    expect((await exchange(on, { issuer: here }, as)).accessToken).toBe('at');
  });
  test('never sends the code over plain http', async () => {
    const on = await stage();
    const issuer = issuerMetadata({ token_endpoint: 'http://as.example/token' });
    expect(await problemOfCall(exchange(on, { issuer }))).toBe('endpoint-refused');
    expect(on.requests).toEqual([]);
  });
  test('never sends the code into one’s own network for a public server', async () => {
    const on = await stage({ reach: 'public' });
    const issuer = issuerMetadata({ token_endpoint: 'https://10.0.0.1/token' });
    expect(await problemOfCall(exchange(on, { issuer }))).toBe('private-address-refused');
    expect(on.exchanges).toEqual([]);
  });
  test('never uses a client at another issuer', async () => {
    const on = await stage();
    const foreign = { ...credentials, issuer: 'https://old.example' };
    expect(await problemOfCall(exchange(on, {}, foreign))).toBe('registration-issuer-mismatch');
    expect(on.requests).toEqual([]);
  });
  test('caps a life of a thousand years', async () => {
    const on = await answering({ body: { access_token: 'at', token_type: 'Bearer', expires_in: 1e300 } });
    expect((await exchange(on)).expiresAt).toBeLessThan(on.now + 11 * 365 * 86_400_000);
  });
});

describe('a renewal', () => {
  test('sends refresh token, resource and, to narrow, scope', async () => {
    const on = await answering({ body: { access_token: 'at2', token_type: 'Bearer', refresh_token: 'rt2' } });
    const tokens = await refresh(on, { resource: 'https://mcp.example/mcp', scopes: ['a', 'b'] });
    expect(Object.fromEntries(on.requests[0]?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt',
      resource: 'https://mcp.example/mcp',
      scope: 'a b',
      client_id: 'id',
    });
    expect(tokens.refreshToken).toBe('rt2');
  });
  test('keeps the old refresh token when none is sent', async () => {
    const on = await answering({ body: { access_token: 'at2', token_type: 'Bearer' } });
    expect((await refresh(on)).refreshToken).toBe('rt');
  });
  test('without resource or scopes names none', async () => {
    const on = await answering({ body: { access_token: 'at2', token_type: 'Bearer' } });
    await refresh(on, { resource: null, scopes: [] });
    expect([...(on.requests[0]?.form.keys() ?? [])].sort()).toEqual([
      'client_id',
      'grant_type',
      'refresh_token',
    ]);
  });
  test('takes a token without a kind of its own (RFC 8693 N_A) as Bearer', async () => {
    const on = await answering({ body: { access_token: 'at2', token_type: 'N_A' } });
    expect(await refresh(on)).toMatchObject({ accessToken: 'at2', tokenType: 'Bearer' });
  });
});

describe('a failed token request means', () => {
  const oauthError = (error: string, status = 400, headers = {}): Answer => ({
    status,
    headers,
    body: { error },
  });
  test.each([
    [oauthError('invalid_grant'), 'grant-invalid', 'token-refused', 'grant-revoked'],
    [oauthError('invalid_grant', 401), 'grant-invalid', 'token-refused', 'grant-revoked'],
    [oauthError('invalid_grant', 500), 'grant-invalid', 'token-refused', 'grant-revoked'],
    [oauthError('invalid_client', 401), 'client-invalid', 'client-unknown', 'client-unknown'],
    [oauthError('invalid_request'), 'refused', 'token-refused', 'token-refused'],
    [oauthError('unauthorized_client'), 'refused', 'token-refused', 'token-refused'],
    [oauthError('invalid_target'), 'refused', 'token-refused', 'token-refused'],
    [oauthError('temporarily_unavailable', 503), 'temporary', 'server-error', 'refresh-delayed'],
    [oauthError('server_error', 500), 'temporary', 'server-error', 'refresh-delayed'],
    [{ status: 500, body: 'oops' }, 'temporary', 'server-error', 'refresh-delayed'],
    [{ status: 502 }, 'temporary', 'server-error', 'refresh-delayed'],
    [{ status: 429 }, 'temporary', 'server-error', 'refresh-delayed'],
    [{ status: 408 }, 'temporary', 'token-refused', 'refresh-delayed'],
    [{ status: 500, body: { error: 'invalid_request' } }, 'refused', 'token-refused', 'token-refused'],
    [{ status: 304 }, 'refused', 'token-refused', 'token-refused'],
    [oauthError('temporarily_unavailable'), 'temporary', 'token-refused', 'refresh-delayed'],
    [oauthError('server_error'), 'temporary', 'token-refused', 'refresh-delayed'],
    [oauthError('slow_down'), 'temporary', 'token-refused', 'refresh-delayed'],
    [{ status: 401 }, 'refused', 'token-refused', 'token-refused'],
    [{ status: 404, body: '<html>' }, 'refused', 'token-refused', 'token-refused'],
    [{ body: 'hello' }, 'refused', 'answer-malformed', 'answer-malformed'],
    [{ body: {} }, 'refused', 'answer-malformed', 'answer-malformed'],
    [{ body: { access_token: 'a b' } }, 'refused', 'answer-malformed', 'answer-malformed'],
    [{ body: { access_token: 'a\r\nx: y' } }, 'refused', 'answer-malformed', 'answer-malformed'],
    [{ body: { access_token: 7 } }, 'refused', 'answer-malformed', 'answer-malformed'],
    [{ body: { access_token: 'at', token_type: 'DPoP' } }, 'refused', 'token-refused', 'token-refused'],
  ])('%j: %s', async (answer, kind, whenExchanging, whenRenewing) => {
    const on = await answering(answer as Answer);
    const exchanging = await failureOf(exchange(on));
    expect([exchanging.kind, exchanging.problem.code]).toEqual([kind, whenExchanging]);
    const renewing = await failureOf(refresh(on));
    expect([renewing.kind, renewing.problem.code]).toEqual([kind, whenRenewing]);
    for (const { problem } of [exchanging, renewing]) expect(problem.params.host).toBe('as.example');
  });

  test('in the issuer’s own words, else by status and endpoint', async () => {
    const told = async (answer: Answer) => {
      const { problem, cause } = await failureOf(refresh(await answering(answer)));
      expect(cause).toBeInstanceOf(ProblemError);
      return [problem.params.reason ?? problem.params.error ?? problem.params.what, problem.detail];
    };
    const described = { error: 'slow_down', error_description: 'too many' };
    expect(await told({ status: 400, body: described })).toEqual([
      'slow_down: too many',
      'slow_down: too many',
    ]);
    expect(await told(oauthError('slow_down'))).toEqual(['slow_down', 'slow_down']);
    const status = 'status 502 from the token endpoint';
    expect(await told({ status: 502 })).toEqual([status, status]);
    expect(await told({ status: 400, body: { error: '' } })).toEqual([
      'status 400 from the token endpoint',
      'status 400 from the token endpoint',
    ]);
    expect(await told({ body: 'hello' })).toEqual(['its token answer', expect.any(String)]);
    expect(await told({ body: { access_token: 'a b', token_type: 'Bearer' } })).toEqual([
      'a token answer without a usable token',
      null,
    ]);
    expect(await told({ body: { access_token: 'at', token_type: 'DPoP' } })).toEqual([
      'a DPoP token nobody asked for',
      null,
    ]);
  });
  test('never more than the issuer’s first thousand characters', async () => {
    const error_description = 'x'.repeat(5000);
    const on = await answering({ status: 400, body: { error: 'invalid_target', error_description } });
    const { problem } = await failureOf(refresh(on));
    expect(problem.detail).toBe(`invalid_target: ${'x'.repeat(1000)}`);
  });
  test.each([
    [issuerMetadata({ token_endpoint: undefined }), 'issuer-incomplete'],
    [issuerMetadata({ token_endpoint: 'ftp://as.example' }), 'endpoint-refused'],
  ])('nothing for the grant when it was never sent (%#)', async (issuer, code) => {
    const { problem, ...rest } = await problemIn(refresh(await stage(), { issuer }));
    expect(problem.code).toBe(code);
    expect(rest).not.toHaveProperty('kind');
  });
  test('nothing for the grant when the caller gives up', async () => {
    const stop = new AbortController();
    const on = await stage({ signal: stop.signal });
    on.on(TOKEN, () => {
      stop.abort(new Error('cancelled by the person'));
      return null;
    });
    const thrown = await refresh(on).catch((error: unknown) => error);
    expect(thrown).not.toBeInstanceOf(ProblemError);
    expect(thrown).toMatchObject({ message: 'cancelled by the person' });
  });
  test.each([
    [
      Object.defineProperty(new Response('x'), 'status', { value: 999 }),
      'status 502 from the token endpoint',
    ],
    [new Response('x', { status: 599 }), 'status 599 from the token endpoint'],
  ])('what its status says, however odd (%#)', async (answer, reason) => {
    const on = await stage({ fetch: async () => answer });
    const { kind, problem } = await failureOf(refresh(on));
    expect([kind, problem.params.reason]).toEqual(['temporary', reason]);
  });

  test('a network that is down is temporary', async () => {
    const down = Object.assign(new Error(), { code: 'ENOTFOUND' });
    const on = await stage({ fetch: () => Promise.reject(new TypeError('x', { cause: down })) });
    expect((await failureOf(refresh(on))).kind).toBe('temporary');
    expect((await failureOf(exchange(on))).problem.code).toBe('host-not-found');
  });
  test('a timeout is temporary', async () => {
    const on = await stage({ timeoutMs: 30, fetch: () => new Promise(() => {}) });
    expect(await failureOf(refresh(on))).toMatchObject({
      kind: 'temporary',
      problem: { code: 'refresh-delayed' },
    });
  });
  test('Retry-After is passed on', async () => {
    const on = await answering({ status: 429, headers: { 'retry-after': '9' } });
    expect((await failureOf(refresh(on))).retryAfterMs).toBe(9000);
    on.on(TOKEN, oauthError('invalid_grant'));
    expect((await failureOf(refresh(on))).retryAfterMs).toBeNull();
  });
  test('the issuer’s words are told, made visible, and no secret with them', async () => {
    const on = await answering({
      status: 400,
      body: { error: 'invalid_target', error_description: 'x\u202ey' },
    });
    const { problem } = await failureOf(refresh(on));
    expect(problem.params.error).toBe('invalid_target: x\\u{202e}y');
    expect(JSON.stringify(problem)).not.toContain('rt');
  });
  test('no second try with the same code, but for invalid_client', async () => {
    const on = await answering(oauthError('invalid_grant'));
    const secret = { ...credentials, authentication: 'client_secret_basic', clientSecret: 'a-b' } as const;
    await failureOf(exchange(on, {}, secret));
    expect(on.requests.length).toBe(1);
  });
});

describe('DPoP at the token endpoint (RFC 9449 §5, §8)', () => {
  test('a proof is sent, and the nonce asked for is used once', async () => {
    const on = await answering(({ headers }) => {
      const nonce = JSON.parse(atob((headers.dpop ?? '').split('.')[1] ?? '')).nonce;
      return nonce === 'n1'
        ? { body: { access_token: 'at', token_type: 'DPoP' } }
        : { status: 400, headers: { 'dpop-nonce': 'n1' }, body: { error: 'use_dpop_nonce' } };
    });
    const dpop = await importDpop((await generateDpopKey()) ?? {});
    expect((await refresh(on, { dpop })).tokenType).toBe('DPoP');
    expect(on.requests.length).toBe(2);
    await refresh(on, { dpop });
    expect(on.requests.length).toBe(3);
    expect((await exchange(on, {}, credentials, dpop)).tokenType).toBe('DPoP');
  });
  test('a nonce that comes with another error is kept for the next request, and nothing repeated', async () => {
    const on = await answering({
      status: 400,
      headers: { 'dpop-nonce': 'n1' },
      body: { error: 'invalid_grant' },
    });
    const dpop = await importDpop((await generateDpopKey()) ?? {});
    expect((await failureOf(refresh(on, { dpop }))).kind).toBe('grant-invalid');
    expect(on.requests.length).toBe(1);
  });
  test('a nonce that is demanded although it was sent is not sent again', async () => {
    const on = await answering({
      status: 400,
      headers: { 'dpop-nonce': 'n1' },
      body: { error: 'use_dpop_nonce' },
    });
    const dpop = await importDpop((await generateDpopKey()) ?? {});
    await failureOf(refresh(on, { dpop }));
    expect(on.requests.length).toBe(2);
    await failureOf(refresh(on, { dpop }));
    expect(on.requests.length).toBe(3);
  });
  test('a nonce nobody can prove anything with changes nothing', async () => {
    const on = await answering({
      status: 400,
      headers: { 'dpop-nonce': 'n1' },
      body: { error: 'use_dpop_nonce' },
    });
    expect((await failureOf(refresh(on))).kind).toBe('refused');
    expect(on.requests.length).toBe(1);
    expect(on.requests[0]?.headers).not.toHaveProperty('dpop');
  });
  test('a nonce asked for again and again is not', async () => {
    let count = 0;
    const on = await answering(() => {
      count += 1;
      return { status: 400, headers: { 'dpop-nonce': `n${count}` }, body: { error: 'use_dpop_nonce' } };
    });
    const dpop = await importDpop((await generateDpopKey()) ?? {});
    expect((await failureOf(refresh(on, { dpop }))).kind).toBe('refused');
    expect(on.requests.length).toBe(2);
  });
  test('a Bearer token is taken when the issuer ignores the proof', async () => {
    const on = await answering({ body: { access_token: 'at', token_type: 'Bearer' } });
    const dpop = await importDpop((await generateDpopKey()) ?? {});
    expect((await refresh(on, { dpop })).tokenType).toBe('Bearer');
  });
});
