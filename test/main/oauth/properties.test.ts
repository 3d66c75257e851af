import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createAuthorizationRequest } from '../../../src/main/oauth/authorization-request.ts';
import { readAuthorizationResponse } from '../../../src/main/oauth/authorization-response.ts';
import { bearerChallenge, parseChallenges } from '../../../src/main/oauth/challenge.ts';
import type { ProtocolContext } from '../../../src/main/oauth/context.ts';
import { silentObserver } from '../../../src/main/oauth/context.ts';
import { discover } from '../../../src/main/oauth/discovery.ts';
import { freshUntil, retryAfterMs } from '../../../src/main/oauth/freshness.ts';
import { identifyAccount } from '../../../src/main/oauth/identity.ts';
import { discoverIssuer } from '../../../src/main/oauth/issuer-metadata.ts';
import { tidy } from '../../../src/main/oauth/lenient-fetch.ts';
import { obtainClient } from '../../../src/main/oauth/registration.ts';
import { refreshTokens } from '../../../src/main/oauth/token-endpoint.ts';
import { browserUrl, isLoopbackHost, parseServerUrl } from '../../../src/main/oauth/url-policy.ts';
import { ProblemError } from '../../../src/shared/problems.ts';
import { ISSUER, issuerDocument, resourceDocument, SERVER, settings } from './profiles.ts';
import { issuerMetadata, redirectUris } from './sign-in.ts';

vi.setConfig({ testTimeout: 120_000 });

const RUNS = 10_000;
const SEED = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
console.log(`fast-check seed ${SEED} (set FC_SEED to repeat)`);
const check = { numRuns: RUNS, seed: SEED };

/** Answers every request with the same text, without a socket: ten thousand runs in seconds. */
const answering = (body: string, status = 200, type = 'application/json'): ProtocolContext => ({
  fetch: async () =>
    new Response(status === 204 ? null : body, { status, headers: { 'content-type': type } }),
  observer: silentObserver,
  now: () => 1_780_000_000_000,
  timeoutMs: 10_000,
});

/** A call may succeed or fail with a problem, nothing else. */
const typed = async <T>(call: () => Promise<T> | T): Promise<T | null> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
};

const isSafeAddress = (url: URL) =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));

const address = fc.oneof(
  fc.webUrl(),
  fc.string(),
  fc.constantFrom(
    'javascript:alert(1)',
    'https://as.example/x',
    'http://as.example/x',
    'http://127.0.0.1/x',
    'https://10.0.0.1/x',
    'file:///x',
    'https://u:p@as.example/',
    'data:,x',
    '\u0000',
    'HTTPS://AS.EXAMPLE',
    'http://localhost:1',
  ),
);
const odd = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 2, arbitrary: address },
  { weight: 1, arbitrary: fc.array(address) },
);
/** A good document with some members replaced by anything. */
const mangled = (good: object) =>
  fc
    .dictionary(fc.oneof(fc.constantFrom(...Object.keys(good)), fc.string()), odd, { maxKeys: 6 })
    .map((members) => JSON.stringify({ ...good, ...members }));
const textLike = (good: object) =>
  fc.oneof({ weight: 6, arbitrary: mangled(good) }, fc.json(), fc.string(), fc.string({ unit: 'binary' }));
const status = fc.oneof(
  { weight: 5, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 204, 400, 401, 403, 404, 418, 500, 503),
);
const contentType = fc.constantFrom(
  'application/json',
  'text/html',
  'application/x-www-form-urlencoded',
  'x',
);

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,10}$/);
const visible = fc.string({ unit: fc.constantFrom(...' !"#,;=\\aZ09/:é~\t'), maxLength: 20 });

