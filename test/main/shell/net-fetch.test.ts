import { EventEmitter } from 'node:events';
import type { Net } from 'electron';
import { expect, test } from 'vitest';
import { netFetch } from '../../../src/main/shell/net-fetch.ts';

/** The part of Electron's network module used, with its documented behaviour at a redirect. */
function net(): { net: Pick<Net, 'fetch' | 'request'>; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    net: {
      fetch: async () => {
        throw new Error('Redirect was cancelled');
      },
      request: ((options: { method: string; url: string }) => {
        asked.push(`${options.method} ${options.url}`);
        const request = Object.assign(new EventEmitter(), {
          setHeader: () => undefined,
          abort: () => undefined,
          end: () =>
            queueMicrotask(() => request.emit('redirect', 302, 'GET', 'https://issuer.example/next', {})),
        });
        return request;
      }) as unknown as Net['request'],
    },
  };
}

test('a redirect that Electron would hide comes back as an answer', async () => {
  const { net: electron, asked } = net();
  const response = await netFetch(electron)('https://issuer.example/', { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, 'https://issuer.example/next']);
  expect(asked).toEqual(['GET https://issuer.example/']);
});

test('a request that changes something is never sent twice', async () => {
  const { net: electron, asked } = net();
  const sent = netFetch(electron)('https://issuer.example/', { method: 'POST', redirect: 'manual' });
  await expect(sent).rejects.toThrow('Redirect was cancelled');
  expect(asked).toEqual([]);
});
