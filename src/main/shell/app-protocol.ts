import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
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
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
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
  const url = new URL(request.url);
  const path = fileOf(url, folder);
  const contentType = path && contentTypes[extname(path)];
  if (request.method !== 'GET' || !path || !contentType) return new Response(null, { status: 404 });
  try {
    return new Response(new Uint8Array(await readFile(path)), { headers: headersFor(contentType) });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** The file an address means, or null when it is not one of the app's. */
function fileOf(url: URL, folder: string): string | null {
  if (url.host !== host) return null;
  let name: string;
  try {
    name = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  const path = normalize(join(folder, name === '/' ? 'index.html' : name));
  return path.startsWith(folder + sep) && !name.includes('\0') ? path : null;
}

function headersFor(contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
}
