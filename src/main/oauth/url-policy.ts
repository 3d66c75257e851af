import ipaddr from 'ipaddr.js';
import { failure } from '../../shared/problems.ts';

/** Where an address leads. `reserved`: nowhere a web server belongs; treated like `private`. */
export type AddressScope = 'public' | 'private' | 'loopback' | 'link-local' | 'reserved';

const URL_LENGTH_LIMIT = 2048;
const CONTROL = /\p{Cc}/u;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const HOST_WITH_PORT = /^[^/?#\s:]+:\d{1,5}(?:[/?#]|$)/;

/**
 * The server's address as a person typed it (MCP authorization, communication security; RFC 9110 §4.2).
 * Trims; a bare host means `https://`, or `http://` on this computer.
 * @throws ProblemError `url-invalid`, `url-scheme-refused`, `url-has-credentials`, `url-has-fragment`
 */
export function parseServerUrl(input: string): URL {
  const typed = input.trim();
  const invalid = () => failure('url-invalid', { input: typed });
  if (typed.length > URL_LENGTH_LIMIT || CONTROL.test(typed)) throw invalid();
  const scheme = HOST_WITH_PORT.test(typed) ? null : (SCHEME.exec(typed)?.[1]?.toLowerCase() ?? null);
  if (scheme !== null && scheme !== 'https' && scheme !== 'http') {
    throw failure('url-scheme-refused', { scheme });
  }
  const url = scheme === null ? bareHost(typed) : parse(typed);
  if (url === null) throw invalid();
  if (url.username !== '' || url.password !== '') throw failure('url-has-credentials');
  if (typed.includes('#')) throw failure('url-has-fragment');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw failure('url-scheme-refused', { scheme: 'http' });
  }
  return url;
}

function bareHost(typed: string): URL | null {
  const url = parse(`https://${typed}`);
  if (url === null) return null;
  if (isLoopbackHost(url.hostname)) return parse(`http://${typed}`);
  return url.hostname.includes('.') || url.hostname.startsWith('[') ? url : null;
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/**
 * The canonical resource URI of a server (RFC 8707 §2, MCP authorization "canonical server URI"): scheme and
 * host in lower case, no fragment, no query (it may hold a key that is the issuer's none), no slash alone.
 */
export function canonicalServerUrl(url: URL): string {
  return url.pathname === '/' ? url.origin : `${url.origin}${url.pathname}`;
}

/**
 * An address that may be opened in the browser (OAuth 2.1 §1.5, RFC 8252 §8.3): `https:`, or `http:` on
 * loopback. Nothing else ever reaches a browser or shell.
 * @param name what it is, for the sentence a person sees
 * @throws ProblemError `endpoint-refused`
 */
export function browserUrl(url: string, name = 'authorization endpoint'): URL {
  return endpointUrl(name, url);
}

/**
 * An address requests are sent to (RFC 6749 §3.1 and §3.2: TLS, no fragment).
 * @param name what it is, for the sentence a person sees
 * @throws ProblemError `endpoint-refused`
 */
export function endpointUrl(name: string, url: string): URL {
  const parsed = url.length <= URL_LENGTH_LIMIT * 4 ? parse(url) : null;
  const secure =
    parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopbackHost(parsed.hostname));
  if (parsed === null || !secure || parsed.username || parsed.password || url.includes('#')) {
    throw failure('endpoint-refused', { endpoint: name, found: harmless(parsed) });
  }
  return parsed;
}

/** An address fit for a message: never credentials, query or the body of a `javascript:` or `data:` URL. */
function harmless(url: URL | null): string {
  if (url === null) return 'no web address at all';
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  return web ? `${url.origin}${url.pathname}` : `a ${url.protocol} address`;
}

/** Whether a URL's host is this computer (RFC 8252 §7.3, RFC 6761 §6.3). */
export function isLoopbackHost(host: string): boolean {
  return hostScope(host) === 'loopback';
}

const LOCAL_NAMES = /\.(?:local|internal|intranet|lan|home|corp|home\.arpa)$/;

/**
 * Scope of a URL's host as far as its spelling tells; null for a name that only DNS can place.
 * @param host `hostname` of a URL, IPv6 in brackets
 */
export function hostScope(host: string): AddressScope | null {
  const bare = host.toLowerCase().replace(/[[\]]/g, '');
  if (ipaddr.isValid(bare)) return addressScope(bare);
  const name = bare.replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  if (!name.includes('.') || LOCAL_NAMES.test(name)) return 'private';
  return null;
}

const RANGES: Readonly<Record<string, AddressScope>> = {
  unicast: 'public',
  loopback: 'loopback',
  linkLocal: 'link-local',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'private',
};

/**
 * Scope of an IP address (RFC 6890). IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4) counts as that IPv4
 * address, so that no spelling gets around the policy; what is no address at all is `reserved`.
 */
export function addressScope(ip: string): AddressScope {
  const bare = ip.replace(/[[\]]|%.*/g, '');
  if (!ipaddr.isValid(bare)) return 'reserved';
  const address = ipaddr.parse(bare);
  const range = address.range();
  if (address.kind() === 'ipv4') return RANGES[range] ?? 'reserved';
  if (range === 'loopback') return range;
  const bytes = address.toByteArray();
  const embedded = embeddedV4(bytes, range);
  if (embedded) return addressScope(embedded.join('.'));
  return RANGES[range] ?? 'reserved';
}

function embeddedV4(bytes: number[], range: string): number[] | null {
  const starts = (...prefix: number[]) => prefix.every((byte, index) => bytes[index] === byte);
  const last = bytes.slice(12, 16);
  if (starts(0, 0x64, 0xff, 0x9b, 0, 1)) {
    // Local-use NAT64 (RFC 8215): wherever it leads, it is a network of one's own.
    return addressScope(last.join('.')) === 'public' ? [10, 0, 0, 0] : last;
  }
  if (starts(0, 0x64, 0xff, 0x9b) || starts(...Array<number>(12).fill(0))) return last;
  if (range === 'ipv4Mapped' || range === 'rfc6145') return last;
  return range === '6to4' ? bytes.slice(2, 6) : null;
}
