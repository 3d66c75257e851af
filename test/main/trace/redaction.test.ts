import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { REDACTED, Redactor } from '../../../src/main/trace/redaction.ts';

const SECRET = 'a-secret-value-12345';

const SECRET_NAMES = [
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'state',
  'client_secret',
  'client_assertion',
  'assertion',
  'subject_token',
  'actor_token',
  'device_code',
  'password',
  'registration_access_token',
  'token',
];

/** Text that holds a secret in a place known to hold secrets. */
const places: readonly (readonly [string, (name: string) => string])[] = [
  ['a query', (name) => `https://as.example/x?a=1&${name}=${SECRET}&b=2`],
  ['the first parameter', (name) => `https://as.example/x?${name}=${SECRET}`],
  ['a fragment', (name) => `app.gatehouse.desktop:/oauth/callback#${name}=${SECRET}&x=1`],
  ['a form', (name) => `${name}=${SECRET}&grant_type=x`],
  ['JSON', (name) => JSON.stringify({ a: 1, [name]: SECRET })],
  ['nested JSON', (name) => JSON.stringify({ a: [{ b: { [name]: SECRET } }] })],
  ['JSON in a list', (name) => JSON.stringify([[{ [name]: SECRET }]])],
  ['JSON in capital letters', (name) => JSON.stringify({ [name.toUpperCase()]: SECRET })],
  ['JSON in a string of JSON', (name) => JSON.stringify({ body: JSON.stringify({ [name]: SECRET }) })],
  ['a form in a string of JSON', (name) => JSON.stringify({ body: `a=1&${name}=${SECRET}` })],
  ['JSON cut short', (name) => `{"a":1,"${name}" : "${SECRET}","b":"cut he`],
  ['JSON cut in the secret', (name) => `{"a":1,"${name}":"${SECRET}`],
  ['an event stream', (name) => `event: message\ndata: {"${name}":"${SECRET}"}\n\n`],
  [
    'an address in an address',
    (name) => `https://x.example/?to=${encodeURIComponent(`https://y.example/?${name}=${SECRET}&z=1`)}`,
  ],
  ['words', (name) => `the request said ${name}=${SECRET} and failed`],
];

for (const [place, textWith] of places) {
  test(`a secret in ${place} is removed, whatever its name, and later wherever it turns up`, () => {
    for (const name of SECRET_NAMES) {
      const redactor = new Redactor();
      expect([name, redactor.body(textWith(name))]).toEqual([name, expect.not.stringContaining(SECRET)]);
      expect(redactor.text(`the server says: ${SECRET}!`)).toBe(`the server says: ${REDACTED}!`);
    }
  });
}

test('what is no secret stays readable', () => {
  const redactor = new Redactor();
  const body = JSON.stringify({
    grant_type: 'refresh_token',
    scope: 'mcp:tools',
    resource: 'https://mcp.example',
  });
  expect(redactor.body(body)).toBe(body);
  expect(redactor.text('https://as.example/authorize?client_id=abc&scope=x')).toContain('client_id=abc');
  expect(redactor.body('{"error":"invalid_grant"}')).toBe('{"error":"invalid_grant"}');
  // A JSON-RPC error code is a number, no authorization code.
  expect(redactor.body('{"error":{"code":-32601,"message":"no"}}')).toContain('-32601');
});

test('headers with credentials show their scheme alone', () => {
  const redactor = new Redactor();
  const headers = redactor.headers({
    Authorization: `Bearer ${SECRET}`,
    'Proxy-Authorization': 'Basic dXNlcjpwYXNzd29yZA==',
    Cookie: 'session=abcdefgh',
    'Set-Cookie': 'session=abcdefgh; Path=/',
    DPoP: 'eyJhbGciOiJFUzI1NiJ9.eyJqdGkiOiJ4In0.c2ln',
    'X-Api-Key': 'key-key-key',
    'Content-Type': 'application/json',
  });
  expect(headers).toEqual({
    Authorization: `Bearer ${REDACTED}`,
    'Proxy-Authorization': `Basic ${REDACTED}`,
    Cookie: REDACTED,
    'Set-Cookie': REDACTED,
    DPoP: REDACTED,
    'X-Api-Key': REDACTED,
    'Content-Type': 'application/json',
  });
  expect(redactor.text(`echo ${SECRET}`)).toBe(`echo ${REDACTED}`);
});

