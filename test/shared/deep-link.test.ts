import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkAmongArguments, parseDeepLink } from '../../src/shared/deep-link.ts';

const SCHEME = 'app.gatehouse.desktop';

test('the callback is understood with one, two or three slashes', () => {
  for (const slashes of [':/', '://', ':///']) {
    const link = parseDeepLink(`${SCHEME}${slashes}oauth/callback?code=a%2Bb&state=s`);
    if (link.kind !== 'oauth-callback') throw new Error(link.kind);
    expect([link.parameters.get('code'), link.parameters.get('state')]).toEqual(['a+b', 's']);
  }
  expect(parseDeepLink(`${SCHEME.toUpperCase()}:/oauth/callback`).kind).toBe('oauth-callback');
});

test('a server to add and a server to show are understood', () => {
  expect(parseDeepLink(`${SCHEME}:/add-server?url=https%3A%2F%2Fmcp.example&name=Example`)).toEqual({
    kind: 'add-server',
    url: 'https://mcp.example',
    name: 'Example',
  });
  expect(parseDeepLink(`${SCHEME}:/add-server?url=x`)).toMatchObject({ name: null });
  expect(parseDeepLink(`${SCHEME}:/server/abc-123`)).toEqual({ kind: 'show-server', serverId: 'abc-123' });
});

const unknown = [
  '',
  'hello',
  'https://mcp.example/oauth/callback',
  `${SCHEME}:`,
  `${SCHEME}:/`,
  `${SCHEME}:/oauth`,
  `${SCHEME}:/oauth/callback/more`,
  `${SCHEME}:/oauth%2Fcallback`,
  `${SCHEME}:/OAUTH/callback`,
  `${SCHEME}://user:password@oauth/callback?code=c`,
  `${SCHEME}://oauth:80/callback?code=c`,
  `${SCHEME}.evil:/oauth/callback`,
  `${SCHEME}:/add-server`,
  `${SCHEME}:/add-server?url=`,
  `${SCHEME}:/add-server?url=a&url=b`,
  `${SCHEME}:/server/`,
  `${SCHEME}:/server/../accounts`,
  `${SCHEME}:/server/UPPER`,
  `${SCHEME}:/server/${'x'.repeat(65)}`,
  `${SCHEME}:/sign-out`,
  `${SCHEME}:/oauth/callback?state=${'x'.repeat(16_384)}`,
];

for (const link of unknown) {
  test(`${link.slice(0, 60) || 'nothing'} is unknown and does nothing`, () => {
    expect(parseDeepLink(link)).toEqual({ kind: 'unknown' });
  });
}

/** Links somebody hostile may come up with. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: 'binary' }).map((rest) => `${SCHEME}:${rest}`),
  fc.webPath().map((path) => `${SCHEME}:/${path}`),
  fc
    .record({ path: fc.constantFrom('oauth/callback', 'add-server', 'server/x'), query: fc.string() })
    .map(({ path, query }) => `${SCHEME}:/${path}?${query}`),
);

test('no link, however hostile, makes the parser throw', () => {
  fc.assert(
    fc.property(hostile, (link) => {
      expect(['oauth-callback', 'add-server', 'show-server', 'unknown']).toContain(parseDeepLink(link).kind);
    }),
    { numRuns: 1000 },
  );
});

test('of a list of arguments at most one link is taken, and only a whole argument', () => {
  const callback = `${SCHEME}:/oauth/callback?code=c&state=s`;
  expect(linkAmongArguments(['/usr/bin/gatehouse', '--flag', callback])).toBe(callback);
  expect(
    linkAmongArguments(['/usr/bin/gatehouse', callback.replace(SCHEME, SCHEME.toUpperCase())]),
  ).not.toBeNull();
  expect(linkAmongArguments(['gatehouse', callback, callback])).toBeNull();
  expect(linkAmongArguments(['gatehouse', `--url=${callback}`])).toBeNull();
  expect(linkAmongArguments([])).toBeNull();
});

test('no list of arguments leads to two actions or an exception', () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 8 }), (argv) => {
      const taken = linkAmongArguments(argv);
      const ours = argv.filter((argument) => argument.toLowerCase().startsWith(`${SCHEME}:`));
      expect(taken).toBe(ours.length === 1 ? ours[0] : null);
      if (taken !== null) expect(() => parseDeepLink(taken)).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
