import { appIdentity } from './app-identity.ts';

/** What a link of our scheme asks for. Everything not understood is `unknown` and does nothing. */
export type DeepLink =
  | { kind: 'oauth-callback'; parameters: URLSearchParams }
  | { kind: 'add-server'; url: string; name: string | null }
  | { kind: 'show-server'; serverId: string }
  | { kind: 'unknown' };

const UNKNOWN: DeepLink = { kind: 'unknown' };
const LENGTH_LIMIT = 16_384;

/**
 * Parses a link of the app's private-use scheme (RFC 8252 §7.1).
 * `scheme:/oauth/callback`, `scheme:///oauth/callback` and `scheme://oauth/callback` are the same link:
 * browsers and desktops rewrite the slashes.
 */
export function parseDeepLink(link: string): DeepLink {
  if (link.length > LENGTH_LIMIT || !URL.canParse(link)) return UNKNOWN;
  const url = new URL(link);
  if (url.protocol !== `${appIdentity.scheme}:` || url.username || url.password || url.port) return UNKNOWN;
  const path = `${url.host}${url.pathname}`.replace(/^\/+|\/+$/g, '');
  if (path === 'oauth/callback') return { kind: 'oauth-callback', parameters: url.searchParams };
  if (path === 'add-server') {
    const serverUrl = single(url.searchParams, 'url');
    return serverUrl
      ? { kind: 'add-server', url: serverUrl, name: single(url.searchParams, 'name') }
      : UNKNOWN;
  }
  const shown = /^server\/([a-z0-9-]{1,64})$/.exec(path);
  return shown?.[1] ? { kind: 'show-server', serverId: shown[1] } : UNKNOWN;
}

/** The link among a program's arguments: exactly one argument of our scheme, or none is taken. */
export function linkAmongArguments(argv: readonly string[]): string | null {
  const links = argv.filter((argument) => argument.toLowerCase().startsWith(`${appIdentity.scheme}:`));
  return links.length === 1 ? (links[0] ?? null) : null;
}

function single(parameters: URLSearchParams, name: string): string | null {
  const values = parameters.getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}
