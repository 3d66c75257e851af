import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainJson } from '../../src/shared/json-with-comments.ts';

const read = (text: string): unknown => JSON.parse(plainJson(text));

describe('JSON as editors keep it', () => {
  test.each<[string, unknown]>([
    ['{"a": 1} // the end', { a: 1 }],
    ['// first\n/* second\n */ {"a": /* within */ 1}', { a: 1 }],
    ['{"a": [1, 2,], "b": {"c": 3, },}', { a: [1, 2], b: { c: 3 } }],
    ['{"a": [1, // one\n 2, /* two */ ] /* three */, // four\n}', { a: [1, 2] }],
    ['\ufeff{"a": 1}', { a: 1 }],
    // What looks like a comment or a comma too many within a string is text.
    [
      '{"url": "https://a.example//b/*c*/", "d": ",]", "e": "\\"//", "f": "\\\\"}',
      { url: 'https://a.example//b/*c*/', d: ',]', e: '"//', f: '\\' },
    ],
    ['{"a": 1, // }\r\n "b": 2}', { a: 1, b: 2 }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    '',
    '//',
    '/* no end {"a": 1}',
    '{"a": 1 / 2}',
    '[,]',
    '{,}',
    '[1,,]',
    '[1,,2]',
    '{"a":,}',
    ',',
    ',]',
    '{"no end',
    "{'a': 1}",
    '{a: 1}',
  ])('%j stays no JSON', (text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  test('plain JSON stays as it is, character by character', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(plainJson(text)).toBe(text);
      }),
    );
  });

  test('comments and last commas anywhere change nothing about the value', () => {
    const noise = fc.constantFrom('', ' ', '// a " { , ] \n', '/* " } */', '\n\t');
    const written = (value: unknown, next: () => string): string => {
      const parts = Array.isArray(value)
        ? ['[', ...value.flatMap((one) => [written(one, next), ',']), ']']
        : typeof value === 'object' && value !== null
          ? [
              '{',
              ...Object.entries(value).flatMap(([key, one]) => [
                JSON.stringify(key),
                ':',
                written(one, next),
                ',',
              ]),
              '}',
            ]
          : [JSON.stringify(value)];
      return parts.map((part) => `${next()}${part}${next()}`).join('');
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(noise, { minLength: 1 }), (value, noises) => {
        let place = 0;
        const text = written(value, () => noises[place++ % noises.length] ?? '');
        expect(read(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('any text is read or refused, and what is put out has its length and lines', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '/', '*', ',', '{', '}', '[', ']', '\n', 'a') }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const plain = plainJson(text);
        expect(plain).toHaveLength(text.length);
        expect(plain.split('\n').map((line) => line.length)).toEqual(
          text.split('\n').map((line) => line.length),
        );
        expect(plainJson(plain)).toBe(plain);
      }),
      { numRuns: 1000 },
    );
  });

  test('a megabyte of nothing but beginnings is looked at once', () => {
    for (const start of ['/*', '"', '//', '/', ',', '[', '{"a":', ', ']) {
      expect(plainJson(start.repeat(1_000_000 / start.length))).toHaveLength(
        Math.floor(1_000_000 / start.length) * start.length,
      );
    }
  });
});
