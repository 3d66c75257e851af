import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answeredAddress } from '../../../src/main/sign-in/answered-address.ts';

const REDIRECT = 'http://127.0.0.1:49152/oauth/callback';
const shown = (query: string) => answeredAddress(REDIRECT, new URLSearchParams(query));

test('of an answer the names and the issuer are shown, never the code, the state or an error', () => {
  expect(shown('code=the-code&state=the-state&iss=https%3A%2F%2Fas.example')).toBe(
    `${REDIRECT}?code=•••&state=•••&iss=https%3A%2F%2Fas.example`,
  );
  // RFC 9207 §2.4: until iss is compared the error may be an attacker's.
  expect(shown('error=access_denied&error_description=call+0900&state=s')).toBe(
    `${REDIRECT}?state=•••&error=•••&error_description=•••`,
  );
  expect(shown('')).toBe(REDIRECT);
});

test('names that are in no specification are not shown: one could be a secret', () => {
  expect(shown('the-code-as-a-name=1&iss=')).toBe(`${REDIRECT}?iss=`);
});

test('whatever comes back, the address stays short and holds nothing of it but the issuer', () => {
  const value = fc.string({ unit: 'binary', minLength: 6 });
  fc.assert(
    fc.property(value, value, value, (code, state, iss) => {
      const address = answeredAddress(REDIRECT, new URLSearchParams({ code, state, iss: iss.repeat(200) }));
      expect(address).toMatch(/\?code=•••&state=•••&iss=[^&]*$/);
      expect(address.length).toBeLessThan(10_000);
    }),
  );
});
