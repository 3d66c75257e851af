import { Readable } from 'node:stream';
import type { ClientRequest, IncomingMessage, Net } from 'electron';

type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

const WITHOUT_BODY = [101, 204, 205, 304];

/**
 * A fetch on Chromium's network stack, so that the system's proxy and certificates are honoured. Electron's
 * own `net.fetch` rejects a redirect it was told not to follow without saying where it led; this one answers
 * with the redirect itself, as the Fetch standard's server-side implementations do, and follows none.
 */
export function netFetch(net: Pick<Net, 'request'>): Fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      init.signal?.throwIfAborted();
      const request = net.request({
        method: init.method ?? 'GET',
        url: String(input),
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        bypassCustomProtocolHandlers: true,
      });
      for (const [name, value] of new Headers(init.headers)) request.setHeader(name, value);
      const abort = () => {
        reject(init.signal?.reason);
        request.abort();
      };
      init.signal?.addEventListener('abort', abort, { once: true });
      request.on('redirect', (status, _method, location, headers) => {
        resolve(new Response(null, { status, headers: { ...joined(headers), location } }));
        request.abort();
      });
      request.on('response', (message) => resolve(responseOf(request, message)));
      // Settled promises stay as they are: what comes after an answer belongs to its body.
      request.on('error', reject);
      request.on('close', () => init.signal?.removeEventListener('abort', abort));
      if (typeof init.body === 'string') request.end(init.body);
      else request.end();
    });
}

function responseOf(request: ClientRequest, message: IncomingMessage): Response {
  const status = message.statusCode;
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '');
  }
  // Electron's message is a Node stream, though its declared type names only the events.
  const stream = message as unknown as Readable;
  if (WITHOUT_BODY.includes(status)) {
    stream.resume();
    return new Response(null, { status, headers });
  }
  // A body nobody reads to its end must not keep the connection.
  stream.once('close', () => request.abort());
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status, headers });
}

function joined(headers: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')]));
}
