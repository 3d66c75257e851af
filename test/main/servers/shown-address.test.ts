import { expect, test } from 'vitest';
import { shownAddress } from '../../../src/main/servers/shown-address.ts';
import { ProblemError } from '../../../src/shared/problems.ts';

test('an ordinary address is shown whole, its host in clear, without a warning', () => {
  expect(shownAddress('https://Auth.Example/connect?session=1&x=%2F')).toEqual({
    url: 'https://auth.example/connect?session=1&x=%2F',
    host: 'auth.example',
    readableHost: 'auth.example',
    warnings: [],
  });
});

const deceiving: readonly (readonly [string, string, string, readonly string[]])[] = [
  // Cyrillic а, р: the first label mixes them with Latin letters.
  [
    'https://\u0430\u0440ple.example/',
    'xn--ple-5cd4f.example',
    '\u0430\u0440ple.example',
    ['international-host', 'mixed-scripts'],
  ],
  [
    'https://xn--pple-43d.example/',
    'xn--pple-43d.example',
    '\u0430pple.example',
    ['international-host', 'mixed-scripts'],
  ],
  // All of it Cyrillic: nothing is mixed, and it looks Latin all the same.
  [
    'https://\u0430\u0440\u0440\u04cf\u0435.example/',
    'xn--80ak6aa92e.example',
    '\u0430\u0440\u0440\u04cf\u0435.example',
    ['international-host'],
  ],
  ['https://m\u00fcnchen.example/', 'xn--mnchen-3ya.example', 'm\u00fcnchen.example', ['international-host']],
  ['https://\u0261oogle.example/', 'xn--oogle-qmc.example', '\u0261oogle.example', ['international-host']],
  [
    'https://login.example.\u03bfrg/',
    'login.example.xn--rg-ibc',
    'login.example.\u03bfrg',
    ['international-host', 'mixed-scripts'],
  ],
  ['https://203.0.113.9/', '203.0.113.9', '203.0.113.9', ['numeric-host']],
  ['https://0xcb.0.0x71.9/', '203.0.113.9', '203.0.113.9', ['numeric-host']],
  ['https://[2001:db8::1]:8443/', '[2001:db8::1]:8443', '[2001:db8::1]:8443', ['numeric-host']],
  ['http://127.0.0.1:5000/done', '127.0.0.1:5000', '127.0.0.1:5000', ['plain-http']],
];

for (const [address, host, readableHost, warnings] of deceiving) {
  test(`${address} is warned of`, () => {
    expect(shownAddress(address)).toMatchObject({ host, readableHost, warnings });
  });
}

const refused = [
  'http://auth.example/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'app.gatehouse.desktop:/oauth/callback',
  'ms-word:ofe|u|https://x',
  'https://bank.example@evil.example/',
  'https://',
  'not an address',
  `https://a.example/${'x'.repeat(9000)}`,
];

for (const address of refused) {
  test(`${address.slice(0, 60)} may not be opened at all`, () => {
    expect(() => shownAddress(address)).toThrow(ProblemError);
  });
}
