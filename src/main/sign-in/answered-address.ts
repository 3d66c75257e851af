import { REDACTED } from '../trace/redaction.ts';

/** Parameters an answer may have (RFC 6749 §4.1.2, RFC 9207 §2, JARM §2.3); others are not named either. */
const KNOWN = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'scope', 'response'];
const ISSUER_LIMIT = 500;

/**
 * Where the browser came back to, as a trace may hold it. Before `iss` is compared nothing of an answer may be
 * shown, not even its error (RFC 9207 §2.4): of every parameter but `iss` only the name is left.
 */
export function answeredAddress(redirectUri: string, parameters: URLSearchParams): string {
  const shown = KNOWN.filter((name) => parameters.has(name)).map((name) =>
    name === 'iss'
      ? new URLSearchParams({ iss: (parameters.get('iss') ?? '').slice(0, ISSUER_LIMIT) }).toString()
      : `${name}=${REDACTED}`,
  );
  return shown.length === 0 ? redirectUri : `${redirectUri}?${shown.join('&')}`;
}
