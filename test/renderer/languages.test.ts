import { createInstance } from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';
import { en } from '../../src/renderer/i18n/en.ts';
import { loadWords, type Words } from '../../src/renderer/i18n/languages.ts';
import { type Language, languages } from '../../src/shared/languages.ts';
import { problemCatalogue } from '../../src/shared/problems.ts';

/** Every text with the path of its key. */
function texts(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value);
    else for (const [inner, text] of texts(value, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}

const FORM = /_(zero|one|two|few|many|other)$/;
const english = texts(en);
/** Keys of words that depend on a count, without their form. */
const counted = [...english.keys()]
  .filter((key) => key.endsWith('_other'))
  .map((key) => key.replace(FORM, ''));
const isCounted = (key: string) => FORM.test(key) && counted.includes(key.replace(FORM, ''));
const placeholders = (text: string) =>
  new Set([...text.matchAll(/\{\{?(\w+)\}?\}/g)].map(([, name]) => name));
const plain = (text: string) => text.replace(/\{\{?\w+\}?\}/g, '');

describe.each(languages)('the words of %s', (language) => {
  let words: Words;
  let all: ReadonlyMap<string, string>;
  let problems: ReadonlyMap<string, string>;
  beforeAll(async () => {
    words = await loadWords(language);
    all = texts(words.translation);
    problems = texts(words.problems ?? problemCatalogue);
  });
  const everything = () => [...all, ...problems];

  test('are those of English, none more and none less, in the plural forms of the language', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const wanted = [...english.keys()].flatMap((key) => {
      if (!isCounted(key) || key.endsWith('_zero')) return [key];
      return key.endsWith('_other') ? forms.map((form) => key.replace(FORM, `_${form}`)) : [];
    });
    expect([...all.keys()].sort()).toEqual(wanted.sort());
  });

  test('are found for any number', async () => {
    const i18n = createInstance();
    await i18n.init({
      lng: language,
      nsSeparator: false,
      resources: { [language]: { translation: words.translation } },
    });
    expect(counted.length).toBeGreaterThan(20);
    for (const key of counted) {
      for (const count of [0, 1, 2, 5, 11, 21, 100, 1.5]) {
        const said: string = i18n.t(key as never, { count } as never) as never;
        expect(said).not.toBe(key);
        if (count !== 1 && placeholders(all.get(`${key}_other`) ?? '').has('count') && count !== 0)
          expect(said).toContain(String(count));
      }
    }
  });

  test('say all that is handed to them, and nothing else', () => {
    for (const [key, text] of all) {
      const asked = placeholders(text);
      if (!isCounted(key) || key.endsWith('_other')) {
        const origin = english.get(key) ?? '';
        expect([key, asked]).toEqual([key, placeholders(origin)]);
      } else {
        // “One account” names no number; anything but the number is said in all forms.
        const most = placeholders(english.get(key.replace(FORM, '_other')) ?? '');
        for (const name of asked) expect([key, most.has(name ?? '')]).toEqual([key, true]);
      }
    }
    for (const [key, text] of problems) {
      const [code = '', part = ''] = key.split('.');
      if (part !== 'sentence' && part !== 'advice') continue;
      const origin = problemCatalogue[code as keyof typeof problemCatalogue][part];
      expect([key, placeholders(text)]).toEqual([key, placeholders(origin)]);
    }
  });

  test('are neither empty nor left in English', () => {
    for (const [key, text] of everything()) {
      expect([key, text.trim()]).toEqual([key, text]);
      expect([key, text.length > 0]).toEqual([key, true]);
    }
    if (language === 'en') return;
    const origins = new Map([...english, ...texts(problemCatalogue)]);
    // A name or one word may be the same in both; a sentence is not.
    const sentences = everything().filter(([, text]) => plain(text).trim().split(/\s+/).length > 4);
    for (const [key, text] of sentences) expect([key, text]).not.toEqual([key, origins.get(key)]);
  });

  test('use the quotation marks, dots and spaces of the language', () => {
    const rules: Record<Language, { never: RegExp; pairs: RegExp }> = {
      en: { never: /["„]|'|\.\.\./, pairs: /^[^“”]*(“[^“”]*”[^“”]*)*$/ },
      de: { never: /["”]|'|\.\.\.|[^\s(„]…/, pairs: /^[^„“]*(„[^„“]*“[^„“]*)*$/ },
      // Full-width marks after Chinese, and a space between Chinese and Latin words.
      zh: {
        never:
          /["„']|\.\.\.|\p{Script=Han}[,;:!?()]|[,;!?()]\p{Script=Han}|\p{Script=Han}[A-Za-z\d]|[A-Za-z\d]\p{Script=Han}|[，。；：！？（）“”] | [，。；：！？（）“”]/u,
        pairs: /^[^“”]*(“[^“”]*”[^“”]*)*$/,
      },
    };
    const { never, pairs } = rules[language];
    for (const [key, text] of everything()) {
      expect([key, never.exec(text)?.[0]]).toEqual([key, undefined]);
      expect([key, pairs.test(text)]).toEqual([key, true]);
    }
  });

  test('say what happened and what to do in whole sentences', () => {
    const end = language === 'zh' ? /[。]$/ : /[.…]$/;
    for (const [key, text] of problems)
      if (/\.(sentence|advice)$/.test(key)) expect([key, text]).toEqual([key, expect.stringMatching(end)]);
  });
});
