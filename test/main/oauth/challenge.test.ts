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
    expect(challenge('Bearer, DPoP algs="ES256", resource_metadata="https://x/"')).toEqual({
      scheme: 'DPoP',
      resourceMetadata: 'https://x/',
    });
  });

  test('may be bare', () => expect(challenge('Bearer')).toEqual({ scheme: 'Bearer' }));
  test('is recognized in any case', () => expect(challenge('bEARER')).toEqual({ scheme: 'Bearer' }));
  test('is absent when only other schemes are offered', () =>
    expect(challenge('Basic realm="x"')).toBeNull());
  test('is absent without the header', () => expect(challenge()).toBeNull());
  test('an empty scope names none', () => expect(challenge('Bearer scope=""')).toEqual({ scheme: 'Bearer' }));
});
