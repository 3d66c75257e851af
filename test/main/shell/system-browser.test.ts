import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemBrowser } from '../../../src/main/shell/system-browser.ts';

function openings() {
  const opened: string[] = [];
  const browser = systemBrowser({
    openExternal: async (url) => {
      opened.push(url);
    },
  });
  return { opened, browser };
}

test('opens https anywhere, and http on this computer', async () => {
  const { opened, browser } = openings();
  const good = [
    'https://issuer.example/a?b=c',
    'http://127.0.0.1:8/a',
    'http://localhost/',
    'http://[::1]:9/',
  ];
  for (const url of good) await browser.open(new URL(url));
  expect(opened).toEqual(good);
});

test('hands nothing else to the operating system', async () => {
  const { opened, browser } = openings();
  const bad = [
    'http://issuer.example/',
    'http://127.0.0.1.example/',
    'http://localhost.example/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'smb://host/share',
    'ms-msdt:/id',
    'app.gatehouse.desktop:/server/a',
    'view-source:https://issuer.example/',
    'mailto:someone@example.com',
  ];
  for (const url of bad) await expect(browser.open(new URL(url)), url).rejects.toThrow('Refused');
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[a-z][a-z0-9+.-]{0,12}$/), fc.webPath(), async (scheme, path) => {
      fc.pre(scheme !== 'https');
      await expect(browser.open(new URL(`${scheme}://issuer.example${path}`))).rejects.toThrow('Refused');
    }),
  );
  expect(opened).toEqual([]);
});
