import { describe, expect, test } from 'vitest';
import type { BearerChallenge } from '../../../src/main/oauth/challenge.ts';
import { discoverProtectedResource } from '../../../src/main/oauth/protected-resource.ts';
import { RESOURCE_METADATA, resourceDocument, SERVER } from './profiles.ts';
import { challenge } from './sign-in.ts';
import { problemIn, problemOfCall, type Stage, stage } from './stage.ts';

const ROOT = 'https://mcp.example/.well-known/oauth-protected-resource';
const NAMED = 'https://docs.example/custom.json';

/** The metadata that is found; null when none is published. */
async function found({ ctx }: Stage, challenged: BearerChallenge | null, server = SERVER) {
  const finding = await discoverProtectedResource(ctx, server, challenged);
  if (finding.kind === 'unusable') throw new Error(finding.reason);
  return finding.kind === 'found' ? finding.metadata : null;
}
const naming = (resourceMetadata: string): BearerChallenge => ({ scheme: 'Bearer', resourceMetadata });

describe('resource metadata', () => {
  test('is asked where the challenge says, and nowhere else', async () => {
    const on = (await stage()).on(`GET ${NAMED}`, { body: resourceDocument() });
    expect(await found(on, naming(NAMED))).toMatchObject({ resource: SERVER.href, source: NAMED });
    expect(on.asked()).toEqual([`GET ${NAMED}`]);
  });

  test.each([
    ['nothing', {}, false, null],
    ['that tokens must be bound', { dpop_bound_access_tokens_required: true }, true, null],
    ['that, as a word', { dpop_bound_access_tokens_required: 'true' }, true, null],
    ['its algorithms', { dpop_signing_alg_values_supported: ['ES256', 7] }, false, ['ES256']],
    ['nonsense', { dpop_bound_access_tokens_required: 1, dpop_signing_alg_values_supported: 3 }, false, null],
  ])('about DPoP it may say %s (RFC 9728 §2)', async (_what, members, dpopRequired, dpopAlgorithms) => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument(members) });
    expect(await found(on, challenge)).toMatchObject({ dpopRequired, dpopAlgorithms });
  });

  test('is probed with the path, then at the root, without a challenge', async () => {
    const on = (await stage()).on(`GET ${ROOT}`, {
      body: resourceDocument({ resource: 'https://mcp.example' }),
    });
    expect((await found(on, null))?.source).toBe(ROOT);
    expect(on.asked()).toEqual([`GET ${RESOURCE_METADATA}`, `GET ${ROOT}`]);
  });

  test('is probed once for a server without a path', async () => {
    const on = await stage();
    expect(await found(on, null, new URL('https://mcp.example/?project=1'))).toBeNull();
    expect(on.requests.map(({ url }) => url.href)).toEqual([ROOT]);
  });

  test('keeps the query of the server’s address at the well-known address', async () => {
    const on = await stage();
    await found(on, null, new URL('https://mcp.example/mcp?project=1'));
    expect(on.requests[0]?.url.href).toBe(`${RESOURCE_METADATA}?project=1`);
  });

  test('is not published at all by servers of 2025-03-26: no error', async () => {
    const on = await stage();
    expect(await found(on, { scheme: 'Bearer' })).toBeNull();
    expect(on.notes).toContain('The server publishes no protected resource metadata.');
  });

  test.each([
    ['an HTML page', { body: '<html>hello</html>', headers: { 'content-type': 'text/html' } }],
    ['a 500', { status: 500, body: resourceDocument() }],
    ['a 300', { status: 300, body: resourceDocument() }],
    ['broken JSON', { body: '{"resource":' }],
    ['JSON of another kind', { body: [1, 2] }],
    ['a document without resource', { body: { authorization_servers: ['https://as.example'] } }],
    ['a redirect to another origin', { status: 302, headers: { location: 'https://evil.example/' } }],
    ['a mebibyte and more', { body: 'x'.repeat(1_100_000) }],
    ['JSON nested a thousand deep', { body: `{"resource":${'['.repeat(1000)}` }],
  ])('where there is %s, the next address is asked', async (_what, answer) => {
    const on = (await stage())
      .on(`GET ${RESOURCE_METADATA}`, answer)
      .on(`GET ${ROOT}`, { body: resourceDocument() });
    expect((await found(on, null))?.source).toBe(ROOT);
  });

  test('falls back to the well-known address when the named one is gone', async () => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument() });
    expect((await found(on, naming(NAMED)))?.source).toBe(RESOURCE_METADATA);
  });

  test.each(['http://mcp.example/.well-known/oauth-protected-resource/mcp', 'http://['])(
    'named %j by a server that mistakes itself is read at the well-known address',
    async (resourceMetadata) => {
      const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument() });
      expect((await found(on, naming(resourceMetadata)))?.source).toBe(RESOURCE_METADATA);
      expect(on.notes.length).toBe(1);
    },
  );

  test('of a thousand issuers twenty are kept', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `https://as${index}.example`);
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, {
      body: resourceDocument({ authorization_servers: [7, null, ...many], resource_name: 'x'.repeat(9999) }),
    });
    const read = await found(on, challenge);
    expect(read?.authorizationServers).toEqual(many.slice(0, 20));
    expect(read?.name).toBeNull();
  });

  test('of a server that can’t be reached is a network problem', async () => {
    const refused = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    const on = await stage({
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause: refused })),
    });
    expect(await problemOfCall(discoverProtectedResource(on.ctx, SERVER, null))).toBe('connection-refused');
    expect(on.exchanges.length).toBe(1);
  });

  test('is read from any answer of success', async () => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { status: 299, body: resourceDocument() });
    expect((await found(on, challenge))?.source).toBe(RESOURCE_METADATA);
  });

  test('named at a well-known address is not asked for twice', async () => {
    const on = (await stage()).on(`GET ${ROOT}`, { body: resourceDocument() });
    expect((await found(on, challenge))?.source).toBe(ROOT);
    expect(on.asked()).toEqual([`GET ${RESOURCE_METADATA}`, `GET ${ROOT}`]);
  });

  test('of a server on this computer may be named with http', async () => {
    const on = (await stage()).on('GET /custom.json', { body: resourceDocument() });
    const source = `${on.origin}/custom.json`;
    expect((await found(on, naming(source), new URL(`${on.origin}/mcp`)))?.source).toBe(source);
  });

  test('without issuers names none', async () => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: { resource: SERVER.href } });
    expect(await found(on, challenge)).toMatchObject({ authorizationServers: [], scopesSupported: null });
  });

  test('that is something else is noted, for whoever wrote it', async () => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: { resource: 7 } });
    await found(on, null);
    expect(on.notes).toContain(
      'This is no protected resource metadata (RFC 9728 §2: a JSON object with resource); ignored.',
    );
  });

  test('a caller that gives up gets its own reason, and no further address is asked', async () => {
    const stop = new AbortController();
    const on = await stage({ signal: stop.signal });
    on.on(`GET ${RESOURCE_METADATA}`, () => {
      stop.abort(new Error('cancelled by the person'));
      return null;
    });
    await expect(found(on, null)).rejects.toThrow('cancelled by the person');
    expect(on.requests.length).toBe(1);
  });
});