describe('challenge headers', () => {
  test('anything at all is read without an exception, within bounds', () => {
    const header = fc.oneof(
      fc.string(),
      fc.string({
        unit: fc.constantFrom('Bearer', 'DPoP', ' ', ',', '=', '"', '\\', 'a', 'scope', 'error', '\t'),
        maxLength: 60,
      }),
    );
    fc.assert(
      fc.property(header, (value) => {
        const challenges = parseChallenges(value);
        expect(challenges.length).toBeLessThanOrEqual(20);
        for (const { scheme, parameters } of challenges) {
          expect(scheme).not.toBe('');
          expect(Object.keys(parameters).every((name) => name === name.toLowerCase())).toBe(true);
        }
      }),
      check,
    );
  });

  test('what is written by the grammar is read back', () => {
    const parameters = fc.uniqueArray(
      fc.tuple(
        token.map((name) => name.toLowerCase()),
        visible,
      ),
      {
        selector: ([name]) => name,
        maxLength: 5,
      },
    );
    const challenges = fc.array(fc.tuple(token, parameters), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(challenges, (written) => {
        const text = written
          .map(([scheme, list]) =>
            [scheme, list.map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`).join(', ')]
              .filter(Boolean)
              .join(' '),
          )
          .join(', ');
        const read = parseChallenges(text).map((one) => [one.scheme, { ...one.parameters }]);
        expect(read).toEqual(written.map(([scheme, list]) => [scheme, Object.fromEntries(list)]));
      }),
      check,
    );
  });

  test('the challenge acted on is Bearer or DPoP, or none', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('Bearer', ' ', ',', '=', '"', 'x', 'scope'), maxLength: 30 }),
        (value) => {
          const found = bearerChallenge(new Headers({ 'www-authenticate': value }));
          if (found) expect(['Bearer', 'DPoP']).toContain(found.scheme);
        },
      ),
      check,
    );
  });
});

describe('metadata documents', () => {
  test('of issuers never lead to an untyped exception or a foreign name', async () => {
    await fc.assert(
      fc.asyncProperty(textLike(issuerDocument()), status, contentType, async (body, code, type) => {
        const found = await typed(() => discoverIssuer(answering(body, code, type), ISSUER));
        if (found) expect([ISSUER, `${ISSUER}/`]).toContain(found.server.issuer);
      }),
      check,
    );
  });

  test('of servers and issuers together lead only to safe addresses and covered resources', async () => {
    const both = { ...issuerDocument(), ...resourceDocument() };
    await fc.assert(
      fc.asyncProperty(textLike(both), address, async (body, named) => {
        const ctx = answering(body);
        const found = await typed(() =>
          discover(ctx, {
            serverUrl: SERVER,
            challenge: { scheme: 'Bearer', resourceMetadata: named },
            settings,
          }),
        );
        if (!found) return;
        expect(new URL(found.resource ?? '').origin).toBe(SERVER.origin);
        expect(found.issuers.length).toBeLessThanOrEqual(20);
        const { issuer, resource, scopes } = found;
        const credentials = { clientId: 'id', authentication: 'none', issuer: issuer.issuer } as const;
        const asked = { issuer, credentials, redirectUri: 'a:/b', resource, scopes };
        const request = await createAuthorizationRequest(ctx, asked).catch(() => null);
        if (request) expect(isSafeAddress(request.url)).toBe(true);
        for (const [member, value] of Object.entries(issuer.server)) {
          if (member.endsWith('_endpoint')) expect(isSafeAddress(new URL(String(value)))).toBe(true);
        }
      }),
      check,
    );
  });
});

describe('answers of issuers', () => {
  test('to a registration never lead to an untyped exception', async () => {
    const good = {
      client_id: 'id',
      client_secret: 's',
      client_secret_expires_at: 0,
      redirect_uris: redirectUris.loopback,
    };
    await fc.assert(
      fc.asyncProperty(textLike(good), status, contentType, async (body, code, type) => {
        const client = await typed(() =>
          obtainClient(answering(body, code, type), issuerMetadata(), { redirectUris }),
        );
        if (!client) return;
        expect(client.credentials.clientId).not.toBe('');
        expect(client.redirectUris.length).toBeGreaterThan(0);
        if (client.registrationClientUri) expect(new URL(client.registrationClientUri).origin).toBe(ISSUER);
      }),
      check,
    );
  });

  test('to a token request never lead to an untyped exception or a token that breaks a header', async () => {
    const good = {
      access_token: 'at',
      token_type: 'Bearer',
      expires_in: 60,
      refresh_token: 'rt',
      scope: 'a',
      id_token: 'x.y.z',
    };
    const credentials = { clientId: 'id', authentication: 'none', issuer: ISSUER } as const;
    await fc.assert(
      fc.asyncProperty(textLike(good), status, contentType, async (body, code, type) => {
        const ctx = answering(body, code, type);
        const request = { issuer: issuerMetadata(), credentials, refreshToken: 'rt', resource: null };
        const tokens = await typed(() => refreshTokens(ctx, request));
        if (!tokens) return;
        new Headers({ authorization: `Bearer ${tokens.accessToken}` });
        expect(tokens.expiresAt === null || Number.isSafeInteger(tokens.expiresAt)).toBe(true);
        expect(await identifyAccount(ctx, issuerMetadata(), credentials, tokens)).toBeNull();
      }),
      check,
    );
  });

  test('are tidied twice as once', () => {
    fc.assert(
      fc.property(textLike({ access_token: 'at', scope: ['a'], expires_in: '60' }), status, (body, code) => {
        const once = tidy({ status: code, headers: new Headers(), body }, 'token', []);
        if (!once.json) return;
        const again = tidy({ ...once, body: JSON.stringify(once.json) }, 'token', []);
        expect(again).toMatchObject({ status: once.status, json: JSON.parse(JSON.stringify(once.json)) });
      }),
      check,
    );
  });
});

describe('addresses', () => {
  test('of callbacks lead to a code only with our state and the right issuer', () => {
    const pending = {
      state: 'state-1',
      codeVerifier: 'v',
      redirectUri: 'a:/b',
      issuer: issuerMetadata(),
      clientId: 'id',
      resource: null,
      scopes: null,
    };
    const name = fc.oneof(
      fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'id_token'),
      fc.string(),
    );
    const value = fc.oneof(fc.constantFrom('state-1', ISSUER, `${ISSUER}/`, ''), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
        const parameters = new URLSearchParams([...pairs]);
        let read: URLSearchParams;
        try {
          read = readAuthorizationResponse(pending, parameters);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
          return;
        }
        expect(parameters.getAll('state')).toEqual(['state-1']);
        expect(parameters.getAll('code').length).toBe(1);
        expect(read.get('code')).not.toBe('');
        expect(parameters.has('error')).toBe(false);
        if (parameters.has('iss')) expect(parameters.getAll('iss')).toEqual([ISSUER]);
      }),
      check,
    );
  });

  test('typed by a person are https, or http on loopback, or refused', () => {
    fc.assert(
      fc.property(address, (typedIn) => {
        try {
          const url = parseServerUrl(typedIn);
          expect(isSafeAddress(url)).toBe(true);
          expect(url.username + url.password + url.hash).toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
      }),
      check,
    );
  });

  test('for the browser are https, or http on loopback, or refused', () => {
    fc.assert(
      fc.property(address, (found) => {
        try {
          expect(isSafeAddress(browserUrl(found))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
      }),
      check,
    );
  });
});

test('times from headers are finite and bounded', () => {
  const header = fc.oneof(
    fc.string(),
    fc.constantFrom('max-age=', 'max-age=-1', 'no-store'),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(header, header, (one, other) => {
      const headers = new Headers();
      for (const [name, value] of [
        ['cache-control', one],
        ['expires', other],
        ['retry-after', one],
        ['age', other],
      ] as const) {
        try {
          headers.set(name, value);
        } catch {
          // No header can hold it.
        }
      }
      const until = freshUntil(headers, 1000);
      expect(until).toBeGreaterThanOrEqual(1000);
      expect(until).toBeLessThanOrEqual(1000 + 86_400_000);
      const wait = retryAfterMs(headers, 1000);
      expect(wait === null || (wait >= 0 && wait <= 86_400_000)).toBe(true);
    }),
    check,
  );
});
