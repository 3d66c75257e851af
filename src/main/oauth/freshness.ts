/** Without caching headers: metadata of an issuer changes seldom. */
const DEFAULT_MS = 60 * 60_000;
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * Until when an answer may be used without asking again (RFC 9111 §4.2): `max-age` less `Age`, else
 * `Expires`, else an hour; never more than a day.
 * @param now milliseconds since the epoch, when the answer arrived
 * @returns milliseconds since the epoch; `now` itself for `no-store` and `no-cache`
 */
export function freshUntil(headers: Headers, now: number): number {
  const control = (headers.get('cache-control') ?? '').toLowerCase();
  if (/(?:^|[\s,])(?:no-store|no-cache)(?:$|[\s,=])/.test(control)) return now;
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})/.exec(control)?.[1];
  const age = Number(/^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? 0);
  if (maxAge !== undefined) return now + bounded((Number(maxAge) - age) * 1000);
  const expires = headers.get('expires');
  if (expires === null) return now + DEFAULT_MS;
  const date = Date.parse(headers.get('date') ?? '');
  const end = Date.parse(expires);
  return Number.isNaN(end) ? now : now + bounded(end - (Number.isNaN(date) ? now : date));
}

/** Wait asked for by `Retry-After` (RFC 9110 §10.2.3) in milliseconds from now, at most a day; null if none. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after') ?? '';
  if (/^\d{1,10}$/.test(value)) return bounded(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : bounded(date - now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(0, ms), LONGEST_MS);
}
