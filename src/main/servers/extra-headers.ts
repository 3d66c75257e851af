import type { ExtraHeaders, ExtraHeadersChange } from '../../shared/domain/extra-header.ts';
import { isFreeHeader } from '../../shared/domain/extra-header.ts';
import type { RemoteServer } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';

const MOST_HEADERS = 50;

/**
 * Headers after a change; names that differ in case only are the same (RFC 9110 §5.1).
 * @throws ProblemError `too-many-headers`
 */
export function changedHeaders(before: ExtraHeaders, change: ExtraHeadersChange): ExtraHeaders {
  const after = new Map(Object.entries(before).map((entry) => [entry[0].toLowerCase(), entry]));
  for (const [name, value] of Object.entries(change)) {
    if (value === null) after.delete(name.toLowerCase());
    else after.set(name.toLowerCase(), [name, value]);
  }
  if (after.size > MOST_HEADERS) throw failure('too-many-headers', { limit: String(MOST_HEADERS) });
  return Object.fromEntries(after.values());
}

/**
 * The headers a server's settings name, with their values from the vault.
 * @throws ProblemError `secret-value-missing`
 */
export function headersOf({ settings }: Pick<RemoteServer, 'settings'>, stored: ExtraHeaders): ExtraHeaders {
  return Object.fromEntries(
    settings.headers.map((name) => {
      const value = stored[name];
      if (value === undefined) throw failure('secret-value-missing', { name });
      return [name, value];
    }),
  );
}

/**
 * Adds the person's headers to a request, wherever the protocol has not set one itself. An account's token is
 * the only `Authorization` there is, so the person's goes with requests without an account.
 */
export function addExtraHeaders(headers: Headers, extra: ExtraHeaders, hasAccount: boolean): void {
  for (const [name, value] of Object.entries(extra)) {
    if (headers.has(name) || !isFreeHeader(name)) continue;
    if (hasAccount && name.toLowerCase() === 'authorization') continue;
    headers.set(name, value);
  }
}

/** What of a header's value is secret: all of it, and what follows the name of a scheme. */
export function secretsOf(extra: ExtraHeaders): string[] {
  return Object.values(extra).flatMap((value) => [value, ...value.split(/[\s=]+/).slice(1)]);
}
