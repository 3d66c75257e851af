import { describe, expect, test } from 'vitest';
import { type DiscoveryRequest, discover, type IssuerCache } from '../../../src/main/oauth/discovery.ts';
import type { IssuerMetadata } from '../../../src/main/oauth/issuer-metadata.ts';
import { serverSettings } from '../../../src/shared/domain/server.ts';
import { describeProblem, failure } from '../../../src/shared/problems.ts';
import { ISSUER, ISSUER_METADATA, issuerDocument, SERVER, settings, wellBehaved } from './profiles.ts';
import { challenge, issuerMetadata } from './sign-in.ts';
import { problemIn, problemOfCall, type Stage, stage } from './stage.ts';

const OTHER = 'https://other.example';
const run = (on: Stage, more: Partial<DiscoveryRequest> = {}) =>
  discover(on.ctx, { serverUrl: SERVER, challenge, settings, ...more });
const withSettings = (values: object) => ({ settings: serverSettings.parse(values) });
const two = async () => {
  const on = wellBehaved(await stage(), { resource: { authorization_servers: [ISSUER, OTHER] } });
  return on.on(`GET ${OTHER}/.well-known/oauth-authorization-server`, { body: issuerDocument(OTHER) });
};
const cache = (...known: IssuerMetadata[]): IssuerCache & { stored: IssuerMetadata[] } => {
  const stored: IssuerMetadata[] = [];
  return {
    stored,
    get: (issuer) => known.find((one) => one.issuer === issuer),
    set: (one) => stored.push(one),
  };
};

describe('among several issuers', () => {
  test('the first that answers is taken, and all are told', async () => {
    const found = await run(await two());
    expect(found.issuer.issuer).toBe(ISSUER);
    expect(found.issuers).toEqual([ISSUER, OTHER]);
  });
  test('one with an account goes first', async () => {
    const found = await run(await two(), { preferredIssuers: ['https://unrelated.example', `${OTHER}/`] });
    expect(found.issuer.issuer).toBe(OTHER);
  });
  test('one that fails is passed over', async () => {
    const on = (await two()).on('GET https://as.example/.well-known/oauth-authorization-server', {
      status: 500,
    });
    expect((await run(on)).issuer.issuer).toBe(OTHER);
  });
  test('when all fail, the first failure is told', async () => {
    const on = wellBehaved(await stage(), {
      resource: { authorization_servers: ['https://x.example', OTHER] },
    });
    expect((await problemIn(run(on))).problem.params.host).toBe('x.example');
  });
  test('five are tried, those with an account first; one the server does not name is no try', async () => {
    const many = [1, 2, 3, 4, 5, 6].map((number) => `https://as${number}.example`);
    const on = wellBehaved(await stage(), { resource: { authorization_servers: many } });
    const preferredIssuers = ['https://unrelated.example', 'https://as6.example'];
    await problemIn(run(on, { preferredIssuers }));
    const asked = on.requests.map(({ url }) => url.host).slice(1);
    expect([...new Set(asked)]).toEqual([6, 1, 2, 3, 4].map((number) => `as${number}.example`));
  });
  test('the next one is not asked when the person gives up', async () => {
    const stop = new AbortController();
    const on = wellBehaved(await stage({ signal: stop.signal }), {
      resource: { authorization_servers: [ISSUER, OTHER] },
    });
    on.on(`GET ${ISSUER_METADATA}`, () => {
      stop.abort(new Error('cancelled by the person'));
      return null;
    });
    await expect(run(on)).rejects.toThrow('cancelled by the person');
    expect(on.exchanges.map(({ request }) => new URL(request.url).host)).toEqual([
      'mcp.example',
      'as.example',
    ]);
  });
  test('a pin takes exactly one', async () => {
    expect((await run(await two(), withSettings({ issuerPin: OTHER }))).issuer.issuer).toBe(OTHER);
  });
});

