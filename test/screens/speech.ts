import type { Locator, Page } from 'playwright-core';
import { en } from '../../src/renderer/i18n/en.ts';
import { loadWords } from '../../src/renderer/i18n/languages.ts';
import type { Language } from '../../src/shared/languages.ts';
import { problemCatalogue, visibleText } from '../../src/shared/problems.ts';
import { pseudoWords } from './pseudo-locale.ts';

export const spokenLanguages = ['en', 'de', 'zh', 'pseudo'] as const;
/** What screens are seen in: the languages of the app, and one nobody speaks. */
export type Spoken = (typeof spokenLanguages)[number];

/** How a browser is told of it. */
export const locales = { en: 'en-GB', de: 'de-DE', zh: 'zh-CN', pseudo: 'en-GB' } as const;

/** The language the app is set to; the pseudo-locale is built in English's place. */
export const appLanguage = (spoken: Spoken): Language => (spoken === 'pseudo' ? 'en' : spoken);

const PLURAL = /_(one|other)$/;

/** English texts, each with what stands for it in another language. */
type Dictionary = readonly { readonly from: string; readonly to: string }[];

export async function dictionaryOf(spoken: Spoken): Promise<Dictionary> {
  const english = { ...en, problems: problemCatalogue };
  const { translation, problems } = await loadWords(appLanguage(spoken));
  const other =
    spoken === 'pseudo' ? pseudoWords(english) : { ...translation, problems: problems ?? problemCatalogue };
  const texts = leaves(other);
  return [...leaves(english)].map(([key, from]) => ({
    from,
    to: texts.get(key) ?? texts.get(key.replace(PLURAL, '_other')) ?? from,
  }));
}

function leaves(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(path + key, value);
    else for (const [inner, text] of leaves(value, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}

/** A browser names things with plain spaces, whatever the words have. */
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\u00a0/g, '\\s');
const parts = (text: string) => text.split(/\{\{?(\w+)\}?\}/);
/** A text as a pattern, with what is filled into it; anything where nothing is known of it. */
const pattern = (text: string, filling: (name: string) => string = () => '.*') =>
  parts(text)
    .map((part, index) => (index % 2 === 1 ? filling(part) : escaped(part)))
    .join('');

/** What stands for texts that an expression finds in English. */
function matching(dictionary: Dictionary, words: RegExp, named: (name: string) => string): string[] {
  const found = dictionary
    .filter(({ from }) => words.test(parts(from).join('1')))
    .map(({ to }) => pattern(to));
  return found.length > 0 ? found : meant(dictionary, words.source, named);
}

/** What stands for a text: the same, else one it is filled from, else one it is part of. */
function meant(dictionary: Dictionary, words: string, named: (name: string) => string): string[] {
  const same = dictionary.filter(({ from }) => from.toLowerCase() === words.toLowerCase());
  if (same.length > 0) return same.map(({ to }) => pattern(to));
  const filled = dictionary.flatMap(({ from, to }) => {
    const [literal, ...names] = [
      parts(from)
        .filter((_, index) => index % 2 === 0)
        .join('')
        .trim(),
      ...parts(from).filter((_, index) => index % 2 === 1),
    ];
    const values =
      literal === '' || names.length === 0
        ? null
        : new RegExp(`^${pattern(from, () => '(.*)')}$`, 'i').exec(words);
    const shown = (value = '') => `${escaped(visibleText(named(value)).slice(0, 30))}.*`;
    return values ? [pattern(to, (name) => shown(values[names.indexOf(name) + 1]))] : [];
  });
  if (filled.length > 0 || words.length < 4) return filled;
  return dictionary.filter(({ from }) => from.includes(words)).map(({ to }) => pattern(to));
}

/**
 * A page on which things are found by their English words, whatever language it speaks: scenes are written once.
 * @param named what stands for a name that came from outside, when names are changed
 */
export function inEnglish(page: Page, dictionary: Dictionary, named: (name: string) => string): Page {
  const translated = (words: string | RegExp, exact = false): string | RegExp => {
    const found =
      words instanceof RegExp ? matching(dictionary, words, named) : meant(dictionary, words, named);
    if (found.length === 0) {
      const other = words instanceof RegExp ? words : named(words);
      return other instanceof RegExp || other === words ? words : visibleText(other).slice(0, 30);
    }
    const alternatives = [...new Set(found)].join('|');
    return new RegExp(exact ? `^(${alternatives})$` : `(${alternatives})`);
  };
  const speaking = <T extends Page | Locator>(target: T): T =>
    new Proxy(target, {
      get(object, property) {
        const value = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const answer = value.apply(object, withWords(String(property), given, translated));
          return isLocator(answer) ? speaking(answer) : answer;
        };
      },
    });
  return speaking(page);
}

type Translate = (words: string | RegExp, exact?: boolean) => string | RegExp;

function withWords(method: string, given: unknown[], translated: Translate): unknown[] {
  const [first, second] = given as [string | RegExp, { name?: string | RegExp; exact?: boolean } | undefined];
  if (['getByText', 'getByLabel', 'getByPlaceholder'].includes(method)) {
    return [translated(first, second?.exact)];
  }
  if (method === 'getByRole' && second?.name !== undefined) {
    const { exact, name, ...rest } = second;
    return [first, { ...rest, name: translated(name, exact) }];
  }
  return given;
}

function isLocator(value: unknown): value is Locator {
  return typeof value === 'object' && value !== null && 'getByTestId' in value && 'first' in value;
}
