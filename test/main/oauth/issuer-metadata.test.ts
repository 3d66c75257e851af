import { describe, expect, test } from 'vitest';
import { discoverIssuer, issuerAddresses, sameIssuer } from '../../../src/main/oauth/issuer-metadata.ts';
import { ISSUER, ISSUER_METADATA, issuerDocument } from './profiles.ts';
import { problemIn, problemOfCall, stage } from './stage.ts';

const TENANT = 'https://as.example/tenant/v2.0';

describe('the addresses of issuer metadata', () => {
  test('of an issuer without a path', async () => {
    const on = await stage();
    await problemIn(discoverIssuer(on.ctx, ISSUER));
    expect(on.asked()).toEqual([
      'GET https://as.example/.well-known/oauth-authorization-server',
      'GET https://as.example/.well-known/openid-configuration',
    ]);
  });

  test('of an issuer with a path', async () => {
    const on = await stage();
    await problemIn(discoverIssuer(on.ctx, TENANT));
    expect(on.asked()).toEqual([
      'GET https://as.example/.well-known/oauth-authorization-server/tenant/v2.0',
      'GET https://as.example/.well-known/openid-configuration/tenant/v2.0',
      'GET https://as.example/tenant/v2.0/.well-known/openid-configuration',
    ]);
  });

  test.each([0, 1, 2])('the first good one counts and ends the search (%i)', async (index) => {
    const on = await stage();
    const addresses = [
      'https://as.example/.well-known/oauth-authorization-server/tenant/v2.0',
      'https://as.example/.well-known/openid-configuration/tenant/v2.0',
      'https://as.example/tenant/v2.0/.well-known/openid-configuration',
    ];
    for (const address of addresses.slice(index)) on.on(`GET ${address}`, { body: issuerDocument(TENANT) });
    const found = await discoverIssuer(on.ctx, TENANT);
    expect(found.source).toBe(addresses[index]);
    expect(on.requests.length).toBe(index + 1);
  });

  test.each([
    ['an HTML page', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['a 503', { status: 503, body: 'later' }],
    ['a 401', { status: 401, headers: { 'www-authenticate': 'Bearer' } }],
    ['broken JSON', { body: '{' }],
    ['a redirect elsewhere', { status: 301, headers: { location: 'https://login.example/' } }],
    ['a document without issuer', { body: { token_endpoint: 'https://as.example/token' } }],
    ['JSON too deep', { body: `{"issuer":"${ISSUER}","x":${'['.repeat(40)}${']'.repeat(40)}}` }],
  ])('%s means: on to the next', async (_what, answer) => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, answer);
    on.on('GET https://as.example/.well-known/openid-configuration', { body: issuerDocument() });
    expect((await discoverIssuer(on.ctx, ISSUER)).source).toMatch(/openid-configuration$/);
  });
});

test.each([
  [299, true],
  [300, false],
  [500, false],
])('a document in an answer with status %i counts: %s', async (status, counts) => {
  const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { status, body: issuerDocument() });
  if (counts) expect((await discoverIssuer(on.ctx, ISSUER)).source).toBe(ISSUER_METADATA);
  else expect(await problemOfCall(discoverIssuer(on.ctx, ISSUER))).toBe('issuer-incomplete');
});

describe('no further address is asked', () => {
  test('of a host that is not there', async () => {
    const down = new TypeError('x', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) });
    const on = await stage({ fetch: () => Promise.reject(down) });
    expect(await problemOfCall(discoverIssuer(on.ctx, ISSUER, { legacy: true }))).toBe('host-not-found');
    expect(on.exchanges.length).toBe(1);
  });
  test('of one within one’s own network', async () => {
    const on = await stage({ reach: 'public', resolveHost: async () => ['10.0.0.1'] });
    const call = discoverIssuer(on.ctx, ISSUER, { legacy: true });
    expect(await problemOfCall(call)).toBe('private-address-refused');
    expect(on.exchanges.length).toBe(1);
  });
  test('when the caller gives up', async () => {
    const stop = new AbortController();
    const on = await stage({ signal: stop.signal });
    on.on(`GET ${ISSUER_METADATA}`, () => {
      stop.abort(new Error('cancelled by the person'));
      return null;
    });
    await expect(discoverIssuer(on.ctx, ISSUER)).rejects.toThrow('cancelled by the person');
    expect(on.exchanges.length).toBe(1);
  });
});

test('slashes at the end of an issuer’s path do not count', () => {
  const addresses = issuerAddresses(new URL('https://as.example/tenant//')).map(({ href }) => href);
  expect(addresses).toEqual([
    'https://as.example/.well-known/oauth-authorization-server/tenant',
    'https://as.example/.well-known/openid-configuration/tenant',
    'https://as.example/tenant/.well-known/openid-configuration',
  ]);
});

