import { describe, expect, test } from 'vitest';
import {
  afterRefusal,
  type RegistrationAttempt,
  type RegistrationRefusal,
} from '../../../src/main/oauth/registration-attempts.ts';

const CUSTOM = 'app.gatehouse.desktop:/oauth/callback';
const NUMERIC = 'http://127.0.0.1:4711/oauth/callback';
const NAMED = 'http://localhost:4711/oauth/callback';
const attempt: RegistrationAttempt = {
  redirectUris: [CUSTOM, NUMERIC, NAMED],
  method: 'none',
  otherMethods: ['client_secret_basic', 'client_secret_post'],
  scopes: ['user'],
};
/** What is different in the next attempt, and how that is told. */
const next = (refusal: Partial<RegistrationRefusal>, from: Partial<RegistrationAttempt> = {}) => {
  const before = { ...attempt, ...from };
  const told = { error: null, description: null, status: 400, told: '', ...refusal };
  const found = afterRefusal(before, told);
  if (found === null) return null;
  const changed = Object.entries(found.attempt).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(before, name)),
  );
  return { change: found.change, ...Object.fromEntries(changed) };
};
const LOOPBACK = { change: 'registering again with loopback only', redirectUris: [NUMERIC, NAMED] };
const METHOD = {
  change: 'registering again with client_secret_basic',
  method: 'client_secret_basic',
  otherMethods: ['client_secret_post'],
};
const NO_SCOPE = { change: 'registering again without scope', scopes: null };

describe('a refusal is taken for what it is about (RFC 7591 §3.2.2)', () => {
  const metadata = (description: string | null) => ({ error: 'invalid_client_metadata', description });
  const table: [string, Partial<RegistrationRefusal>, object | null][] = [
    ['redirect URIs', { error: 'invalid_redirect_uri' }, LOOPBACK],
    ['the scope', { error: 'invalid_scope' }, NO_SCOPE],
    ['the method, by its member', metadata('Token_Endpoint_Auth_Method not allowed'), METHOD],
    ['the method, by its member in one word', metadata('authMethod none'), METHOD],
    ['the method, by its member in two words', metadata('bad auth method'), METHOD],
    ['the method, in words', metadata('this authentication method is not allowed'), METHOD],
    ['the scope, in words', metadata('Scope user is not allowed'), NO_SCOPE],
    ['the scopes, in words', metadata('unknown scopes'), NO_SCOPE],
    ['a word that only looks like scope', metadata('telescope'), LOOPBACK],
    ['nothing in particular', metadata(null), LOOPBACK],
    ['an invalid request', { error: 'invalid_request' }, LOOPBACK],
    ['nothing said at all', {}, LOOPBACK],
    ['nothing said at all, with 422', { status: 422 }, LOOPBACK],
  ];
  test.each(table)('%s', (_what, refusal, expected) => expect(next(refusal)).toEqual(expected));

  test.each([
    ['access_denied', 400],
    ['invalid_software_statement', 400],
    ['invalid_redirect_uri', 401],
    ['invalid_redirect_uri', 403],
    ['invalid_redirect_uri', 500],
    [null, 404],
  ])('%s with status %i is final', (error, status) => expect(next({ error, status })).toBeNull());
});

describe('less is offered each time', () => {
  const refused = { error: 'invalid_redirect_uri' };
  test('loopback, then one host of it, then nothing more', () => {
    expect(next(refused, { redirectUris: [NUMERIC, NAMED] })).toEqual({
      change: 'registering again without 127.0.0.1',
      redirectUris: [NAMED],
    });
    expect(next(refused, { redirectUris: [NAMED] })).toBeNull();
  });
  test('a custom scheme alone has nothing to give up', () => {
    expect(next(refused, { redirectUris: [CUSTOM] })).toBeNull();
  });
  test('one method after the other', () => {
    const about = { error: 'invalid_client_metadata', description: 'auth_method' };
    expect(next(about, { otherMethods: ['private_key_jwt'] })).toEqual({
      change: 'registering again with private_key_jwt',
      method: 'private_key_jwt',
      otherMethods: [],
    });
    expect(next(about, { otherMethods: [] })).toBeNull();
  });
  test('no scope only once', () => expect(next({ error: 'invalid_scope' }, { scopes: null })).toBeNull());
  test('redirect URIs first, then methods, then the scope, when nobody says what is wrong', () => {
    const vague = { error: 'invalid_client_metadata' };
    expect(next(vague, { redirectUris: [NAMED] })).toEqual(METHOD);
    expect(next(vague, { redirectUris: [NAMED], otherMethods: [] })).toEqual(NO_SCOPE);
    expect(next(vague, { redirectUris: [NAMED], otherMethods: [], scopes: null })).toBeNull();
  });
});
