import { describe, expect, test } from 'vitest';
import { bearerChallenge, parseChallenges } from '../../../src/main/oauth/challenge.ts';

describe('WWW-Authenticate is read by RFC 9110 §11.6.1', () => {
  test.each([
    ['Bearer', [['Bearer', null, {}]]],
    ['Bearer realm="a, b=c", scope="x y"', [['Bearer', null, { realm: 'a, b=c', scope: 'x y' }]]],
    ['Bearer REALM=x', [['Bearer', null, { realm: 'x' }]]],
    [
      'Basic realm="r", Bearer scope="s"',
      [
        ['Basic', null, { realm: 'r' }],
        ['Bearer', null, { scope: 's' }],
      ],
    ],
    [
      'Negotiate, Bearer scope="s"',
      [
        ['Negotiate', null, {}],
        ['Bearer', null, { scope: 's' }],
      ],
    ],
    [
      'Negotiate YWJj==, Bearer scope="s"',
      [
        ['Negotiate', 'YWJj==', {}],
        ['Bearer', null, { scope: 's' }],
      ],
    ],
    ['Bearer a="\\"quoted\\" \\\\"', [['Bearer', null, { a: '"quoted" \\' }]]],
    ['Bearer a = "b" , c= d', [['Bearer', null, { a: 'b', c: 'd' }]]],
    [', ,Bearer ,, a="b"', [['Bearer', null, { a: 'b' }]]],
    ['Bearer a="b" c="d"', [['Bearer', null, { a: 'b', c: 'd' }]]],
    ['Bearer a=b, a=c', [['Bearer', null, { a: 'b' }]]],
    ['Bearer a="open', [['Bearer', null, { a: 'open' }]]],
    [
      'Bearer resource_metadata=https://mcp.example/x?a=b',
      [['Bearer', null, { resource_metadata: 'https://mcp.example/x?a=b' }]],
    ],
    ['', []],
    ['"stray", Bearer', [['Bearer', null, {}]]],
    ['"a stray, Bearer scope=x" , Bearer', [['Bearer', null, {}]]],
    ['@@ Bearer', [['Bearer', null, {}]]],
    ['Bearer a="two\\ words"', [['Bearer', null, { a: 'two words' }]]],
    ['Bearer x=y, a=, b=', [['Bearer', null, { x: 'y', a: '', b: '' }]]],
    ['Negotiate YWJj', [['Negotiate', 'YWJj', {}]]],
  ])('%j', (value, expected) => {
    const read = parseChallenges(value).map(({ scheme, token68, parameters }) => [
      scheme,
      token68,
      { ...parameters },
    ]);
    expect(read).toEqual(expected);
  });

  test('a parameter named like a member of Object is only a parameter', () => {
    const [challenge] = parseChallenges('Bearer __proto__="x", constructor="y"');
    expect({ ...challenge?.parameters }).toEqual({ ['__proto__']: 'x', constructor: 'y' });
  });

  test('thousands of challenges and parameters are cut off', () => {
    expect(parseChallenges('Bearer a=b, '.repeat(5000)).length).toBeLessThanOrEqual(20);
    const many = Array.from({ length: 1000 }, (_, index) => `p${index}=v`).join(', ');
    expect(Object.keys(parseChallenges(`Bearer ${many}`)[0]?.parameters ?? {}).length).toBe(50);
  });

  test('what stands after 16 KiB is not read', () => {
    const header = (length: number) => `Basic a="${'x'.repeat(length)}", Bearer`;
    expect(parseChallenges(header(16_384 - 19)).map(({ scheme }) => scheme)).toEqual(['Basic', 'Bearer']);
    expect(parseChallenges(header(16_384)).map(({ scheme }) => scheme)).toEqual(['Basic']);
  });
});

describe('the challenge an MCP client acts on', () => {
  const challenge = (...values: string[]) =>
    bearerChallenge(new Headers(values.map((value) => ['www-authenticate', value])));

  test('carries resource_metadata, scope and error', () => {
    expect(
      challenge(
        'Bearer error="insufficient_scope", scope="a b a", resource_metadata="https://x/", error_description="no"',
      ),
    ).toEqual({
      scheme: 'Bearer',
      resourceMetadata: 'https://x/',
      scope: ['a', 'b'],
      error: 'insufficient_scope',
      errorDescription: 'no',
    });
  });

  test('is found among several headers and schemes', () => {
    expect(challenge('Basic realm="x"', 'Bearer scope="s"')).toEqual({ scheme: 'Bearer', scope: ['s'] });
  });

  test('is the telling one when there are two', () => {
    expect(challenge('Bearer, DPoP algs="ES256", resource_metadata="https://x/"')).toMatchObject({
      scheme: 'DPoP',
      resourceMetadata: 'https://x/',
    });
  });

  test('of DPoP tells its algorithms, each once (RFC 9449 §7.1)', () => {
    expect(challenge('DPoP algs="ES256  EdDSA ES256"')).toEqual({
      scheme: 'DPoP',
      dpopAlgorithms: ['ES256', 'EdDSA'],
    });
    expect(challenge('DPoP algs=" "')).toEqual({ scheme: 'DPoP' });
  });

  test('of Bearer tells the algorithms of a DPoP challenge beside it', () => {
    expect(challenge('Bearer scope="s"', 'DPoP algs="RS256"')).toEqual({
      scheme: 'Bearer',
      scope: ['s'],
      dpopAlgorithms: ['RS256'],
    });
  });

  test('of DPoP says when Bearer would do as well (RFC 9449 §7.2)', () => {
    expect(challenge('DPoP scope="s"', 'Bearer')).toEqual({ scheme: 'DPoP', scope: ['s'], orBearer: true });
    expect(challenge('DPoP scope="s"', 'Basic realm="x"')).toEqual({ scheme: 'DPoP', scope: ['s'] });
  });

  test('names two hundred scopes at most', () => {
    const scope = Array.from({ length: 300 }, (_, index) => `s${index}`);
    expect(challenge(`Bearer scope="${scope.join(' ')}"`)?.scope).toEqual(scope.slice(0, 200));
  });

  test('may be bare', () => expect(challenge('Bearer')).toEqual({ scheme: 'Bearer' }));
  test('is recognized in any case', () => expect(challenge('bEARER')).toEqual({ scheme: 'Bearer' }));
  test('is absent when only other schemes are offered', () =>
    expect(challenge('Basic realm="x"', 'XBearer', 'BearerX', 'XDPoP', 'DPoPX')).toBeNull());
  test('is absent without the header', () => expect(challenge()).toBeNull());
  test('an empty scope names none', () => expect(challenge('Bearer scope=""')).toEqual({ scheme: 'Bearer' }));
});