describe('an address the challenge names in vain, when the well-known ones have nothing either', () => {
  const reasonFor = async (on: Stage, named: string) => {
    const finding = await discoverProtectedResource(on.ctx, SERVER, naming(named));
    if (finding.kind !== 'unusable') throw new Error(`it is ${finding.kind}`);
    expect(on.asked().slice(-2)).toEqual([`GET ${RESOURCE_METADATA}`, `GET ${ROOT}`]);
    return finding.reason;
  };

  test.each([
    ['an HTML page', { body: '<html>' }, 'what docs.example sent is no such metadata'],
    [
      'JSON too deep',
      { body: `{"resource":${'['.repeat(1000)}` },
      'what docs.example sent is no such metadata',
    ],
    ['a document without resource', { body: {} }, 'what docs.example sent is no such metadata'],
    ['a 404', { status: 404 }, 'docs.example answered with status 404'],
    [
      'a mebibyte and more',
      { body: 'x'.repeat(1_100_000) },
      'docs.example sent an answer larger than the 1 MiB Gatehouse accepts',
    ],
    [
      'a redirect to another origin',
      { status: 302, headers: { location: 'https://evil.example/x' } },
      'docs.example redirected a request to https://evil.example/x, which Gatehouse does not follow',
    ],
  ])('is of no use for %s, and the reason is told', async (_what, answer, reason) => {
    const on = (await stage()).on(`GET ${NAMED}`, answer);
    expect(await reasonFor(on, NAMED)).toBe(reason);
  });

  test('is of no use when it never answers, or never ends', async () => {
    for (const head of [false, true]) {
      const on = await stage({ timeoutMs: 50 });
      on.on(`GET ${NAMED}`, (_request, raw) => {
        if (head) raw.writeHead(200).write('{');
        return null;
      });
      expect(await reasonFor(on, NAMED)).toBe('docs.example did not answer within 1 seconds');
    }
  });

  test('is of no use when its host is down', async () => {
    const on = await stage();
    const refused = new TypeError('x', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
    const ctx = {
      ...on.ctx,
      fetch: (input: string | URL, init?: RequestInit) =>
        new URL(input).host === 'docs.example' ? Promise.reject(refused) : on.ctx.fetch(input, init),
    };
    expect(await reasonFor({ ...on, ctx }, NAMED)).toBe('docs.example refused the connection');
  });

  test('is of no use when it is none, or plain http', async () => {
    expect(await reasonFor(await stage(), 'http://[')).toBe('it is no web address');
    expect(await reasonFor(await stage(), 'http://mcp.example/x')).toBe('it is a plain http address');
  });

  test.each([
    ['file:///etc/passwd', 'a file: address'],
    ['javascript:alert(1)', 'a javascript: address'],
    ['http://elsewhere.example/x?key=secret', 'http://elsewhere.example/x'],
    ['https://user:pw@docs.example/x', 'https://docs.example/x'],
  ])(
    '%s ends the search at once: nobody asks who names such an address for another',
    async (named, shown) => {
      const on = await stage();
      const { problem, cause } = await problemIn(discoverProtectedResource(on.ctx, SERVER, naming(named)));
      expect(problem).toMatchObject({
        code: 'resource-metadata-unusable',
        params: { host: 'mcp.example', reason: `Gatehouse does not go to ${shown}` },
      });
      expect(cause).toMatchObject({ problem: { code: 'endpoint-refused' } });
      expect(on.exchanges).toEqual([]);
    },
  );
});
