import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientRequest } from './client-request.ts';

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (request.url === '/see-other') response.writeHead(303, { location: '/end' }).end();
  else if (request.url === '/repeat') response.writeHead(307, { location: '/end' }).end();
  else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
  else response.end(`${request.method} ${request.url} ${request.headers['x-mark']} ${body}`);
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** Runs a request to its end: what it answered, or why not, and the events on the way. */
function run(options: Electron.ClientRequestConstructorOptions, body?: string) {
  const request = new ClientRequest({ headers: { 'x-mark': 'm' }, ...options });
  const events: string[] = [];
  for (const name of ['redirect', 'response', 'error', 'close']) request.on(name, () => events.push(name));
  return new Promise<{ answer: string; events: string[] }>((resolve) => {
    let answer: Promise<string> | string = '';
    request.on('response', (message: IncomingMessage) => {
      answer = text(message);
    });
    request.on('error', (error: Error) => {
      answer = error.message;
    });
    request.on('close', async () => resolve({ answer: await answer, events }));
    request.end(body);
  });
}

const at = (path: string) => `http://127.0.0.1:${port}${path}`;

test('redirects are followed by default, with the method the status asks for and the same headers', async () => {
  expect(await run({ url: at('/see-other'), method: 'POST' }, 'b')).toEqual({
    answer: 'GET /end m ',
    events: ['redirect', 'response', 'close'],
  });
  expect((await run({ url: at('/repeat'), method: 'POST' }, 'b')).answer).toBe('POST /end m b');
});

test('under manual a redirect nobody follows is cancelled', async () => {
  expect(await run({ url: at('/repeat'), redirect: 'manual' })).toEqual({
    answer: 'Redirect was cancelled',
    events: ['redirect', 'error', 'close'],
  });
});

test('a round of redirects ends', async () => {
  const { answer, events } = await run({ url: at('/round') });
  expect(answer).toBe('net::ERR_TOO_MANY_REDIRECTS');
  expect(events.filter((name) => name === 'redirect')).toHaveLength(21);
});

test('an address may come in parts', async () => {
  expect((await run({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/x?y' })).answer).toBe(
    'GET /x?y m ',
  );
  expect((await run({ host: `127.0.0.1:${port}` })).answer).toBe('GET / m ');
  expect(() => new ClientRequest({})).toThrow();
});
