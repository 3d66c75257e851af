import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Net } from 'electron';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { netFetch } from '../../../src/main/shell/net-fetch.ts';
import { ClientRequest } from '../../stand-in/client-request.ts';

const closed: string[] = [];
const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/echo': async (request, response) => {
    const body = await text(request);
    response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
    response.end(`${request.method} ${request.headers['x-mark']} ${body}`);
  },
  '/moved': (_request, response) => response.writeHead(307, { location: '/echo', 'x-other': 'kept' }).end(),
  '/nothing': (_request, response) => response.writeHead(204).end(),
  '/endless': (request, response) => {
    response.writeHead(200);
    response.write('first');
    request.on('close', () => closed.push('/endless'));
  },
};
const server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
let origin = '';
const fetch = netFetch({ request: (options) => new ClientRequest(options as object) as never } as Pick<
  Net,
  'request'
>);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('carries method, headers and body, and brings the answer back whole', async () => {
  const response = await fetch(`${origin}/echo`, {
    method: 'POST',
    body: 'text',
    headers: { 'x-mark': 'here' },
  });
  expect(await response.text()).toBe('POST here text');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('answers with a redirect itself and does not follow it', async () => {
  const response = await fetch(`${origin}/moved`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(307);
  expect(response.headers.get('location')).toBe(`${origin}/echo`);
  expect(response.headers.get('x-other')).toBe('kept');
});

test('knows answers without a body', async () => {
  expect((await fetch(`${origin}/nothing`)).body).toBeNull();
});

test('rejects when nobody answers', async () => {
  await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow(/ECONNREFUSED/);
});

test('rejects with the reason of whoever gave up', async () => {
  await expect(fetch(`${origin}/echo`, { signal: AbortSignal.abort(new Error('given up')) })).rejects.toThrow(
    'given up',
  );
});

test('lets the connection go when the body is not wanted', async () => {
  const response = await fetch(`${origin}/endless`);
  await response.body?.cancel();
  await expect.poll(() => closed).toEqual(['/endless']);
});
