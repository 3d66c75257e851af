import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  type LoopbackListener,
  listenOnLoopback,
  loopbackPort,
} from '../../../../src/main/sign-in/redirect/loopback.ts';
import { problemCodeOf } from '../../../support/core.ts';

/** A listener that expects the state `mine`. */
async function listening(port = 0): Promise<{ listener: LoopbackListener; received: URLSearchParams[] }> {
  const received: URLSearchParams[] = [];
  const listener = await listenOnLoopback({
    port,
    receive: (parameters) => {
      received.push(parameters);
      return parameters.get('state') === 'mine';
    },
  });
  onTestFinished(() => listener.close());
  return { listener, received };
}

/** Sends bytes as they are and returns all that comes back. */
async function send({ port }: LoopbackListener, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(request, 'latin1');
  return text(socket).catch(() => '');
}

const get = (
  listener: LoopbackListener,
  target: string,
  host = `127.0.0.1:${listener.port}`,
  method = 'GET',
) => send(listener, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

test('the awaited callback is received and answered with a page that loads nothing', async () => {
  const { listener, received } = await listening();
  const response = await fetch(`${listener.redirectUri}?code=c%2B1&state=mine`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('You can close this tab');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(received.map(String)).toEqual(['code=c%2B1&state=mine']);
});

test('a callback nobody waits for is told so, without its words', async () => {
  const { listener } = await listening();
  const response = await fetch(`${listener.redirectUri}?state=foreign&error=%3Cscript%3Ehello%3C/script%3E`);
  expect(response.status).toBe(400);
  expect(await response.text()).not.toMatch(/foreign|script|hello/);
});

const refused: readonly (readonly [string, string, string | null, string, number])[] = [
  ['another path', '/', null, 'GET', 404],
  ['a path above', '/oauth/callback/more', null, 'GET', 404],
  ['another spelling', '/OAuth/callback', null, 'GET', 404],
  ['POST', '/oauth/callback?state=mine', null, 'POST', 405],
  ['HEAD', '/oauth/callback?state=mine', null, 'HEAD', 405],
  ['OPTIONS', '/oauth/callback?state=mine', null, 'OPTIONS', 405],
  ['a foreign host', '/oauth/callback?state=mine', 'evil.example', 'GET', 400],
  ['a foreign host with our port', '/oauth/callback?state=mine', 'evil.example:{port}', 'GET', 400],
  ['our host without a port', '/oauth/callback?state=mine', '127.0.0.1', 'GET', 400],
  ['an address that is no path', 'http://127.0.0.1/oauth/callback?state=mine', null, 'GET', 400],
  ['an address of another host', 'http://evil.example/oauth/callback?state=mine', null, 'GET', 400],
  ['another host behind two slashes', '//evil.example/oauth/callback?state=mine', null, 'GET', 400],
  ['half an IPv6 address', '//[/oauth/callback?state=mine', null, 'GET', 400],
  ['no host in brackets', 'http://[', null, 'GET', 400],
  ['an asterisk', '*', null, 'OPTIONS', 400],
];

for (const [what, target, host, method, status] of refused) {
  test(`${what} is refused with ${status}, and nobody hears of it`, async () => {
    const { listener, received } = await listening();
    const named = host?.replace('{port}', String(listener.port));
    expect(statusOf(await get(listener, target, named, method))).toBe(status);
    expect(received).toEqual([]);
    expect((await fetch(`${listener.redirectUri}?state=mine`)).status).toBe(200);
  });
}

test('localhost with our port is our host too', async () => {
  const { listener } = await listening();
  const answer = await get(listener, '/oauth/callback?state=mine', `localhost:${listener.port}`);
  expect(statusOf(answer)).toBe(200);
});

test('a request line of any bytes is answered or dropped, and the listener lives on', async () => {
  const { listener, received } = await listening();
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ maxLength: 200 }).map((target) => `GET /${target} HTTP/1.1\r\nHost: x\r\n\r\n`),
    fc.webUrl().map((url) => `CONNECT ${url} HTTP/1.1\r\n\r\n`),
    fc.nat(40_000).map((length) => `GET /oauth/callback?state=${'x'.repeat(length)} HTTP/1.1\r\n\r\n`),
  );
  await fc.assert(
    fc.asyncProperty(line, async (request) => {
      const answer = await send(listener, request);
      expect([0, 400, 404, 405, 413, 431, 505]).toContain(statusOf(answer));
      // Nothing of ours, and nothing of theirs.
      if (request.length > 20) expect(answer).not.toContain(request);
    }),
    { numRuns: 150 },
  );
  expect(received).toEqual([]);
  expect((await fetch(`${listener.redirectUri}?state=mine`)).status).toBe(200);
});

test('it listens on 127.0.0.1 only, and not at all once it is closed', async () => {
  const { listener } = await listening();
  expect(new URL(listener.redirectUri).hostname).toBe('127.0.0.1');
  listener.close();
  await expect(fetch(listener.redirectUri)).rejects.toThrow();
  listener.close();
});

test('a busy port is a problem by name', async () => {
  const { listener } = await listening();
  expect(await problemCodeOf(listening(listener.port))).toBe('loopback-port-busy');
});

test('the port of a loopback redirect URI is known, of anything else is null', () => {
  expect(loopbackPort('http://127.0.0.1:4711/oauth/callback')).toBe(4711);
  expect(loopbackPort('http://localhost/oauth/callback')).toBe(0);
  for (const other of ['https://127.0.0.1:1/oauth/callback', 'http://127.0.0.1:1/else', 'nonsense', '']) {
    expect(loopbackPort(other)).toBeNull();
  }
});
