import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Protocol } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';

const { protocol: schemeWithColon, host } = new URL(appIdentity.rendererOrigin);
const scheme = schemeWithColon.slice(0, -1);

/** What pages of the app may load: its own files, and nothing from anywhere else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Elements of style come from files; attributes are set by the components for sizes and positions.
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "media-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'none'",
  "worker-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** On every answer, also on one that is empty: a document without them would be a page without a policy. */
const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-dns-prefetch-control': 'off',
  'cache-control': 'no-cache',
};

/** Declares the scheme. Must run before the app is ready. */
export function declareAppScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/**
 * Serves the renderer's files under the app's own origin, each answer with its security headers.
 * @param folder absolute path of the built renderer
 */
export function serveApp(protocol: Pick<Protocol, 'handle'>, folder: string): void {
  protocol.handle(scheme, (request) => answer(request, folder));
}

async function answer(request: Request, folder: string): Promise<Response> {
  const name = (request.method === 'GET' && fileNameOf(request.url)) || '';
  const contentType = contentTypes[extname(name)];
  const content = contentType && (await readFile(join(folder, name)).catch(() => null));
  if (!content) return new Response(null, { status: 404, headers: securityHeaders });
  return new Response(new Uint8Array(content), {
    headers: { ...securityHeaders, 'content-type': contentType },
  });
}

/**
 * The file an address means, relative to the renderer's folder, or null when it is not one of the app's. Only the
 * names the build gives are understood: no escapes, no `..`, no backslashes, no streams of a Windows file system.
 */
export function fileNameOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== schemeWithColon || url.host !== host) return null;
  if (url.pathname === '/') return 'index.html';
  return /^\/((?:assets\/)?[\w-]+(?:\.[\w-]+)+)$/.exec(url.pathname)?.[1] ?? null;
}
