/** The languages Gatehouse speaks, each named as its speakers name it. */
export const languageNames = { en: 'English', de: 'Deutsch', zh: '简体中文' } as const;

export type Language = keyof typeof languageNames;
export const languages = Object.keys(languageNames) as readonly Language[] as readonly [
  Language,
  ...Language[],
];

/** How each is named to a browser (BCP 47): the script decides which letter forms Chinese is drawn with. */
export const languageTags = { en: 'en', de: 'de', zh: 'zh-Hans' } as const satisfies Record<Language, string>;

/** What the person chose, in the language it comes to: by itself that of the system. */
export function languageOf(chosen: Language | 'system', systemLanguage: Language): Language {
  return chosen === 'system' ? systemLanguage : chosen;
}

/**
 * The language to speak to somebody, English where none is known. Traditional Chinese is passed over: who reads it
 * is better served by the next of their languages than by another script.
 * @param preferred language tags (BCP 47), the most wanted first; from outside, so that anything else is passed over
 */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const known = knownLanguage(tag);
    if (known) return known;
  }
  return 'en';
}

function knownLanguage(tag: string): Language | undefined {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return languages.find((known) => {
      const own = new Intl.Locale(languageTags[known]).maximize();
      return own.language === language && own.script === script;
    });
  } catch {
    // No language tag: a variable of the environment may hold anything.
    return undefined;
  }
}
