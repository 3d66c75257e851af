import { describe, expect, test } from 'vitest';
import type { ProtocolContext } from '../../../src/main/oauth/context.ts';
import { send } from '../../../src/main/oauth/http.ts';
import { problemIn, problemOfCall, stage } from './stage.ts';

const get = (ctx: ProtocolContext, address: string, method = 'GET') =>
  send(
    ctx,
    {
      to: 'issuer',
      title: 't',
      method,
      url: new URL(address),
      headers: {},
      body: method === 'GET' ? null : 'b',
    },
    ({ status, body, url }) => ({ status, body, url: url.href }),
  );

describe('an answer is read within bounds', () => {
  test('a body of one mebibyte is read', async () => {
    const on = (await stage()).on('GET https://a.example/x', { body: 'x'.repeat(1024 * 1024) });
    expect((await get(on.ctx, 'https://a.example/x')).body.length).toBe(1024 * 1024);
  });

  test('a body beyond that is cut off, whatever it claims', async () => {
    const on = (await stage()).on('GET https://a.example/x', { body: 'x'.repeat(1024 * 1024 + 1) });
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('answer-too-large');
  });

  test('a body that never ends ends at the limit, and the connection with it', async () => {
    let closed = false;
    const on = await stage();
    on.on('GET https://a.example/x', (_request, raw) => {
      raw.on('close', () => {
        closed = true;
      });
      raw.writeHead(200);
      const more = () => {
        while (!raw.destroyed && raw.write('x'.repeat(65_536)));
      };
      raw.on('drain', more);
      more();
      return null;
    });
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('answer-too-large');
    await expect.poll(() => closed).toBe(true);
  });

  test('a body that drips is cut off by time', async () => {
    const on = await stage({ timeoutMs: 150 });
    on.on('GET https://a.example/x', (_request, raw) => {
      raw.writeHead(200);
      const timer = setInterval(() => raw.write('x'), 20);
      raw.on('close', () => clearInterval(timer));
      return null;
    });
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('answer-timeout');
  });

  test('a server that says nothing is given up on', async () => {
    const on = (await stage({ timeoutMs: 100 })).on('GET https://a.example/x', () => null);
    const { problem } = await problemIn(get(on.ctx, 'https://a.example/x'));
    expect(problem).toMatchObject({ code: 'answer-timeout', params: { host: 'a.example', seconds: '1' } });
  });

  test('a fetch that ignores its signal is given up on too', async () => {
    const on = await stage({ timeoutMs: 50, fetch: () => new Promise(() => {}) });
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('answer-timeout');
  });

  test('a caller that gives up gets its own reason', async () => {
    const stop = new AbortController();
    const on = await stage({ signal: stop.signal });
    on.on('GET https://a.example/x', () => null);
    const call = get(on.ctx, 'https://a.example/x');
    await expect.poll(() => on.requests.length).toBe(1);
    stop.abort(new Error('cancelled by the person'));
    await expect(call).rejects.toThrow('cancelled by the person');
  });

  test('a caller that gave up before gets its reason, from a fetch that ignores its signal too', async () => {
    const signal = AbortSignal.abort(new Error('cancelled by the person'));
    const on = await stage({ signal, fetch: () => new Promise(() => {}) });
    await expect(get(on.ctx, 'https://a.example/x')).rejects.toThrow('cancelled by the person');
  });

  test('characters that arrive in pieces are put together', async () => {
    const bytes = new TextEncoder().encode('é€😀');
    const body = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const on = await stage({ fetch: async () => new Response(body) });
    expect((await get(on.ctx, 'https://a.example/x')).body).toBe('é€😀');
  });

  test('a body cut within a character ends with the sign for that', async () => {
    const on = await stage({ fetch: async () => new Response(Uint8Array.of(0x61, 0xc3)) });
    expect((await get(on.ctx, 'https://a.example/x')).body).toBe('a\ufffd');
  });

  test('what is beyond the limit is stopped both ways: by its signal, and where it is read', async () => {
    let cancelled = false;
    let signal: AbortSignal | null | undefined;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => {
        cancelled = true;
      },
    });
    const on = await stage({
      fetch: async (_input, init) => {
        signal = init?.signal;
        return new Response(body);
      },
    });
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('answer-too-large');
    expect(signal?.aborted).toBe(true);
    expect(cancelled).toBe(true);
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302) => ({ status, headers: { location } });

  test('are followed within the origin, and noted', async () => {
    const on = await stage();
    on.on('GET https://a.example/x', to('/y')).on('GET https://a.example/y', { body: 'here' });
    expect(await get(on.ctx, 'https://a.example/x')).toMatchObject({
      body: 'here',
      url: 'https://a.example/y',
    });
    expect(on.notes).toEqual(['Redirected to /y of the same origin; followed.']);
    expect(on.exchanges.length).toBe(2);
    expect(on.inits.every(({ redirect }) => redirect === 'manual')).toBe(true);
  });

  test('are followed three times, not four', async () => {
    const on = await stage();
    for (const step of [0, 1, 2, 3]) on.on(`GET https://a.example/${step}`, to(`/${step + 1}`));
    on.on('GET https://a.example/4', { body: 'end' });
    expect((await get(on.ctx, 'https://a.example/1')).body).toBe('end');
    expect(await problemOfCall(get(on.ctx, 'https://a.example/0'))).toBe('redirect-refused');
  });

  test.each([
    'https://b.example/x',
    'http://a.example/x',
    'https://a.example:8443/x',
    '//b.example',
    'data:,x',
  ])('to %s are refused', async (location) => {
    const on = (await stage()).on('GET https://a.example/x', to(location));
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('redirect-refused');
    expect(on.requests.length).toBe(1);
  });

  test.each(['http://[', 'https://a.example:x/'])(
    'to %s, which is nowhere, are refused',
    async (location) => {
      const on = (await stage()).on('GET https://a.example/x', to(location));
      const { problem } = await problemIn(get(on.ctx, 'https://a.example/x'));
      expect(problem).toMatchObject({
        code: 'redirect-refused',
        params: { host: 'a.example', target: 'nowhere' },
      });
    },
  );

  test.each(['https://user@a.example/y', 'https://:secret@a.example/y'])(
    'to %s are refused for its credentials, which are not repeated',
    async (location) => {
      const on = (await stage()).on('GET https://a.example/x', to(location));
      const { problem } = await problemIn(get(on.ctx, 'https://a.example/x'));
      expect(problem).toMatchObject({
        code: 'redirect-refused',
        params: { host: 'a.example', target: 'https://a.example/y' },
      });
    },
  );

  test('are answers like others where they lead nowhere, or are none', async () => {
    const on = (await stage()).on('GET https://a.example/x', { status: 302, body: 'here' });
    expect(await get(on.ctx, 'https://a.example/x')).toMatchObject({ status: 302, body: 'here' });
    on.on('GET https://a.example/x', { ...to('https://b.example/', 201), body: 'made' });
    expect(await get(on.ctx, 'https://a.example/x')).toMatchObject({ status: 201, body: 'made' });
  });

  test('that go round in a circle end', async () => {
    const on = (await stage()).on('GET https://a.example/x', to('/x'));
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x'))).toBe('redirect-refused');
    expect(on.requests.length).toBe(4);
  });

  test('that would turn a POST into a GET are refused', async () => {
    const on = (await stage()).on('POST https://a.example/x', to('/y', 302));
    expect(await problemOfCall(get(on.ctx, 'https://a.example/x', 'POST'))).toBe('redirect-refused');
  });

  test('that keep a POST a POST are followed within the origin', async () => {
    const on = await stage();
    on.on('POST https://a.example/x', to('/x/', 307));
    on.on('POST https://a.example/x/', ({ body }) => ({ body }));
    expect((await get(on.ctx, 'https://a.example/x', 'POST')).body).toBe('b');
  });
});

