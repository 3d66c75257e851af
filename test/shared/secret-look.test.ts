import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HIDDEN,
  holdsSecret,
  looksLikeToken,
  looksSecret,
  shownArguments,
} from '../../src/shared/secret-look.ts';

const PLACE = '$' + '{TOKEN}';

describe('a secret is guessed', () => {
  test.each(['API_KEY', 'githubToken', 'DB_PASSWORD', 'clientSecret', 'DATABASE_DSN', 'Authorization'])(
    'from the name %s',
    (name) => expect(looksSecret(name)).toBe(true),
  );

  test.each(['REGION', 'PORT', 'HOME', 'NODE_OPTIONS', 'LOG_LEVEL'])('not from the name %s', (name) => {
    expect(looksSecret(name)).toBe(false);
  });

  test.each([
    'sk-proj-abcdefgh1234',
    'ghp_0123456789abcdefghij',
    'xoxb-1234-5678-abcdef',
    'AKIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'f3a1c2d4e5f60718293a4b5c6d7e8f90',
  ])('from the value %s', (value) => expect(looksLikeToken(value)).toBe(true));

  test.each([
    'production',
    'eu-north-1',
    '@modelcontextprotocol/server-filesystem@2026.8.31',
    'https://mcp.example.com/mcp',
    '/home/ada/Documents/a-folder-with-a-long-name-and-1-number',
    '--a-long-option-that-names-many-things',
    '',
  ])('not from the value %s', (value) => expect(looksLikeToken(value)).toBe(false));

  test.each<[string, boolean]>([
    ['https://mcp.example/mcp', false],
    ['https://mcp.example/mcp?team=blue', false],
    ['https://mcp.example/projects/123e4567-e89b-42d3-a456-426614174000/mcp', false],
    ['https://mcp.example/mcp?api_key=x', true],
    ['https://mcp.example/mcp?q=ghp_0123456789abcdefghij', true],
    ['https://ada:engine@mcp.example/mcp', true],
    ['https://token@mcp.example/mcp', true],
    ['https://mcp.example/s/ZDk3YjU4NGEtYjM5Zi00ZTE0LWI5/mcp1', false],
    ['https://mcp.example/s/ZDk3YjU4NGEtYjM5Zi00ZTE0LWI5OTctZjE/mcp', true],
    ['https://mcp.example/mcp#access_token=abc', true],
    ['no address', false],
  ])('in the address %s: %s', (address, expected) => {
    expect(holdsSecret(address)).toBe(expected);
  });
});

describe('arguments that are shown', () => {
  test.each<[string[], string[]]>([
    [
      ['-y', '@acme/files@1.2.3', '--root', '/srv'],
      ['-y', '@acme/files@1.2.3', '--root', '/srv'],
    ],
    [
      ['--api-key', 'hunter2'],
      ['--api-key', HIDDEN],
    ],
    [
      ['--api-key=hunter2', '--port=80'],
      [`--api-key=${HIDDEN}`, '--port=80'],
    ],
    [
      ['-e', 'GITHUB_TOKEN=abc', 'image'],
      ['-e', `GITHUB_TOKEN=${HIDDEN}`, 'image'],
    ],
    [
      ['-e', 'GITHUB_TOKEN', 'image'],
      ['-e', 'GITHUB_TOKEN', 'image'],
    ],
    [
      ['--header', 'Authorization: Bearer abc'],
      ['--header', `Authorization: ${HIDDEN}`],
    ],
    [
      ['--header', 'X: Bearer abc'],
      ['--header', `X: Bearer ${HIDDEN}`],
    ],
    [['postgres://ada:engine@db.example/x'], [HIDDEN]],
    [['--url=https://a.example?token=x'], [`--url=${HIDDEN}`]],
    [['env API_KEY=x1 npx --token y2 -z "w"'], [`env API_KEY=${HIDDEN} npx --token ${HIDDEN} -z "w"`]],
    [['sh -c "curl sk-abcdefgh12345678"'], [`sh -c "curl ${HIDDEN}"`]],
    // Nothing secret: paths, limits, and places another program fills in.
    [
      ['--key-file', '/etc/key.pem'],
      ['--key-file', '/etc/key.pem'],
    ],
    [
      ['--token-limit', '4096'],
      ['--token-limit', '4096'],
    ],
    [
      ['--auth', 'none'],
      ['--auth', 'none'],
    ],
    [
      ['--header', `Authorization: Bearer ${PLACE}`],
      ['--header', `Authorization: Bearer ${PLACE}`],
    ],
  ])('%j', (values, shown) => {
    expect(shownArguments(values)).toEqual({ shown, hidden: String(shown) !== String(values) });
  });

  test('a token is never shown, wherever it stands among arguments', () => {
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ';
    const around = fc.constantFrom(
      '',
      '=',
      ' ',
      ':',
      '"',
      "'",
      ',',
      '--x=',
      'a=b;',
      '(',
      'https://a.example/',
      '@',
    );
    fc.assert(
      fc.property(
        around,
        fc.constantFrom('', ' ', '"', "'", ',', ';', ')', '&c=d'),
        fc.string(),
        (before, after, other) => {
          const { shown, hidden } = shownArguments([other, `${before}${token}${after}`]);
          expect(shown.join(' ')).not.toContain(token);
          expect(hidden).toBe(true);
        },
      ),
    );
  });

  test('any arguments are shown without a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        expect(shownArguments(values).shown).toHaveLength(values.length);
      }),
    );
  });
});
