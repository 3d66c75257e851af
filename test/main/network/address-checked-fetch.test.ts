import type { lookup as systemLookup } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressCheckedFetch } from '../../../src/main/network/address-checked-fetch.ts';
import { networkProblem } from '../../../src/main/oauth/network-problem.ts';

const reached: string[] = [];
const server = createServer((request, response) => {
  reached.push(request.url ?? '');
  response
    .writeHead(200, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
    .end('{"ok":true}');
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A resolver that gives each of these answers once, in order. */
function resolver(...answers: string[][]): typeof systemLookup {
  let asked = 0;
  return ((_host: string, _options: object, callback: (error: null, addresses: object[]) => void) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof systemLookup;
}

const problemOf = async (answer: Promise<Response>, url: string) => {
  const error = await answer.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error && networkProblem(error, new URL(url), 1000).code;
};

test.each([
  ['loopback', ['127.0.0.1']],
  ['loopback, IPv6', ['::1']],
  ['loopback as a mapped address', ['::ffff:127.0.0.1']],
  ['a private network', ['192.168.1.1']],
  ['the cloud’s metadata service', ['169.254.169.254']],
  ['a public address and a private one', ['93.184.215.14', '10.0.0.1']],
  ['nothing', []],
])('a name that stands for %s gets no connection when the reach is public', async (_, addresses) => {
  const before = reached.length;
  const url = `http://rebinding.example:${port}/metadata`;
  const fetch = addressCheckedFetch({
    unchecked: globalThis.fetch,
    isDirect: async () => true,
    lookup: resolver(addresses),
  });
  expect(await problemOf(fetch(url, { reach: 'public' }), url)).toBe('private-address-refused');
  expect(reached).toHaveLength(before);
});

test('a name that changed its address since it was checked gets no connection', async () => {
  const url = `http://rebinding.example:${port}/metadata`;
  const lookup = resolver(['93.184.215.14'], ['127.0.0.1']);
  await new Promise((resolve) => lookup('rebinding.example', { all: true }, resolve as never));
  const fetch = addressCheckedFetch({ unchecked: globalThis.fetch, isDirect: async () => true, lookup });
  const before = reached.length;
  expect(await problemOf(fetch(url, { reach: 'public' }), url)).toBe('private-address-refused');
  expect(reached).toHaveLength(before);
});

test('a request that may reach anything goes the ordinary way', async () => {
  const fetch = addressCheckedFetch({ unchecked: globalThis.fetch, isDirect: async () => true });
  expect((await fetch(`http://127.0.0.1:${port}/ordinary`, { reach: 'any' })).status).toBe(200);
  expect(reached).toContain('/ordinary');
});

test('behind a proxy the ordinary fetch is used, whatever the reach', async () => {
  const asked: string[] = [];
  const fetch = addressCheckedFetch({
    unchecked: async (input) => {
      asked.push(String(input));
      return new Response(null, { status: 204 });
    },
    isDirect: async () => false,
  });
  expect((await fetch('https://issuer.example/', { reach: 'public' })).status).toBe(204);
  expect(asked).toEqual(['https://issuer.example/']);
});

test('a connection within reach carries the request and brings the whole answer back', async () => {
  const fetch = addressCheckedFetch({
    unchecked: () => Promise.reject(new Error('not this way')),
    isDirect: async () => true,
    lookup: resolver(['127.0.0.1']),
    mayConnect: () => true,
  });
  const response = await fetch(`http://issuer.example:${port}/metadata`, { reach: 'public' });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toEqual({ ok: true });
  expect(reached).toContain('/metadata');
});

test('a request that is given up ends', async () => {
  const fetch = addressCheckedFetch({
    unchecked: globalThis.fetch,
    isDirect: async () => true,
    lookup: resolver(['127.0.0.1']),
    mayConnect: () => true,
  });
  const signal = AbortSignal.abort();
  await expect(fetch(`http://issuer.example:${port}/`, { reach: 'public', signal })).rejects.toThrow();
});