describe('an issuer the caller does not admit', () => {
  const refusing = (...issuers: string[]) => ({
    admitIssuer: (issuer: string) => {
      if (issuers.includes(issuer)) throw failure('issuer-pin-mismatch', { found: issuer, expected: 'none' });
    },
  });
  test('is not asked; the next one is', async () => {
    const on = await two();
    expect((await run(on, refusing(ISSUER))).issuer.issuer).toBe(OTHER);
    expect(on.requests.map(({ url }) => url.host)).toEqual(['mcp.example', 'other.example']);
  });
  test('ends the search with the reason for the first when no other is left', async () => {
    const on = await two();
    const { problem } = await problemIn(run(on, refusing(OTHER, ISSUER)));
    expect(problem.params.found).toBe(ISSUER);
    expect(on.requests.length).toBe(1);
  });
});

describe('the issuer pin', () => {
  test('refuses a server that names others', async () => {
    const on = wellBehaved(await stage());
    const { problem } = await problemIn(run(on, withSettings({ issuerPin: OTHER })));
    expect(problem).toMatchObject({
      code: 'issuer-pin-mismatch',
      params: { found: ISSUER, expected: OTHER },
    });
    expect(on.requests.length).toBe(1);
  });
  test('names the issuer of a server that names nobody', async () => {
    const on = (await stage()).on('GET https://as.example/.well-known/oauth-authorization-server', {
      body: issuerDocument(),
    });
    const found = await run(on, { challenge: null, ...withSettings({ issuerPin: ISSUER }) });
    expect(found.issuer.issuer).toBe(ISSUER);
    expect(found.deviations).toEqual([
      'The server publishes no resource metadata; the one of your settings is taken as the issuer.',
    ]);
  });
  test('gets no default endpoints: they are the server’s, and the pin names another', async () => {
    const call = run(await stage(), { challenge: null, ...withSettings({ issuerPin: ISSUER }) });
    expect((await problemIn(call)).problem).toMatchObject({
      code: 'issuer-incomplete',
      params: { host: 'as.example' },
    });
  });
});

describe('a server of 2025-03-26', () => {
  test('is its own issuer, at its origin', async () => {
    const on = (await stage()).on('GET https://mcp.example/.well-known/oauth-authorization-server', {
      body: issuerDocument('https://mcp.example'),
    });
    const found = await run(on, { challenge: { scheme: 'Bearer' } });
    expect(found).toMatchObject({ protectedResource: null, resource: SERVER.href, scopes: null });
    expect(found.issuer.issuer).toBe('https://mcp.example');
    expect(found.deviations).toEqual([
      'The server publishes no resource metadata; its origin is taken as the issuer.',
    ]);
  });
  test('without any metadata gets default endpoints, and PKCE all the same', async () => {
    const found = await run(await stage(), { challenge: null });
    expect(found.issuer.source).toBe('defaults');
    expect(found.deviations).toContain(
      'The issuer publishes no metadata; PKCE with S256 is sent all the same.',
    );
  });
  test('that calls itself by another name is told that, and nothing about metadata it never named', async () => {
    const on = (await stage()).on('GET https://mcp.example/.well-known/oauth-authorization-server', {
      body: issuerDocument('https://evil.example'),
    });
    expect(await problemOfCall(run(on, { challenge: null }))).toBe('issuer-mismatch');
  });
  test('still has to list S256 when it publishes metadata', async () => {
    const on = (await stage()).on('GET https://mcp.example/.well-known/oauth-authorization-server', {
      body: issuerDocument('https://mcp.example', { code_challenge_methods_supported: undefined }),
    });
    expect(await problemOfCall(run(on, { challenge: null }))).toBe('s256-missing');
  });
});

