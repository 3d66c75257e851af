import type { Locator, Page } from 'playwright-core';
import { en } from '../../src/renderer/i18n/en.ts';
import { loadWords } from '../../src/renderer/i18n/languages.ts';
import type { Language } from '../../src/shared/languages.ts';
import { problemCatalogue } from '../../src/shared/problems.ts';
import { pseudoWords } from './pseudo-locale.ts';

export const spokenLanguages = ['en', 'de', 'zh', 'pseudo'] as const;
/** What screens are seen in: the languages of the app, and one nobody speaks. */
export type Spoken = (typeof spokenLanguages)[number];

/** How a browser is told of it. */
export const locales = { en: 'en-GB', de: 'de-DE', zh: 'zh-CN', pseudo: 'en-GB' } as const;

/** The language the app is set to; the pseudo-locale is built in English's place. */
export const appLanguage = (spoken: Spoken): Language => (spoken === 'pseudo' ? 'en' : spoken);

const PLACEHOLDER = /\{\{?(\w+)\}?\}/;
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

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A text as a pattern; what is filled into it is anything. */
const pattern = (text: string) =>
  text
    .split(new RegExp(PLACEHOLDER, 'g'))
    .map((part, index) => (index % 2 ? '.*' : escaped(part)))
    .join('');

/**
 * A page on which things are found by their English words, whatever language it speaks: scenes are written once.
 * @param named what stands for a name that came from outside, when names are changed
 */
export function inEnglish(page: Page, dictionary: Dictionary, named: (name: string) => string): Page {
  const translated = (words: string | RegExp, exact = false): string | RegExp => {
    const whole = (text: string) =>
      new RegExp(`^${pattern(text)}$`, words instanceof RegExp ? words.flags : 'i');
    const hits =
      words instanceof RegExp
        ? dictionary.filter(({ from }) => words.test(from.replace(new RegExp(PLACEHOLDER, 'g'), '1')))
        : dictionary.filter(({ from }) => from.replace(PLACEHOLDER, '') !== '' && whole(from).test(words));
    const found =
      hits.length > 0 || words instanceof RegExp
        ? hits
        : dictionary.filter(({ from }) => words.length > 3 && from.includes(words));
    if (found.length === 0) return words instanceof RegExp ? words : named(words);
    const alternatives = [...new Set(found.map(({ to }) => pattern(to)))].join('|');
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
