import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appIdentity } from '../../../shared/app-identity.ts';
import { failure } from '../../../shared/problems.ts';

/** A listener on this computer that waits for the browser to come back (RFC 8252 §7.3). */
export interface LoopbackListener {
  readonly port: number;
  readonly redirectUri: string;
  close(): void;
}

export interface LoopbackOptions {
  /** Port to listen on, or 0 for any free one. */
  readonly port: number;
  /** Takes the query of a callback; tells whether somebody waited for it. */
  readonly receive: (parameters: URLSearchParams) => boolean;
}

const HOST = '127.0.0.1';
const URL_LIMIT = 16_384;

/**
 * Opens the listener. It answers one path and one method, checks `Host` against DNS rebinding, never
 * reflects what it was sent, and says the same to every caller it does not serve.
 * @throws ProblemError `loopback-port-busy`
 */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackListener> {
  const server = createServer({ maxHeaderSize: URL_LIMIT, requestTimeout: 10_000 }, (request, response) => {
    answer(request, response, (server.address() as AddressInfo).port, options.receive);
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(failure('loopback-port-busy', { port: String(options.port) }, error.message, error));
    });
    server.listen(options.port, HOST, resolve);
  });
  // Whoever waits for the sign-in keeps the process alive, not the listener.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    redirectUri: loopbackRedirectUri(port),
    close: () => {
      server.close();
      // The browser's answer must still leave: idle connections end now, busy ones when they are done.
      server.closeIdleConnections();
    },
  };
}

/** The redirect URI of a loopback listener. 127.0.0.1, not localhost (RFC 8252 §8.3). */
export function loopbackRedirectUri(port: number): string {
  return `http://${HOST}:${port}${appIdentity.loopbackRedirectPath}`;
}

/** The port of a loopback redirect URI, or null when it is none of ours. */
export function loopbackPort(redirectUri: string): number | null {
  if (!URL.canParse(redirectUri)) return null;
  const url = new URL(redirectUri);
  if (url.protocol !== 'http:' || url.pathname !== appIdentity.loopbackRedirectPath) return null;
  return url.port ? Number(url.port) : 0;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  receive: (parameters: URLSearchParams) => boolean,
): void {
  const hosts = [`${HOST}:${port}`, `localhost:${port}`];
  const refuse = (status: number) => send(response, status, NOT_HERE);
  if (!hosts.includes(request.headers.host ?? '')) {
    refuse(400);
    return;
  }
  // The request line is as hostile as the rest: `http://[` is no URL, and no reason to fall over.
  const target = request.url ?? '';
  const url = /^\/(?!\/)/.test(target) ? URL.parse(target, `http://${HOST}:${port}`) : null;
  if (!url) {
    refuse(400);
    return;
  }
  if (url.pathname !== appIdentity.loopbackRedirectPath) {
    refuse(404);
    return;
  }
  if (request.method !== 'GET') {
    refuse(405);
    return;
  }
  const expected = receive(url.searchParams);
  send(response, expected ? 200 : 400, expected ? DONE : NOT_EXPECTED);
}

function send(response: ServerResponse, status: number, [title, text]: readonly [string, string]): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // The page holds a code in its address: nothing may be loaded, framed or told where it came from.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    })
    .end(page(title, text));
}

const DONE = [
  'You are back',
  `The sign-in goes on in ${appIdentity.productName}. You can close this tab.`,
] as const;
const NOT_EXPECTED = [
  'Nothing to do here',
  `${appIdentity.productName} was not waiting for this answer, so it was dropped.`,
] as const;
const NOT_HERE = ['Nothing here', 'This address belongs to a sign-in.'] as const;

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>${title} – ${appIdentity.productName}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;text-align:center;padding:1rem}
h1{font-size:1.5rem;margin:0 0 .5rem}p{margin:0;opacity:.75}</style>
<h1>${title}</h1><p>${text}</p></html>`;
}
