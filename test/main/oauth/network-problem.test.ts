import { describe, expect, test } from 'vitest';
import { fetchDocument } from '../../../src/main/oauth/lenient-fetch.ts';
import { isTemporary, networkProblem } from '../../../src/main/oauth/network-problem.ts';
import { failure } from '../../../src/shared/problems.ts';
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

test('several addresses tried in vain are read through', () => {
  const parts = ['ECONNREFUSED', 'ECONNREFUSED'].map((code) => Object.assign(new Error(code), { code }));
  expect(codeOf(new TypeError('fetch failed', { cause: new AggregateError(parts) }))).toBe(
    'connection-refused',
  );
});

test('a redirect Electron cancelled is a refused redirect', () => {
  expect(codeOf(new Error('Redirect was cancelled'))).toBe('redirect-refused');
});

test('the reason of a bad certificate is put in words', () => {
  const { params } = networkProblem(undici('CERT_HAS_EXPIRED'), URL_ASKED, 1);
  expect(params.reason).toBe('it has expired');
});

test('a problem the injected fetch found itself is passed on', () => {
  const found = failure('private-address-refused', { host: 'a.example' });
  expect(codeOf(new TypeError('fetch failed', { cause: found }))).toBe('private-address-refused');
});

test('anything else is unreachable, never an untyped error', () => {
  for (const thrown of [null, undefined, 'text', 7, {}, new Error('x')]) {
    expect(codeOf(thrown)).toBe('network-unreachable');
  }
  expect(isTemporary(networkProblem(null, URL_ASKED, 1))).toBe(true);
});

describe('from real sockets', () => {
  const ask = async (address: string) => {
    const on = await stage({ fetch: (input, init) => fetch(input, init) });
    return problemOfCall(fetchDocument(on.ctx, { kind: 'issuer', title: 't' }, new URL(address), () => null));
  };
  test('a closed port', async () => expect(await ask('http://127.0.0.1:1/x')).toMatch(/refused|unreachable/));
  test('TLS spoken to a plain server', async () => {
    const on = await stage();
    expect(await ask(on.origin.replace('http:', 'https:'))).toMatch(
      /certificate-invalid|network-unreachable/,
    );
  });
});
