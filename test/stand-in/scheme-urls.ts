/**
 * Chromium cannot be taught a new scheme from outside, so `app://gatehouse/x` is loaded as
 * `https://gatehouse.app-scheme.invalid/x`. RFC 6761 §6.4 keeps `.invalid` out of every name server, and all requests
 * to it are answered from `protocol.handle` before they could reach the network.
 */
const customSchemes = new Set<string>();
const hostSuffix = '-scheme.invalid';

/** Makes a scheme one that is mapped. */
export function addCustomScheme(scheme: string): void {
  customSchemes.add(scheme.toLowerCase());
}

/** `app://gatehouse/x` → `https://gatehouse.app-scheme.invalid/x`; other addresses stay. */
export function toChromium(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? [];
  if (!scheme || rest === undefined || !customSchemes.has(scheme.toLowerCase())) return url;
  const [, host = '', path = ''] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  return `https://${host || 'none'}.${scheme.toLowerCase()}${hostSuffix}${path || '/'}`;
}

/** The inverse of {@link toChromium}. */
export function fromChromium(url: string): string {
  const [, host, scheme, path] = /^https:\/\/([^/?#]+)\.([a-z0-9+-]+)-scheme\.invalid(.*)$/s.exec(url) ?? [];
  if (!host || !scheme || !customSchemes.has(scheme)) return url;
  return `${scheme}://${host}${path}`;
}

/** Whether Chromium's address stands for one of a custom scheme. */
export function isMapped(url: string): boolean {
  return fromChromium(url) !== url;
}

/**
 * A content security policy written for custom schemes, in the words Chromium will compare with: `app:` and
 * `app://gatehouse` become the addresses they are loaded from.
 */
export function policyToChromium(policy: string): string {
  let mapped = policy;
  for (const scheme of customSchemes) {
    mapped = mapped
      .replace(new RegExp(`\\b${scheme}://([a-z0-9.*-]+)`, 'gi'), `https://$1.${scheme}${hostSuffix}`)
      .replace(new RegExp(`(^|[\\s;,])${scheme}:(?=$|[\\s;,])`, 'gi'), `$1https://*.${scheme}${hostSuffix}`);
  }
  return mapped;
}
