import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from '../../src/shared/domain/problem.ts';
import {
  describeProblem,
  failure,
  makeProblem,
  type ProblemCode,
  ProblemError,
  problemCatalogue,
  problemOf,
  visibleText,
} from '../../src/shared/problems.ts';

const codes = Object.keys(problemCatalogue) as ProblemCode[];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

for (const code of codes) {
  test(`${code} says in whole sentences what happened and what to do`, () => {
    const { sentence, advice } = problemCatalogue[code];
    for (const text of [sentence, advice]) {
      expect(text).toMatch(/^[“A-Z{].*[.…]$/);
      expect(text).not.toMatch(/\s\s|\n|[{}](?![\w}]|[^\w])/);
    }
    // The technical name is in the detail, one click deeper.
    expect(sentence).not.toMatch(/invalid_|HTTP \d|undefined|null/);
  });
}

test('whoever makes a problem fills every place of its sentence', async () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url));
  const names = (await readdir(root, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const sources = await Promise.all(names.map((name) => readFile(join(root, name), 'utf8')));
  const made = new Set<string>();
  for (const source of sources) {
    const calls = source.matchAll(
      /(?:failure|makeProblem)\(\s*'([\w-]+)',\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g,
    );
    for (const [, code = '', parameters = ''] of calls) {
      made.add(code);
      const { sentence, advice } = problemCatalogue[code as ProblemCode];
      for (const name of placeholders(`${sentence} ${advice}`)) {
        expect([code, parameters, new RegExp(`\\b${name}\\b`).test(parameters)]).toEqual([
          code,
          parameters,
          true,
        ]);
      }
    }
    for (const [, code = ''] of source.matchAll(/(?:failure|makeProblem)\(\s*'([\w-]+)'\s*\)/g)) {
      made.add(code);
      const { sentence, advice } = problemCatalogue[code as ProblemCode];
      expect([code, placeholders(`${sentence} ${advice}`)]).toEqual([code, []]);
    }
  }
  expect(made.size).toBeGreaterThan(30);
});

/** The sources below some folders, by path. */
async function sourcesBelow(...folders: string[]): Promise<Map<string, string>> {
  const below = folders.map(async (folder) => {
    const path = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
    const names = (await readdir(path, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
    return Promise.all(
      names.map(async (name) => [`${folder}/${name}`, await readFile(join(path, name), 'utf8')] as const),
    );
  });
  return new Map((await Promise.all(below)).flat());
}

test('every problem of the catalogue is made somewhere', async () => {
  const sources = await sourcesBelow('src/main', 'src/renderer');
  const texts = [...sources].filter(([path]) => !/i18n|words/.test(path)).map(([, text]) => text);
  const makes = (code: string) => new RegExp(`(failure|makeProblem|#fail)\\(\\s*'${code}'|code: '${code}'`);
  expect(codes.filter((code) => !texts.some((text) => makes(code).test(text)))).toEqual([]);
});

test('every problem of the catalogue is provoked by a test, not only drawn', async () => {
  const tests = await sourcesBelow('test/main', 'test/drive', 'test/e2e', 'test/crash');
  const texts = [...tests].filter(([path]) => path.endsWith('.test.ts')).map(([, text]) => text);
  expect(codes.filter((code) => !texts.some((text) => text.includes(`'${code}'`)))).toEqual([]);
});

test('a sentence is filled with its parameters, and what is missing is an ellipsis', () => {
  expect(describeProblem(makeProblem('host-not-found', { host: 'mcp.example' })).sentence).toBe(
    'The name mcp.example could not be found.',
  );
  expect(describeProblem(makeProblem('host-not-found')).sentence).toBe('The name … could not be found.');
  // A parameter is text: it is not filled again.
  expect(describeProblem(makeProblem('host-not-found', { host: '{host}{reason}' })).sentence).toContain(
    '{host}{reason}',
  );
});

test('an unknown thrown value is internal, a problem is itself', () => {
  const error = failure('server-unknown', {}, null, new Error('why'));
  expect(problemOf(error)).toBe(error.problem);
  expect((error.cause as Error).message).toBe('why');
  expect(error).toBeInstanceOf(ProblemError);
  expect(problemOf(new TypeError('x'))).toMatchObject({ code: 'internal', detail: 'TypeError: x' });
  for (const thrown of [null, undefined, 'text', 7, {}]) expect(problemOf(thrown).code).toBe('internal');
});

test('any problem, whatever its words, fits the schema it is stored and sent by', () => {
  fc.assert(
    fc.property(fc.constantFrom(...codes), fc.string({ unit: 'binary' }), (code, text) => {
      const made = makeProblem(code, { host: text, error: text }, text);
      expect(problem.parse(made)).toEqual(made);
    }),
  );
});

test('text from outside shows its invisible characters and is bounded, whatever it is', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a',
      '\u202E',
      '\u200B',
      '\0',
      '\n',
      '\uD83D\uDE00',
      '\uD800',
      '\uFEFF',
      '\\u{',
      '\u2028',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 400 }), fc.integer({ min: 1, max: 300 }), (units, limit) => {
      const shown = visibleText(units.join(''), limit);
      expect(shown.length).toBeLessThanOrEqual(limit + 1);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

test('ordinary text is left as it is, in any script', () => {
  for (const text of ['Hello', 'Grüße', '日本語', '😀 and 👩', 'שלום', 'a  b'])
    expect(visibleText(text)).toBe(text);
  expect(visibleText('x'.repeat(300))).toBe('x'.repeat(300));
  expect(visibleText('x'.repeat(301))).toBe(`${'x'.repeat(300)}…`);
});

test('an escape is shown whole or not at all', () => {
  expect(visibleText('abc\u202E', 10)).toBe('abc\\u{202e}'.length <= 10 ? 'abc\\u{202e}' : 'abc…');
  expect(visibleText('\u202Eabc', 8)).toBe('\\u{202e}…');
});
