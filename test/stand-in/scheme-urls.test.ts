import { expect, test } from 'vitest';
import { addCustomScheme, fromChromium, policyToChromium, toChromium } from './scheme-urls.ts';

addCustomScheme('app');

test.each([
  ['app://gatehouse/index.html?a=1#b', 'https://gatehouse.app-scheme.invalid/index.html?a=1#b'],
  ['app://gatehouse/', 'https://gatehouse.app-scheme.invalid/'],
])('maps %s there and back', (seen, chromium) => {
  expect(toChromium(seen)).toBe(chromium);
  expect(fromChromium(chromium)).toBe(seen);
});

test.each(['https://example.com/', 'https://gatehouse.other-scheme.invalid/', 'about:blank', 'other://x/'])(
  'leaves %s alone',
  (url) => {
    expect(toChromium(url)).toBe(url);
    expect(fromChromium(url)).toBe(url);
  },
);

test('translates the sources of a content security policy', () => {
  expect(policyToChromium("default-src 'none'; img-src app: data:; connect-src app://gatehouse 'self'")).toBe(
    "default-src 'none'; img-src https://*.app-scheme.invalid data:; connect-src https://gatehouse.app-scheme.invalid 'self'",
  );
});