test('a code in a Location header is removed', () => {
  const redactor = new Redactor();
  const location = `http://127.0.0.1:1/oauth/callback?code=${SECRET}&state=state-state-state&iss=https%3A%2F%2Fas.example`;
  const headers = redactor.headers(new Headers({ location }));
  expect(headers.location).toBe(
    `http://127.0.0.1:1/oauth/callback?code=${REDACTED}&state=${REDACTED}&iss=https%3A%2F%2Fas.example`,
  );
});

test('the secret of Basic authentication is known in clear, form-encoded or not', () => {
  const redactor = new Redactor();
  const secret = 's3cret/with+signs=';
  redactor.headers({ authorization: `Basic ${btoa(`client:${encodeURIComponent(secret)}`)}` });
  expect(redactor.text(`wrong secret ${secret}`)).toBe(`wrong secret ${REDACTED}`);
  expect(redactor.text(encodeURIComponent(secret))).toBe(REDACTED);
});

test('a JWT is removed wherever it stands', () => {
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
  expect(new Redactor().text(`got ${jwt}, expected another`)).toBe(`got ${REDACTED}, expected another`);
  expect(new Redactor().body(JSON.stringify({ anything: jwt }))).not.toContain('eyJ');
  expect(new Redactor().text(`Authorization: bearer ${SECRET}`)).not.toContain(SECRET);
});

test('an encrypted JWT is removed whole, also one without an encrypted key', () => {
  for (const key of ['', 'ZW5jcnlwdGVkLWtleQ']) {
    const jwe = `eyJhbGciOiJkaXIifQ.${key}.aXYtaXYtaXY.Y2lwaGVydGV4dA.dGFnLXRhZw`;
    expect(new Redactor().text(`got ${jwe}, expected another`)).toBe(`got ${REDACTED}, expected another`);
  }
});

test('values too short to be secrets do not blacken ordinary words', () => {
  const redactor = new Redactor();
  redactor.body('{"code":"error"}');
  expect(redactor.text('an error')).toBe('an error');
});

test('JSON nested deeper than anybody reads is cut, not followed', () => {
  const deep = `${'['.repeat(5000)}{"access_token":"${SECRET}"}${']'.repeat(5000)}`;
  expect(new Redactor().body(deep)).not.toContain(SECRET);
});

test('no learned secret survives, however it is wrapped and however secrets overlap', () => {
  const secret = fc
    .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 })
    .filter((value) => value.trim().length >= 8 && !value.includes(REDACTED));
  const wrap = fc.constantFrom<(value: string) => string>(
    (value) => value,
    (value) => encodeURIComponent(value),
    (value) => JSON.stringify({ error_description: `no: ${value}` }),
    (value) => `https://x.example/?q=${encodeURIComponent(value)}`,
    (value) => `before ${value} after ${value}`,
  );
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 5 }),
      fc.string(),
      fc.array(wrap),
      (secrets, noise, wraps) => {
        const redactor = new Redactor();
        // One secret may be a part of another.
        const all = [...secrets, ...secrets.map((value) => `${value}${secrets[0]}`)];
        for (const value of all) redactor.learn(value);
        const text = all.flatMap((value) => [noise, value, ...wraps.map((one) => one(value))]).join('|');
        for (const redacted of [
          redactor.text(text),
          redactor.body(text),
          redactor.body(JSON.stringify({ text })),
        ]) {
          for (const value of all) {
            expect(redacted).not.toContain(value);
            expect(redacted).not.toContain(encodeURIComponent(value));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('redacting any text never throws and is done once and for all', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.webUrl({ withQueryParameters: true })),
      (text) => {
        const redactor = new Redactor();
        const once = redactor.body(text);
        expect(redactor.text(once)).toBe(redactor.text(redactor.text(once)));
      },
    ),
  );
});

test('a megabyte without an end is redacted in no time worth speaking of', () => {
  const redactor = new Redactor();
  for (const text of [
    '"'.repeat(1 << 20),
    '\\'.repeat(1 << 20),
    'code='.repeat(1 << 18),
    '%3F'.repeat(1 << 18),
    'eyJ-'.repeat(1 << 18),
  ]) {
    expect(redactor.text(text).length).toBeGreaterThan(0);
  }
});