test('an issuer whose path starts like a host keeps to its own host', () => {
  for (const url of issuerAddresses(new URL('https://as.example//evil.example/x'))) {
    expect(url.origin).toBe(ISSUER);
  }
});

describe('the name in the document', () => {
  const named = async (name: string, issuer = ISSUER, trustedIssuerName?: string) => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { body: { ...issuerDocument(), issuer: name } });
    return discoverIssuer(on.ctx, issuer, trustedIssuerName ? { trustedIssuerName } : {});
  };

  test.each(['https://evil.example', 'https://as.example/tenant', 'HTTPS://as.example', 'http://as.example'])(
    '%s is refused for https://as.example, with both names',
    async (name) => {
      const { problem } = await problemIn(named(name));
      expect(problem).toMatchObject({ code: 'issuer-mismatch', params: { found: name, expected: ISSUER } });
    },
  );

  test('may differ by one slash at the root, both ways', async () => {
    expect((await named(`${ISSUER}/`)).server.issuer).toBe(`${ISSUER}/`);
    expect((await named(ISSUER, `${ISSUER}/`)).server.issuer).toBe(ISSUER);
  });

  test('may not differ by a slash after a path', async () => {
    const on = (await stage()).on(
      'GET https://as.example/.well-known/oauth-authorization-server/tenant/v2.0',
      {
        body: issuerDocument(`${TENANT}/`),
      },
    );
    expect(await problemOfCall(discoverIssuer(on.ctx, TENANT))).toBe('issuer-mismatch');
  });

  test('may be another one the settings trust, and only that one', async () => {
    expect((await named('https://x.example', ISSUER, 'https://x.example')).server.issuer).toBe(
      'https://x.example',
    );
    expect(await problemOfCall(named('https://y.example', ISSUER, 'https://x.example'))).toBe(
      'issuer-mismatch',
    );
  });

  test('that is wrong at one address does not spoil the next', async () => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { body: issuerDocument('https://evil.example') });
    on.on('GET https://as.example/.well-known/openid-configuration', { body: issuerDocument() });
    expect((await discoverIssuer(on.ctx, ISSUER)).server.issuer).toBe(ISSUER);
  });
});

describe('an issuer', () => {
  test.each(['http://as.example', 'ftp://as.example', 'nonsense', 'https://user:pw@as.example'])(
    'at %s is refused',
    async (issuer) => {
      const on = await stage();
      expect(await problemOfCall(discoverIssuer(on.ctx, issuer))).toBe('endpoint-refused');
      expect(on.requests).toEqual([]);
    },
  );

  test('without metadata is incomplete', async () => {
    const on = await stage();
    expect(await problemOfCall(discoverIssuer(on.ctx, ISSUER))).toBe('issuer-incomplete');
  });

  test('that only sends endless pages is reported as such', async () => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { body: 'x'.repeat(1_100_000) });
    expect(await problemOfCall(discoverIssuer(on.ctx, ISSUER))).toBe('answer-too-large');
  });

  test('of a legacy server without metadata has default endpoints', async () => {
    const on = await stage();
    on.on(`GET ${ISSUER_METADATA}`, { status: 302, headers: { location: 'https://www.example/' } });
    const found = await discoverIssuer(on.ctx, ISSUER, { legacy: true });
    expect(found).toMatchObject({
      source: 'defaults',
      freshUntil: on.now + 300_000,
      server: {
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        registration_endpoint: `${ISSUER}/register`,
      },
    });
  });

  test('of a legacy server that names itself wrongly does not get default endpoints', async () => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { body: issuerDocument('https://evil.example') });
    expect(await problemOfCall(discoverIssuer(on.ctx, ISSUER, { legacy: true }))).toBe('issuer-mismatch');
  });

  test('keeps only members we know, bounded, and survives JSON', async () => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, {
      body: issuerDocument(ISSUER, {
        scopes_supported: Array.from({ length: 5000 }, (_, index) => `s${index}`),
        userinfo_endpoint: 7,
        huge: 'x'.repeat(100_000),
        __proto__: { polluted: true },
      }),
    });
    const found = await discoverIssuer(on.ctx, ISSUER);
    expect(found.server.scopes_supported?.length).toBe(200);
    expect(found.server).not.toHaveProperty('huge');
    expect(found.server.userinfo_endpoint).toBeUndefined();
    expect(JSON.parse(JSON.stringify(found))).toStrictEqual(found);
  });
});

test('issuers are compared as strings, but for a slash at the root', () => {
  expect(sameIssuer('https://a.example', 'https://a.example/')).toBe(true);
  expect(sameIssuer('https://a.example/x', 'https://a.example/x/')).toBe(false);
  expect(sameIssuer('https://a.example', 'https://A.example')).toBe(false);
  expect(sameIssuer('https://a.example', 'https://a.example:443')).toBe(false);
  expect(sameIssuer('nonsense', 'nonsense/')).toBe(false);
});
