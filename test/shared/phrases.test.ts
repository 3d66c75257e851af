import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { phrases as german } from '../../src/renderer/i18n/problems-de.ts';
import { phrases as chinese } from '../../src/renderer/i18n/problems-zh.ts';
import { inOtherWords, phrases } from '../../src/shared/phrases.ts';

test('each phrase is one the main process says', async () => {
  const main = fileURLToPath(new URL('../../src/main', import.meta.url));
  const names = (await readdir(main, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const sources = await Promise.all(names.map((name) => readFile(join(main, name), 'utf8')));
  const said = sources.join('\n').replace(/\$\{[^}]*\}/g, '{}');
  for (const phrase of phrases)
    expect([phrase, said.includes(phrase.replace(/\{\w+\}/g, '{}'))]).toEqual([phrase, true]);
});

test('a phrase is said with what is filled into it, in other words too where that is a phrase', () => {
  expect(inOtherWords('state appears twice', german)).toBe('state kommt zweimal vor');
  expect(
    inOtherWords('The server publishes no resource metadata; its origin is taken as the issuer.', german),
  ).toBe('Der Server veröffentlicht keine Ressourcen-Metadaten; sein Ursprung wird als Aussteller genommen.');
  expect(inOtherWords('Your settings fix the resource: https://a.example/mcp.', chinese)).toBe(
    '你的设置固定了资源：https://a.example/mcp。',
  );
});

test('what is no phrase stays as it is', () => {
  for (const text of ['', 'invalid_grant', 'HTTP 502', 'it has expired already', '{name} (x'])
    expect(inOtherWords(text, german)).toBe(text);
});

test.each([
  ['German', german],
  ['Chinese', chinese],
])('%s loses nothing of what a phrase is filled with', (_, words) => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const phrase of phrases) expect([phrase, places(words[phrase])]).toEqual([phrase, places(phrase)]);
});
