import { describe, expect, test } from 'vitest';
import { discoverProtectedResource } from '../../../src/main/oauth/protected-resource.ts';
import { RESOURCE_METADATA, resourceDocument, SERVER } from './profiles.ts';
import { challenge } from './sign-in.ts';
import { problemOfCall, stage } from './stage.ts';

const ROOT = 'https://mcp.example/.well-known/oauth-protected-resource';
const NAMED = 'https://docs.example/custom.json';

describe('resource metadata', () => {
  test('is asked where the challenge says, and nowhere else', async () => {
    const on = (await stage()).on(`GET ${NAMED}`, { body: resourceDocument() });
    const found = await discoverProtectedResource(on.ctx, SERVER, {
      scheme: 'Bearer',
      resourceMetadata: NAMED,
    });
    expect(found).toMatchObject({ resource: SERVER.href, source: NAMED });
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
    const found = await discoverProtectedResource(on.ctx, SERVER, challenge);
    expect(found).toMatchObject({ dpopRequired, dpopAlgorithms });
  });

  test('is probed with the path, then at the root, without a challenge', async () => {
    const on = (await stage()).on(`GET ${ROOT}`, {
      body: resourceDocument({ resource: 'https://mcp.example' }),
    });
    const found = await discoverProtectedResource(on.ctx, SERVER, null);
    expect(found?.source).toBe(ROOT);
    expect(on.asked()).toEqual([`GET ${RESOURCE_METADATA}`, `GET ${ROOT}`]);
  });

  test('is probed once for a server without a path', async () => {
    const on = await stage();
    expect(await discoverProtectedResource(on.ctx, new URL('https://mcp.example/'), null)).toBeNull();
    expect(on.asked()).toEqual([`GET ${ROOT}`]);
  });

  test('keeps the query of the server’s address at the well-known address', async () => {
    const on = await stage();
    await discoverProtectedResource(on.ctx, new URL('https://mcp.example/mcp?project=1'), null);
    expect(on.requests[0]?.url.href).toBe(`${RESOURCE_METADATA}?project=1`);
  });

  test('is not published at all by servers of 2025-03-26: no error', async () => {
    const on = await stage();
    expect(await discoverProtectedResource(on.ctx, SERVER, { scheme: 'Bearer' })).toBeNull();
    expect(on.notes).toContain('The server publishes no protected resource metadata.');
  });

  test.each([
    ['an HTML page', { body: '<html>hello</html>', headers: { 'content-type': 'text/html' } }],
    ['a 500', { status: 500, body: resourceDocument() }],
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
    expect((await discoverProtectedResource(on.ctx, SERVER, null))?.source).toBe(ROOT);
  });

  test('falls back to the well-known address when the named one is gone', async () => {
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument() });
    const found = await discoverProtectedResource(on.ctx, SERVER, {
      scheme: 'Bearer',
      resourceMetadata: NAMED,
    });
    expect(found?.source).toBe(RESOURCE_METADATA);
  });

  test.each(['http://mcp.example/.well-known/oauth-protected-resource/mcp', 'http://['])(
    'named %j by a server that mistakes itself is read at the well-known address',
    async (resourceMetadata) => {
      const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, { body: resourceDocument() });
      const found = await discoverProtectedResource(on.ctx, SERVER, { scheme: 'Bearer', resourceMetadata });
      expect(found?.source).toBe(RESOURCE_METADATA);
      expect(on.notes.length).toBe(1);
    },
  );

  test('of a thousand issuers twenty are kept', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `https://as${index}.example`);
    const on = (await stage()).on(`GET ${RESOURCE_METADATA}`, {
      body: resourceDocument({ authorization_servers: [7, null, ...many], resource_name: 'x'.repeat(9999) }),
    });
    const found = await discoverProtectedResource(on.ctx, SERVER, challenge);
    expect(found?.authorizationServers).toEqual(many.slice(0, 20));
    expect(found?.name).toBeNull();
  });

  test('of a server that can’t be reached is a network problem', async () => {
    const refused = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    const on = await stage({
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause: refused })),
    });
    expect(await problemOfCall(discoverProtectedResource(on.ctx, SERVER, null))).toBe('connection-refused');
    expect(on.exchanges.length).toBe(1);
  });
});
