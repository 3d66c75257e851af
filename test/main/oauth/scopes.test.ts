import { expect, test } from 'vitest';
import { missingScopes, scopesToAsk, splitScope, unionScopes } from '../../../src/main/oauth/scopes.ts';

const none = { configured: null, challenged: null, resourceScopes: null, issuerScopes: null };

test('the scope of the challenge goes before the resource metadata', () => {
  expect(scopesToAsk({ ...none, challenged: ['a'], resourceScopes: ['a', 'b'] })).toEqual(['a']);
});
test('without a challenge all scopes of the resource are asked', () => {
  expect(scopesToAsk({ ...none, resourceScopes: ['a', 'b'] })).toEqual(['a', 'b']);
});
test('without either no scope is sent, whatever the issuer lists', () => {
  expect(scopesToAsk({ ...none, issuerScopes: ['a', 'offline_access'] })).toBeNull();
  expect(scopesToAsk({ ...none, resourceScopes: [], challenged: [] })).toBeNull();
});
test('offline_access is added only if the issuer lists it', () => {
  expect(scopesToAsk({ ...none, challenged: ['a'], issuerScopes: ['offline_access'] })).toEqual([
    'a',
    'offline_access',
  ]);
  expect(scopesToAsk({ ...none, challenged: ['a'], issuerScopes: ['a'] })).toEqual(['a']);
});
test('offline_access is not asked twice', () => {
  const asked = scopesToAsk({ ...none, challenged: ['offline_access'], issuerScopes: ['offline_access'] });
  expect(asked).toEqual(['offline_access']);
});
test('scopes of the settings are asked verbatim', () => {
  expect(
    scopesToAsk({ ...none, configured: ['x'], challenged: ['a'], issuerScopes: ['offline_access'] }),
  ).toEqual(['x']);
});
test('step-up asks for the union of what was asked and what is challenged', () => {
  expect(unionScopes(['a', 'b'], ['b', 'c'], null)).toEqual(['a', 'b', 'c']);
});
test('what no scope can be is left out', () => {
  expect(unionScopes(['a', 'b c', 'd"', 'é', '', 'x'.repeat(2000)])).toEqual(['a']);
});
test('a scope of 1024 characters is one, and two hundred scopes are enough', () => {
  expect(unionScopes(['x'.repeat(1024), 'x'.repeat(1025)])).toEqual(['x'.repeat(1024)]);
  const many = Array.from({ length: 300 }, (_, index) => `s${index}`);
  expect(unionScopes(many)).toEqual(many.slice(0, 200));
});
test('what is missing is what was not granted', () => {
  expect(missingScopes(['a', 'b'], ['a'])).toEqual(['b']);
  expect(missingScopes(['a'], null)).toEqual(['a']);
});
test('a scope value is split at spaces', () => {
  expect(splitScope(' a  b a ')).toEqual(['a', 'b']);
  expect(splitScope('')).toBeNull();
  expect(splitScope(undefined)).toBeNull();
});
