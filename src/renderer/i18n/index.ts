import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en, type Resource } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

const languages: Record<string, Resource> = { en };

/** Sets up the words of the interface. React escapes text itself. */
export async function startWords(language = 'en'): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: Object.fromEntries(
      Object.entries(languages).map(([name, translation]) => [name, { translation }]),
    ),
    // Words such as permission names hold colons.
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = language;
}

export { default as i18n } from 'i18next';
