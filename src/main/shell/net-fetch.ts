import type { Net } from 'electron';

type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * Electron's `net.fetch` as the core expects a fetch. It honours the system's proxy and certificates, but ends
 * a redirect it was told not to follow without saying where it led. Safe requests are then asked once more in
 * a way that tells; the answer is the redirect itself, not what is behind it.
 */
export function netFetch(net: Pick<Net, 'fetch' | 'request'>): Fetch {
  return async (input, init = {}) => {
    const url = input instanceof URL ? input.href : input;
    try {
      return await net.fetch(url, init);
    } catch (error) {
      const isRedirect = error instanceof Error && /redirect was cancell?ed/i.test(error.message);
      const isSafe = (init.method ?? 'GET') === 'GET';
      if (!isRedirect || init.redirect !== 'manual' || !isSafe) throw error;
      return askForRedirect(net, url, init);
    }
  };
}

function askForRedirect(net: Pick<Net, 'request'>, url: string, init: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = net.request({
      method: 'GET',
      url,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
    });
    for (const [name, value] of new Headers(init.headers)) request.setHeader(name, value);
    init.signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.once('redirect', (status, _method, location) => {
      resolve(new Response(null, { status, headers: { location } }));
      request.abort();
    });
    request.once('response', () => {
      reject(new TypeError('a redirect was gone when it was asked for again'));
      request.abort();
    });
    request.once('error', reject);
    request.end();
  });
}