describe('a server whose challenge names metadata that is of no use', () => {
  const NAMED = 'https://mcp.example/custom.json';
  const named = { challenge: { scheme: 'Bearer', resourceMetadata: NAMED } } as const;
  const AT_ORIGIN = 'GET https://mcp.example/.well-known/oauth-authorization-server';

  test('is told so, and no endpoints are guessed for it', async () => {
    const { problem } = await problemIn(run(await stage(), named));
    expect(problem).toMatchObject({
      code: 'resource-metadata-unusable',
      params: { host: 'mcp.example', reason: 'mcp.example answered with status 404' },
    });
    expect(describeProblem(problem).sentence).toBe(
      'mcp.example says where its metadata is, but it could not be used: mcp.example answered with status 404.',
    );
  });
  test('is its own issuer where its origin publishes issuer metadata, shown as a deviation', async () => {
    const on = (await stage()).on(AT_ORIGIN, { body: issuerDocument('https://mcp.example') });
    const found = await run(on, named);
    expect(found.issuer.issuer).toBe('https://mcp.example');
    expect(found.deviations).toEqual([
      'The server’s metadata could not be used (mcp.example answered with status 404); its origin is taken as the issuer.',
    ]);
  });
  test('has the issuer of the settings, and that one’s own failures', async () => {
    const on = (await stage()).on(`GET ${ISSUER_METADATA}`, { body: issuerDocument() });
    const pinned = { ...named, ...withSettings({ issuerPin: ISSUER }) };
    expect((await run(on, pinned)).deviations).toEqual([
      'The server’s metadata could not be used (mcp.example answered with status 404); the one of your settings is taken as the issuer.',
    ]);
    expect(await problemOfCall(run(await stage(), pinned))).toBe('issuer-incomplete');
  });
  test('is not blamed when the person gives up', async () => {
    const stop = new AbortController();
    const on = await stage({ signal: stop.signal });
    on.on(AT_ORIGIN, () => {
      stop.abort(new Error('cancelled by the person'));
      return null;
    });
    await expect(run(on, named)).rejects.toThrow('cancelled by the person');
  });
});

describe('PKCE', () => {
  test.each([undefined, [], ['plain'], ['s256']])('is refused when the issuer lists %j', async (methods) => {
    const on = wellBehaved(await stage(), { issuer: { code_challenge_methods_supported: methods } });
    expect(await problemOfCall(run(on))).toBe('s256-missing');
  });
  test('may be assumed by settings, shown as a deviation', async () => {
    const on = wellBehaved(await stage(), { issuer: { code_challenge_methods_supported: undefined } });
    const found = await run(on, withSettings({ assumeS256: true }));
    expect(found.deviations).toEqual([
      'The issuer does not list S256; your settings say that it supports it.',
    ]);
  });
  test('is no matter for a machine account, nor is an authorization endpoint', async () => {
    const on = wellBehaved(await stage(), {
      issuer: { code_challenge_methods_supported: undefined, authorization_endpoint: undefined },
    });
    const found = await run(on, { interactive: false });
    expect(found.issuer.issuer).toBe(ISSUER);
    expect(found.deviations).toEqual([]);
  });
});

describe('an issuer is refused', () => {
  test.each([
    ['authorization_endpoint', 'javascript:alert(1)', 'endpoint-refused'],
    ['authorization_endpoint', 'http://as.example/authorize', 'endpoint-refused'],
    ['token_endpoint', 'http://as.example/token', 'endpoint-refused'],
    ['registration_endpoint', 'file:///x', 'endpoint-refused'],
    ['revocation_endpoint', 'data:,x', 'endpoint-refused'],
    ['authorization_endpoint', undefined, 'issuer-incomplete'],
    ['token_endpoint', undefined, 'issuer-incomplete'],
  ])('whose %s is %s', async (member, value, code) => {
    const on = wellBehaved(await stage(), { issuer: { [member]: value } });
    expect(await problemOfCall(run(on))).toBe(code);
  });
});

describe('the resource', () => {
  test('of another origin is refused before any issuer is asked', async () => {
    const on = wellBehaved(await stage(), { resource: { resource: 'https://evil.example/mcp' } });
    expect(await problemOfCall(run(on))).toBe('resource-mismatch');
    expect(on.requests.length).toBe(1);
  });
  test('may be omitted or fixed, shown as a deviation', async () => {
    const omitted = await run(wellBehaved(await stage()), withSettings({ resource: { mode: 'omit' } }));
    expect(omitted).toMatchObject({
      resource: null,
      deviations: ['Your settings leave the resource parameter out.'],
    });
    const value = 'https://api.example/x';
    const fixed = await run(wellBehaved(await stage()), withSettings({ resource: { mode: 'fixed', value } }));
    expect(fixed.resource).toBe(value);
    expect(fixed.deviations.length).toBe(1);
  });
});

test('scopes come from the challenge, and offline_access from the issuer', async () => {
  const on = wellBehaved(await stage(), { issuer: { scopes_supported: ['user', 'offline_access'] } });
  expect((await run(on)).scopes).toEqual(['user', 'offline_access']);
  expect((await run(on, { challenge: { ...challenge, scope: ['x'] } })).scopes).toEqual([
    'x',
    'offline_access',
  ]);
  expect((await run(on, withSettings({ scopes: ['only'] }))).scopes).toEqual(['only']);
});

