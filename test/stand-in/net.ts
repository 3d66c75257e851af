import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from './app.ts';
import { ClientRequest } from './client-request.ts';
import type { Protocol } from './protocol.ts';

type Init = RequestInit & { bypassCustomProtocolHandlers?: boolean };

const mimeTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.cjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain',
};

async function fetchFile(url: string): Promise<Response> {
  const path = fileURLToPath(url);
  const body = await readFile(path).catch(() => {
    throw new Error('net::ERR_FILE_NOT_FOUND');
  });
  const type = mimeTypes[extname(path).toLowerCase()];
  return new Response(body, { headers: type ? { 'content-type': type } : {} });
}

/**
 * `net.fetch`: Node's fetch, with what Electron's documents differently.
 *
 * @param protocol the session's handlers, which answer for custom schemes
 * @throws as a rejection, `Redirect was cancelled` for a redirect under `redirect: 'manual'`, as Electron does
 */
export async function fetchIn(protocol: Protocol, input: string | Request, init?: Init): Promise<Response> {
  if (!app.isReady()) throw new Error('net.fetch can only be used after the app is ready');
  const request = new Request(input, init);
  const scheme = new URL(request.url).protocol.slice(0, -1);
  if (scheme === 'data' || scheme === 'blob') throw new Error('net::ERR_UNKNOWN_URL_SCHEME');
  const handler = init?.bypassCustomProtocolHandlers ? undefined : protocol.handlerFor(scheme);
  if (handler) return await handler(request);
  if (scheme === 'file') return await fetchFile(request.url);
  const response = await fetch(request);
  if (request.redirect === 'manual' && [301, 302, 303, 307, 308].includes(response.status)) {
    await response.body?.cancel();
    throw new Error('Redirect was cancelled');
  }
  const { status, statusText, headers } = response;
  const body = [101, 204, 205, 304].includes(status) || request.method === 'HEAD' ? null : response.body;
  // Electron builds a new response too: its `url` and `type` are not those of the request.
  return new Response(body, { status, statusText, headers });
}

class Net extends EventEmitter {
  // The default session is looked up late: it imports this file.
  fetch = async (input: string | Request, init?: Init): Promise<Response> => {
    const { session } = await import('./session.ts');
    return await fetchIn(session.defaultSession.protocol, input, init);
  };

  request = (options: Electron.ClientRequestConstructorOptions | string): Electron.ClientRequest => {
    if (!app.isReady()) throw new Error('net module can only be used after app is ready');
    const asked = typeof options === 'string' ? { url: options } : options;
    // The part of the request the app uses is held to its declaration in client-request.ts.
    return new ClientRequest(asked) as unknown as Electron.ClientRequest;
  };

  isOnline(): boolean {
    return Object.values(networkInterfaces()).some((all) => all?.some(({ internal }) => !internal));
  }

  get online(): boolean {
    return this.isOnline();
  }
}

export const net = new Net();
net satisfies Pick<Electron.Net, 'fetch' | 'request' | 'isOnline' | 'online'>;
