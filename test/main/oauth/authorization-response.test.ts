import { describe, expect, test } from 'vitest';
import type { PendingAuthorization } from '../../../src/main/oauth/authorization-request.ts';
import { readAuthorizationResponse } from '../../../src/main/oauth/authorization-response.ts';
import { ProblemError } from '../../../src/shared/problems.ts';
import { ISSUER } from './profiles.ts';
import { issuerMetadata } from './sign-in.ts';
import { problemOfCall } from './stage.ts';

const pending = (advertised?: boolean): PendingAuthorization => ({
  state: 'state-1',
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'app.gatehouse.desktop:/oauth/callback',
  issuer: issuerMetadata({ authorization_response_iss_parameter_supported: advertised }),
  clientId: 'gatehouse-1',
  resource: null,
  scopes: null,
});
const read = (query: string, advertised?: boolean) => () =>
  readAuthorizationResponse(pending(advertised), new URLSearchParams(query));
const OK = 'code=c&state=state-1';
const iss = (value: string) => `${OK}&iss=${encodeURIComponent(value)}`;

describe('iss (RFC 9207 §2.4)', () => {
  test('advertised and right: accepted', () => expect(read(iss(ISSUER), true)().get('code')).toBe('c'));
  test('not advertised but right: accepted', () => expect(read(iss(ISSUER))().get('code')).toBe('c'));
  test('neither advertised nor present: accepted', () => expect(read(OK, false)().get('code')).toBe('c'));
  test('advertised and absent: refused', async () => {
    expect(await problemOfCall(read(OK, true))).toBe('response-issuer-missing');
  });
  test.each([true, false])('present and wrong is refused (advertised: %s)', async (advertised) => {
    expect(await problemOfCall(read(iss('https://evil.example'), advertised))).toBe(
      'response-issuer-mismatch',
    );
  });
  test.each([`${ISSUER}/`, 'https://AS.example', 'HTTPS://as.example', 'https://as.example:443', ''])(
    'is compared as a string: %j is refused',
    async (value) => {
      expect(await problemOfCall(read(iss(value), true))).toBe('response-issuer-mismatch');
      expect(await problemOfCall(read(iss(value), false))).toBe('response-issuer-mismatch');
    },
  );
  test('on mismatch nothing of the error is shown', () => {
    const call = read(
      `${iss('https://evil.example')}&error=SECRET&error_description=SECRET&error_uri=SECRET`,
    );
    try {
      call();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      expect(JSON.stringify((error as ProblemError).problem)).not.toContain('SECRET');
    }
  });
  test('is checked for error answers too', async () => {
    expect(await problemOfCall(read('error=access_denied&state=state-1', true))).toBe(
      'response-issuer-missing',
    );
  });
});

describe('the answer is refused', () => {
  test.each([
    ['code=c', 'callback-unknown'],
    ['code=c&state=', 'callback-unknown'],
    ['code=c&state=other', 'callback-unknown'],
    ['error=access_denied&state=other', 'callback-unknown'],
    ['state=state-1', 'callback-invalid'],
    ['code=&state=state-1', 'callback-invalid'],
    ['code=c&code=d&state=state-1', 'callback-invalid'],
    ['code=c&state=state-1&state=state-1', 'callback-invalid'],
    [`${iss(ISSUER)}&iss=${ISSUER}`, 'callback-invalid'],
    ['error=a&error=b&state=state-1', 'callback-invalid'],
    [`${OK}&response=eyJ`, 'callback-invalid'],
    [`${OK}&id_token=eyJ`, 'callback-invalid'],
    [`${OK}&x=${'y'.repeat(20_000)}`, 'callback-invalid'],
  ])('%s', async (query, code) => expect(await problemOfCall(read(query))).toBe(code));
});

test('an answer of 16 KiB is read, not a longer one', async () => {
  const query = (length: number) => `${OK}&x=${'y'.repeat(length - OK.length - 3)}`;
  expect(read(query(16_384))().get('code')).toBe('c');
  expect(await problemOfCall(read(query(16_385)))).toBe('callback-invalid');
});

describe('an error of the issuer is told', () => {
  test.each([
    ['access_denied', 'consent-denied'],
    ['invalid_redirect_uri', 'redirect-uri-refused'],
    ['redirect_uri_mismatch', 'redirect-uri-refused'],
    ['invalid_client', 'client-unknown'],
    ['server_error', 'authorization-refused'],
    ['unauthorized_client', 'authorization-refused'],
    ['', 'authorization-refused'],
  ])('%s is %s', async (error, code) => {
    expect(await problemOfCall(read(`error=${error}&state=state-1`))).toBe(code);
  });
  test('goes before a code beside it', async () => {
    expect(await problemOfCall(read(`${OK}&error=access_denied`))).toBe('consent-denied');
  });
  test('without a name says so', () => {
    expect(read('error=&state=state-1')).toThrow('no reason given');
  });
  test('with its description, made visible', () => {
    const call = read('error=x&error_description=a%E2%80%AEb&state=state-1');
    expect(call).toThrow('x: a\\u{202e}b');
  });
});
