import { chooseLanguage, type Language, languages } from '../../shared/languages.ts';
import type { PhraseWords } from '../../shared/phrases.ts';
import type { ProblemWords, Translation } from './translation.ts';

export interface Words {
  readonly language: Language;
  readonly translation: Translation<'one'> | Translation<never>;
  /** Null where the sentences are the catalogue's own, which are English. */
  readonly problems: ProblemWords | null;
  readonly phrases: PhraseWords | null;
}

/** The words of each language in files of their own, loaded when somebody wants them. */
const files: Readonly<Record<Language, () => Promise<Omit<Words, 'language'>>>> = {
  en: async () => ({ translation: (await import('./en.ts')).en, problems: null, phrases: null }),
  de: async () => {
    const [{ de }, { problems, phrases }] = await Promise.all([
      import('./de.ts'),
      import('./problems-de.ts'),
    ]);
    return { translation: de, problems, phrases };
  },
  zh: async () => {
    const [{ zh }, { problems, phrases }] = await Promise.all([
      import('./zh.ts'),
      import('./problems-zh.ts'),
    ]);
    return { translation: zh, problems, phrases };
  },
};

export async function loadWords(wanted: Language): Promise<Words> {
  return { language: wanted, ...(await files[wanted]()) };
}

const STORAGE_KEY = 'last-language';

/** The language of last time, until the settings are known; at the first start that of the system. */
export function lastLanguage(): Language {
  const last = localStorage.getItem(STORAGE_KEY);
  return languages.find((known) => known === last) ?? chooseLanguage(navigator.languages);
}

export function rememberLanguage(spoken: Language): void {
  localStorage.setItem(STORAGE_KEY, spoken);
}
