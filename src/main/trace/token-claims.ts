import { createHash } from 'node:crypto';
import type { ClaimValue, TraceToken } from '../../shared/domain/trace.ts';
import { REDACTED, type Redactor, SECRET_NAMES } from './redaction.ts';

/** A message before its secrets are removed. */
interface RawMessage {
  readonly headers: Headers | Record<string, string>;
  readonly body: string | null;
}

/** Shown as they are, when they are short text, numbers or lists of such (RFC 7519 §4.1, RFC 9068 §2.2). */
const SHOWN_CLAIMS = new Set([
  'iss',
  'aud',
  'azp',
  'client_id',
  'scope',
  'scp',
  'resource',
  'exp',
  'nbf',
  'iat',
  'auth_time',
  'token_use',
  'token_type',
  'typ',
  'ver',
  'acr',
  'amr',
  'htm',
  'htu',
]);
/** Shown too, but a value that looks drawn by lot is cut to its fingerprint. */
const GUARDED = new Set(['sub', 'tid']);
/** Only ever shown as a fingerprint: enough to see whether two tokens are the same one. */
const FINGERPRINTS = new Set(['jti', 'sid', 'uti']);
const SHOWN_HEADER = new Set(['alg', 'enc', 'typ', 'cty', 'crit']);
const GUARDED_HEADER = new Set(['kid']);

const TOKENS_PER_MESSAGE = 4;
const TOKEN_LIMIT = 16_384;
const BODY_LIMIT = 65_536;
const NAMES_LIMIT = 40;
const LIST_LIMIT = 30;
const VALUE_LIMIT = 500;

const PART = /^[\w-]*$/;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * What the JWTs of a message say, for whoever asks why a server refuses one. Only places that hold tokens are looked
 * at: the headers `Authorization` and `DPoP` (RFC 6750 §2.1, RFC 9449 §4.1), and members of OAuth messages. The signature
 * is never kept. Of an unsigned or an encrypted token only the header is: the rest would be the token itself.
 * @param redactor knows the secrets of both messages: what a claim repeats of them is removed
 */
export function tokensIn(side: TraceToken['side'], message: RawMessage, redactor: Redactor): TraceToken[] {
  const found: TraceToken[] = [];
  for (const [place, value] of [...fromHeaders(message.headers), ...fromBody(message.body)]) {
    if (found.length >= TOKENS_PER_MESSAGE) break;
    const token = decoded(value, redactor);
    if (token) found.push({ side, place, ...token });
  }
  return found;
}

type Place = readonly [name: string, value: string];

function fromHeaders(headers: Headers | Record<string, string>): Place[] {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return entries.flatMap(([name, value]): Place[] => {
    switch (name.toLowerCase()) {
      case 'authorization':
        return [['authorization', value.slice(value.indexOf(' ') + 1).trim()]];
      case 'dpop':
        return [['dpop', value.trim()]];
      default:
        return [];
    }
  });
}

function fromBody(body: string | null): Place[] {
  if (!body || body.length > BODY_LIMIT) return [];
  return membersOf(body).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return SECRET_NAMES.has(name.toLowerCase()) && typeof value === 'string';
  });
}

function membersOf(body: string): [string, unknown][] {
  if (!body.trimStart().startsWith('{')) return [...new URLSearchParams(body)];
  try {
    return Object.entries(JSON.parse(body) as object);
  } catch {
    return [];
  }
}

function decoded(value: string, redactor: Redactor): Omit<TraceToken, 'side' | 'place'> | null {
  if (value.length > TOKEN_LIMIT || !value.startsWith('eyJ')) return null;
  const parts = value.split('.');
  if ((parts.length !== 3 && parts.length !== 5) || !parts.every((part) => PART.test(part))) return null;
  const header = jsonOf(parts[0]);
  if (!header) return null;
  const shownHeader = sorted(header, redactor, headerValue);
  const headerOnly = { header: shownHeader.shown, claims: {}, withheld: shownHeader.withheld };
  if (parts.length === 5) return { kind: 'encrypted', ...headerOnly };
  // RFC 7519 §6: whoever has header and claims of an unsecured token has the token.
  const unsigned = parts[2] === '' || /^none$/i.test(String(header.alg));
  if (unsigned) return { kind: 'unsigned', ...headerOnly };
  const payload = jsonOf(parts[1]);
  if (!payload) return null;
  const { shown, withheld } = sorted(payload, redactor, claimValue);
  return {
    kind: 'signed',
    header: shownHeader.shown,
    claims: shown,
    withheld: [...shownHeader.withheld, ...withheld].slice(0, NAMES_LIMIT),
  };
}

function jsonOf(part = ''): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

type Show = (name: string, value: unknown, redactor: Redactor) => ClaimValue | null;

/** The members that may be shown, and the names of the others. */
function sorted(members: Record<string, unknown>, redactor: Redactor, show: Show) {
  const shown: [string, ClaimValue][] = [];
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(members).slice(0, NAMES_LIMIT)) {
    const safe = show(name, value, redactor);
    if (safe === null) withheld.push(redactor.text(name.slice(0, 80)));
    else shown.push([name, safe]);
  }
  return { shown: Object.fromEntries(shown), withheld };
}

function headerValue(name: string, value: unknown, redactor: Redactor): ClaimValue | null {
  if (GUARDED_HEADER.has(name)) return guarded(value, redactor);
  return SHOWN_HEADER.has(name) ? plain(value, redactor) : null;
}

function claimValue(name: string, value: unknown, redactor: Redactor): ClaimValue | null {
  if (FINGERPRINTS.has(name)) return typeof value === 'string' ? fingerprint(value) : null;
  if (GUARDED.has(name)) return guarded(value, redactor);
  return SHOWN_CLAIMS.has(name) ? plain(value, redactor) : null;
}

function plain(value: unknown, redactor: Redactor): ClaimValue | null {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return safeText(value, redactor);
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return null;
  return value.slice(0, LIST_LIMIT).map((item) => safeText(item, redactor));
}

function guarded(value: unknown, redactor: Redactor): ClaimValue | null {
  if (typeof value !== 'string') return typeof value === 'number' ? value : null;
  return looksDrawn(value) ? fingerprint(value) : safeText(value, redactor);
}

/** Redacted before it is cut, so that no secret is cut in two. */
function safeText(value: string, redactor: Redactor): string {
  const safe = redactor.text(value.slice(0, 4 * VALUE_LIMIT));
  return safe.length > VALUE_LIMIT ? `${safe.slice(0, VALUE_LIMIT)}…` : safe;
}

/** Long runs of letters and digits that no person chose; a UUID names somebody and opens nothing. */
function looksDrawn(value: string): boolean {
  const runs = value.replace(UUID, ' ').match(/[\w~+/=-]{24,}/g) ?? [];
  return runs.some((run) => /\d/.test(run) && /[a-z]/i.test(run));
}

function fingerprint(value: string): string {
  return value === REDACTED
    ? value
    : `sha256:${createHash('sha256').update(value).digest('hex').slice(0, 8)}…`;
}
