import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, languageTags } from '../../shared/languages.ts';
import { inOtherWords } from '../../shared/phrases.ts';
import type { en } from './en.ts';
import { loadWords, rememberLanguage, type Words } from './languages.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

const NAMESPACE = 'translation';
const loaded = new Map<string, Words>();
let wanted: Language | null = null;

/** Sets up the words of the interface. React escapes text itself. */
export async function startWords(words: Words): Promise<void> {
  wanted = words.language;
  await i18next.use(initReactI18next).init({
    lng: words.language,
    // Each language has all words: the types hold that.
    fallbackLng: false,
    resources: {},
    // Words such as permission names hold colons.
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  add(words);
  await change(words.language);
}

/** Speaks another language from now on. Of several wishes at once the last one counts. */
export async function speak(language: Language): Promise<void> {
  wanted = language;
  if (!loaded.has(language)) add(await loadWords(language));
  if (wanted === language && i18next.language !== language) await change(language);
}

/** The sentences of problems in the language spoken now; null where they are the catalogue's own. */
export function problemWords(): Words['problems'] {
  return loaded.get(i18next.language)?.problems ?? null;
}

/** A phrase of the main process in the language spoken now; anything else as it is. */
export function phrase(text: string): string {
  const words = loaded.get(i18next.language)?.phrases;
  return words ? inOtherWords(text, words) : text;
}

function add(words: Words): void {
  i18next.addResourceBundle(words.language, NAMESPACE, words.translation);
  loaded.set(words.language, words);
}

async function change(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = languageTags[language];
  rememberLanguage(language);
}

export { default as i18n } from 'i18next';