describe('what is told to the observer', () => {
  test('request, answer and duration', async () => {
    const on = (await stage()).on('GET https://a.example/x', { body: 'hello', headers: { 'x-y': 'z' } });
    await get(on.ctx, 'https://a.example/x');
    expect(on.exchanges[0]).toMatchObject({
      to: 'issuer',
      title: 't',
      request: { method: 'GET', url: 'https://a.example/x', body: null },
      response: { status: 200, body: 'hello' },
    });
    expect(Object.keys(on.exchanges[0] ?? {})).toEqual(['to', 'title', 'request', 'response', 'durationMs']);
  });

  test('an empty body as none, and the rule as given', async () => {
    const on = (await stage()).on('GET https://a.example/x', { status: 204 });
    const rule = { text: 'A rule.', reference: 'RFC 1' };
    const request = { to: 'server', title: 't', method: 'GET', headers: {}, body: null } as const;
    await send(on.ctx, { ...request, url: new URL('https://a.example/x'), rule }, () => null);
    expect(on.exchanges[0]).toMatchObject({ to: 'server', rule, response: { status: 204, body: null } });
  });

  test('how long it took, and never less than nothing', async () => {
    const on = await stage();
    for (const passed of [250, -250]) {
      on.on('GET https://a.example/x', () => {
        on.now += passed;
        return { body: 'x' };
      });
      await get(on.ctx, 'https://a.example/x');
    }
    expect(on.exchanges.map(({ durationMs }) => durationMs)).toEqual([250, 0]);
  });

  test('a problem, without an answer', async () => {
    const on = await stage({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
    const { cause } = await problemIn(get(on.ctx, 'https://a.example/x'));
    expect(cause).toBeInstanceOf(TypeError);
    expect(on.exchanges[0]).toMatchObject({ response: null, problem: { code: 'network-unreachable' } });
  });
});

test('an answer without a status is none', async () => {
  const on = await stage({ fetch: async () => Response.error() });
  const { problem } = await problemIn(get(on.ctx, 'https://a.example/x'));
  expect(problem).toMatchObject({ code: 'network-unreachable', detail: 'an answer without a status' });
});

test('every request says who asks', async () => {
  const on = (await stage()).on('GET https://a.example/x', { body: 'x' });
  await get(on.ctx, 'https://a.example/x');
  expect(on.requests[0]?.headers['user-agent']).toBe('Gatehouse/0.1.0');
});

test('no request carries cookies or is cached', async () => {
  const on = (await stage()).on('GET https://a.example/x', { body: 'x' });
  await get(on.ctx, 'https://a.example/x');
  expect(on.inits[0]).toMatchObject({ credentials: 'omit', cache: 'no-store', reach: 'any' });
});