describe('a departure from the specification is shown', () => {
  test('a server that names no issuer', async () => {
    const on = wellBehaved(await stage(), { resource: { authorization_servers: [] } });
    on.on('GET https://mcp.example/.well-known/oauth-authorization-server', {
      body: issuerDocument('https://mcp.example'),
    });
    expect((await run(on)).deviations).toEqual(['The server names no issuer; its origin is taken.']);
  });
  test('a slash more or less', async () => {
    const on = wellBehaved(await stage(), { issuer: { issuer: `${ISSUER}/` } });
    expect((await run(on)).deviations).toEqual([
      'Server and issuer write the issuer differently (a slash at the end).',
    ]);
  });
  test('another name of the issuer, trusted by the settings', async () => {
    const on = wellBehaved(await stage(), { issuer: { issuer: 'https://x.example' } });
    expect(await problemOfCall(run(on))).toBe('issuer-mismatch');
    expect((await run(on, withSettings({ trustedIssuerName: 'https://x.example' }))).deviations).toEqual([
      'The issuer calls itself https://x.example; your settings trust that.',
    ]);
  });
  test('scopes of the settings', async () => {
    const found = await run(wellBehaved(await stage()), withSettings({ scopes: ['only'] }));
    expect(found.deviations).toEqual(['Your settings name the scopes to ask for.']);
  });
});

test('resource metadata known from earlier is used while fresh, and not at its very end', async () => {
  const on = wellBehaved(await stage());
  const { protectedResource } = await run(on);
  if (!protectedResource) throw new Error('no metadata');
  for (const [freshUntil, requests] of [
    [on.now + 1, 1],
    [on.now, 2],
  ] as const) {
    on.requests.length = 0;
    await run(on, { knownResource: { ...protectedResource, freshUntil } });
    expect(on.requests.length).toBe(requests);
  }
});

describe('the cache of issuers', () => {
  test('takes what was found', async () => {
    const issuerCache = cache();
    const found = await run(wellBehaved(await stage()), { issuerCache });
    expect(issuerCache.stored).toEqual([found.issuer]);
  });
  test('spares the request while fresh', async () => {
    const on = wellBehaved(await stage());
    await run(on, { issuerCache: cache(issuerMetadata()) });
    expect(on.requests.length).toBe(1);
  });
  test('together with known resource metadata spares every request', async () => {
    const on = wellBehaved(await stage());
    const { protectedResource, issuer } = await run(on);
    on.requests.length = 0;
    await run(on, {
      issuerCache: cache(issuer),
      ...(protectedResource && { knownResource: protectedResource }),
    });
    expect(on.requests).toEqual([]);
  });
  test('is not used when stale', async () => {
    const on = wellBehaved(await stage());
    await run(on, { issuerCache: cache({ ...issuerMetadata(), freshUntil: on.now }) });
    expect(on.requests.length).toBe(2);
  });
  test('does not lend one server’s trust in a wrong name to another', async () => {
    const on = wellBehaved(await stage());
    const wrong = { ...issuerMetadata(), server: { ...issuerDocument(), issuer: 'https://x.example' } };
    expect((await run(on, { issuerCache: cache(wrong) })).issuer.server.issuer).toBe(ISSUER);
    const trusting = await run(on, {
      issuerCache: cache(wrong),
      ...withSettings({ trustedIssuerName: 'https://x.example' }),
    });
    expect(trusting.deviations).toEqual([
      'The issuer calls itself https://x.example; your settings trust that.',
    ]);
  });
  test('does not lend default endpoints to a server that names the issuer', async () => {
    const on = wellBehaved(await stage());
    const found = await run(on, { issuerCache: cache({ ...issuerMetadata(), source: 'defaults' }) });
    expect(found.issuer.source).not.toBe('defaults');
  });
  test('does not lift the policy', async () => {
    const on = wellBehaved(await stage());
    const weak = issuerMetadata({ code_challenge_methods_supported: ['plain'] });
    expect(await problemOfCall(run(on, { issuerCache: cache(weak) }))).toBe('s256-missing');
  });
});
