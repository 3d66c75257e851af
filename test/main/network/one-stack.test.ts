import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const sources = join(import.meta.dirname, '..', '..', '..', 'src');
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name: name.replaceAll('\\', '/'), code: readFileSync(join(sources, name), 'utf8') }));
const filesWith = (pattern: RegExp) => files.flatMap(({ name, code }) => (pattern.test(code) ? [name] : []));

test('requests go through the fetch that is handed in, so that the system’s proxy and certificates hold', () => {
  // Nobody but these opens connections: the one that holds the address policy, and the redirect's own listener.
  expect(filesWith(/from 'node:(https?|http2|net|tls|dgram)'/).sort()).toEqual([
    'main/behind-window.ts',
    'main/network/address-checked-fetch.ts',
    'main/sign-in/redirect/loopback.ts',
  ]);
  expect(
    filesWith(/(?<!typeof )(globalThis|window)\.fetch\b|\bundici\b|XMLHttpRequest|new WebSocket/),
  ).toEqual([]);
});

test('nothing allows a certificate that is not valid', () => {
  const ways =
    /certificate-error|rejectUnauthorized|setCertificateVerifyProc|ignore-certificate-errors|NODE_TLS_REJECT/;
  expect(filesWith(ways)).toEqual([]);
  // The search finds what it is there for.
  expect(ways.test("app.on('certificate-error', allow)")).toBe(true);
});
