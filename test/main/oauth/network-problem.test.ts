import { describe, expect, test } from 'vitest';
import { fetchDocument } from '../../../src/main/oauth/lenient-fetch.ts';
import { isTemporary, networkProblem } from '../../../src/main/oauth/network-problem.ts';
import { failure, makeProblem } from '../../../src/shared/problems.ts';
import { problemOfCall, stage } from './stage.ts';

const URL_ASKED = new URL('https://a.example/x');
const undici = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
const electron = (code: string) => new Error(`net::${code}`);
const codeOf = (error: unknown) => networkProblem(error, URL_ASKED, 10_000).code;

test.each([
  ['ENOTFOUND', 'ERR_NAME_NOT_RESOLVED', 'host-not-found'],
  ['ECONNREFUSED', 'ERR_CONNECTION_REFUSED', 'connection-refused'],
  ['CERT_HAS_EXPIRED', 'ERR_CERT_DATE_INVALID', 'certificate-invalid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_CERT_COMMON_NAME_INVALID', 'certificate-invalid'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_CERT_AUTHORITY_INVALID', 'certificate-invalid'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_SSL_PROTOCOL_ERROR', 'certificate-invalid'],
  ['UND_ERR_CONNECT_TIMEOUT', 'ERR_CONNECTION_TIMED_OUT', 'answer-timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'ERR_TIMED_OUT', 'answer-timeout'],
  ['ECONNRESET', 'ERR_INTERNET_DISCONNECTED', 'network-unreachable'],
  ['EAI_AGAIN', 'ERR_NETWORK_CHANGED', 'network-unreachable'],
])('%s (Node) and %s (Electron) are %s', (node, chromium, code) => {
  expect(codeOf(undici(node))).toBe(code);
  expect(codeOf(electron(chromium))).toBe(code);
});

test.each([
  ['ERR_SSL_CLIENT_AUTH_CERT_NEEDED', 'client-certificate-needed'],
  ['ERR_BAD_SSL_CLIENT_AUTH_CERT', 'client-certificate-needed'],
  ['ERR_PROXY_CONNECTION_FAILED', 'proxy-failed'],
  ['ERR_TUNNEL_CONNECTION_FAILED', 'proxy-failed'],
  ['ERR_PROXY_AUTH_UNSUPPORTED', 'proxy-failed'],
  ['ERR_MANDATORY_PROXY_CONFIGURATION_FAILED', 'proxy-failed'],
])('%s (Electron) is %s', (chromium, code) => {
  expect(codeOf(electron(chromium))).toBe(code);
});

test('a server that wants a certificate of ours says so in Node’s words too', () => {
  expect(codeOf(undici('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'))).toBe('client-certificate-needed');
});

test('several addresses tried in vain are read through', () => {
  const parts = ['ECONNREFUSED', 'ECONNREFUSED'].map((code) => Object.assign(new Error(code), { code }));
  expect(codeOf(new TypeError('fetch failed', { cause: new AggregateError(parts) }))).toBe(
    'connection-refused',
  );
});

test('a redirect Electron cancelled is a refused redirect', () => {
  for (const message of ['Redirect was cancelled', 'redirect was canceled']) {
    expect(codeOf(new Error(message))).toBe('redirect-refused');
  }
});

test.each([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it belongs to another name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by itself'],
  ['CERT_REVOKED', 'it was revoked'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'nobody this computer trusts has signed it'],
  ['EPROTO', 'a secure connection was not possible'],
])('the reason of a bad certificate (%s) is put in words', (code, reason) => {
  expect(networkProblem(undici(code), URL_ASKED, 1).params).toEqual({ host: 'a.example', reason });
});

describe('what a person is told', () => {
  const told = (error: unknown) => {
    const { params, detail } = networkProblem(error, URL_ASKED, 10_000);
    return { params, detail };
  };
  const host = 'a.example';
  test('names the host, and one click deeper every technical name once', () => {
    expect(told(undici('ENOTFOUND'))).toEqual({ params: { host }, detail: 'ENOTFOUND' });
    expect(told(undici('ECONNREFUSED'))).toEqual({ params: { host }, detail: 'ECONNREFUSED' });
    const parts = ['ECONNREFUSED', 'EHOSTUNREACH', 'ECONNREFUSED'].map((code) =>
      Object.assign(new Error(code), { code }),
    );
    expect(told(new AggregateError(parts)).detail).toBe('ECONNREFUSED, EHOSTUNREACH');
  });
  test('names the message where there is no code, and nothing where there is neither', () => {
    expect(told(new Error('socket hang up'))).toEqual({ params: { host }, detail: 'socket hang up' });
    expect(told(new Error('net::ERR_FAILED at x')).detail).toBe('ERR_FAILED');
    expect(told('text')).toEqual({ params: { host }, detail: null });
  });
  test('takes no number for a name', () => {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(timeout.code).toBe(23);
    expect(told(timeout)).toEqual({ params: { host, seconds: '10' }, detail: timeout.message });
    expect(codeOf(timeout)).toBe('answer-timeout');
  });
  test('names where a redirect would have led as far as it is known', () => {
    expect(told(new Error('Redirect was canceled')).params).toEqual({ host, target: 'another address' });
  });
});

test('causes are read six deep, and in a circle they end', () => {
  const nested = (depth: number): Error =>
    depth === 0
      ? Object.assign(new Error(), { code: 'ECONNREFUSED' })
      : new Error('x', { cause: nested(depth - 1) });
  expect([codeOf(nested(5)), codeOf(nested(6))]).toEqual(['connection-refused', 'network-unreachable']);
  const circle = new Error('round');
  circle.cause = circle;
  expect(codeOf(circle)).toBe('network-unreachable');
});

test('of many addresses tried eight are looked at', () => {
  const tried = (refusedAt: number) =>
    new AggregateError(
      Array.from({ length: 9 }, (_, index) =>
        Object.assign(new Error(), index === refusedAt && { code: 'ECONNREFUSED' }),
      ),
    );
  expect([codeOf(tried(7)), codeOf(tried(8))]).toEqual(['connection-refused', 'network-unreachable']);
});

test('a problem the injected fetch found itself is passed on', () => {
  const found = failure('private-address-refused', { host: 'a.example' });
  expect(codeOf(new TypeError('fetch failed', { cause: found }))).toBe('private-address-refused');
});

test('anything else is unreachable, never an untyped error', () => {
  for (const thrown of [null, undefined, 'text', 7, {}, new Error('x')]) {
    expect(codeOf(thrown)).toBe('network-unreachable');
  }
});

test('what may pass by itself is told from what will not', () => {
  const temporary = [
    'host-not-found',
    'connection-refused',
    'certificate-invalid',
    'network-unreachable',
    'answer-timeout',
    'server-error',
  ] as const;
  for (const code of temporary) expect(isTemporary(makeProblem(code))).toBe(true);
  for (const code of ['answer-malformed', 'redirect-refused', 'token-refused'] as const) {
    expect(isTemporary(makeProblem(code))).toBe(false);
  }
});

describe('from real sockets', () => {
  const ask = async (address: string) => {
    const on = await stage({ fetch: (input, init) => fetch(input, init) });
    const purpose = { kind: 'issuer', title: 't', rule: { text: 't', reference: 'r' } } as const;
    return problemOfCall(fetchDocument(on.ctx, purpose, new URL(address), () => null));
  };
  test('a closed port', async () => expect(await ask('http://127.0.0.1:1/x')).toMatch(/refused|unreachable/));
  test('TLS spoken to a plain server', async () => {
    const on = await stage();
    expect(await ask(on.origin.replace('http:', 'https:'))).toMatch(
      /certificate-invalid|network-unreachable/,
    );
  });
});
