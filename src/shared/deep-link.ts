import { appIdentity } from './app-identity.ts';

/** What a link of our scheme asks for. Everything not understood is `unknown` and does nothing. */
export type DeepLink =
  | { kind: 'oauth-callback'; parameters: URLSearchParams }
  | { kind: 'add-server'; url: string; name: string | null }
  | { kind: 'show-server'; serverId: string }
  | { kind: 'unknown' };

/** A link that was understood. */
export type KnownDeepLink = Exclude<DeepLink, { kind: 'unknown' }>;

interface Entry {
  /** The whole path, without slashes at its ends. */
  readonly path: RegExp;
  /** What the link asks for; null when what it carries does not fit. */
  readonly read: (path: RegExpExecArray, parameters: URLSearchParams) => KnownDeepLink | null;
}

const LINK_LIMIT = 16_384;
const SERVER_URL_LIMIT = 2048;
const SERVER_NAME_LIMIT = 200;

/** Every link there is. None of them acts without the person, but for the answer to a sign-in they began. */
const entries: readonly Entry[] = [
  {
    // Matched by `state` where it arrives; repeated parameters are refused there (RFC 6749 §3.1).
    path: /^oauth\/callback$/,
    read: (_path, parameters) => ({ kind: 'oauth-callback', parameters }),
  },
  {
    path: /^add-server$/,
    read(_path, parameters) {
      const url = single(parameters, 'url', SERVER_URL_LIMIT);
      return url ? { kind: 'add-server', url, name: single(parameters, 'name', SERVER_NAME_LIMIT) } : null;
    },
  },
  {
    path: /^server\/([a-z0-9-]{1,64})$/,
    read: ([, serverId = '']) => ({ kind: 'show-server', serverId }),
  },
];

/**
 * Parses a link of the app's private-use scheme (RFC 8252 §7.1).
 * `scheme:/oauth/callback`, `scheme:///oauth/callback` and `scheme://oauth/callback` are the same link:
 * browsers and desktops rewrite the slashes.
 */
export function parseDeepLink(link: string): DeepLink {
  return knownDeepLink(link) ?? { kind: 'unknown' };
}

function knownDeepLink(link: string): KnownDeepLink | null {
  if (link.length > LINK_LIMIT || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== `${appIdentity.scheme}:` || url.username || url.password || url.port) return null;
  const path = `${url.host}${url.pathname}`.replace(/^\/+|\/+$/g, '');
  for (const entry of entries) {
    const match = entry.path.exec(path);
    if (match) return entry.read(match, url.searchParams);
  }
  return null;
}

/**
 * The link among a program's arguments: exactly one argument that could be a link of our scheme, or none is
 * taken. An argument counts however it is quoted or padded: a link that broke out of its quotes must not
 * bring a second one along.
 */
export function linkAmongArguments(argv: readonly string[]): string | null {
  const links = argv.filter(isLinkLike);
  return links.length === 1 ? (links[0] ?? null) : null;
}

function isLinkLike(argument: string): boolean {
  // URL parsers skip spaces and control characters in front, and tabs and line ends anywhere (URL Standard §4.4).
  const start = argument
    .slice(0, LINK_LIMIT)
    .replace(/[\t\n\r]/g, '')
    .replace(/^[\0- "'`]+/, '');
  return start.toLowerCase().startsWith(`${appIdentity.scheme}:`);
}

function single(parameters: URLSearchParams, name: string, limit: number): string | null {
  const [value, ...more] = parameters.getAll(name);
  return value !== undefined && more.length === 0 && value.length <= limit ? value : null;
}
