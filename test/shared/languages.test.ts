import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseLanguage, languageOf, languages, languageTags } from '../../src/shared/languages.ts';

test.each([
  [['de-AT', 'en'], 'de'],
  [['fr-FR', 'de-CH', 'en'], 'de'],
  [['zh-CN'], 'zh'],
  [['zh'], 'zh'],
  [['zh-Hans-HK', 'en'], 'zh'],
  [['zh-TW', 'de'], 'de'],
  [['zh-Hant'], 'en'],
  [['en-GB', 'de'], 'en'],
  [['fr', 'ja'], 'en'],
  [[], 'en'],
  [['C', '', 'not a tag!', 'zh-SG'], 'zh'],
] as const)('who reads %j is spoken to in %s', (preferred, spoken) => {
  expect(chooseLanguage(preferred)).toBe(spoken);
});

test('each language is chosen by its own tag', () => {
  for (const language of languages) expect(chooseLanguage([languageTags[language]])).toBe(language);
});

test('whatever a system says, some language is spoken', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (preferred) =>
      languages.includes(chooseLanguage(preferred)),
    ),
  );
});

test('a choice stands against the system', () => {
  expect(languageOf('system', 'zh')).toBe('zh');
  expect(languageOf('en', 'zh')).toBe('en');
});
