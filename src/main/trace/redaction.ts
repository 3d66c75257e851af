import type { Problem } from '../../shared/problems.ts';

/** What stands in a trace where a secret was. */
export const REDACTED = '•••';

const SECRET_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'dpop',
  'x-api-key',
]);

/** Parameters and members that carry a secret in some OAuth message. `token` is RFC 7009's and RFC 7662's. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  'access_token',
  'actor_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'id_token',
  'id_token_hint',
  'password',
  'refresh_token',
  'registration_access_token',
  'subject_token',
  'state',
  'token',
]);

// A JWT anywhere in a text: three base64url parts, five when encrypted (RFC 7516 §3.1), the first starting with {".
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]*\.[\w-]*(?:\.[\w-]*\.[\w-]*)?/g;
const BEARER = /\b(Bearer|DPoP|Basic)\s+[\w\-.~+/]{8,}=*/gi;
const NAMES = [...SECRET_NAMES].join('|');
const PARAMETER = new RegExp(`([?&#;\\s"']|^)(${NAMES})=([^&\\s"'#]+)`, 'gi');
/** A parameter of an address that is itself a parameter. */
const ENCODED_PARAMETER = new RegExp(`(%3F|%26|%23)(${NAMES})%3D((?:(?!%26|%23)[^&\\s"'#])+)`, 'gi');
/** A member of JSON inside other text: an answer cut short, an event stream. */
const MEMBER = new RegExp(`"(${NAMES})"(\\s*:\\s*)"((?:\\\\.|[^"\\\\])*)`, 'gi');
/** The same in JSON that is a string of JSON. */
const QUOTED_MEMBER = new RegExp(
  `(\\\\{1,15})"(${NAMES})\\1"(\\s*:\\s*)\\1"((?:(?!\\\\{1,15}")[^\\n])*)`,
  'gi',
);

/** Values remembered at most: a server that sends ever new ones must not slow everything down. */
const LEARNED_LIMIT = 10_000;
/** Shorter values would blacken ordinary words. */
const SHORTEST_LEARNED = 8;
/** The same for what a person entered as a secret: it is one for certain. */
export const SHORTEST_ENTERED = 4;

/**
 * Removes secrets from what goes into one trace or leaves one connection. Values seen in secret places are
 * learned, so that a server that echoes one in an error text is covered too. Lives as long as what it guards.
 */
export class Redactor {
  readonly #learned = new Set<string>();

  /**
   * Remembers a secret value so that it is removed wherever it turns up later, also encoded for a URL or JSON.
   * @param shortest characters a value needs to be remembered; fewer are for what a person called a secret
   */
  learn(value: string, shortest = SHORTEST_LEARNED): void {
    if (this.#learned.has(value)) return;
    if (value.length < shortest || value === REDACTED || this.#learned.size > LEARNED_LIMIT) return;
    for (const shape of [value, encoded(value), JSON.stringify(value).slice(1, -1)]) this.#learned.add(shape);
  }

  headers(headers: Headers | Record<string, string>): Record<string, string> {
    const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
    return Object.fromEntries(
      entries.map(([name, value]) => {
        if (!SECRET_HEADERS.has(name.toLowerCase())) return [name, this.text(value)];
        const [scheme = '', credentials] = value.split(/\s+/, 2);
        if (credentials) this.learn(credentials);
        if (credentials && /^basic$/i.test(scheme)) this.#learnBasic(credentials);
        return [name, /^(bearer|basic|dpop)$/i.test(scheme) ? `${scheme} ${REDACTED}` : REDACTED];
      }),
    );
  }

  /** A body: JSON and form-encoded members by name, then everything {@link text} removes. */
  body(body: string): string {
    const trimmed = body.trimStart();
    if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
      try {
        return this.text(JSON.stringify(this.#json(JSON.parse(body), 0)));
      } catch {
        // Not JSON after all: treated as text.
      }
    }
    return this.text(body);
  }

  /** Any text: parameters by name, JWTs, credentials after a scheme name, and values learned before. */
  text(text: string): string {
    const redacted = text
      .replace(PARAMETER, (_, before: string, name: string, value: string) => {
        this.#learnEncoded(value);
        return `${before}${name}=${REDACTED}`;
      })
      .replace(ENCODED_PARAMETER, (_, before: string, name: string, value: string) => {
        this.#learnEncoded(safeDecode(value));
        return `${before}${name}%3D${REDACTED}`;
      })
      .replace(MEMBER, (_, name: string, between: string, value: string) => {
        this.learn(value);
        return `"${name}"${between}"${REDACTED}`;
      })
      .replace(QUOTED_MEMBER, (_, slash: string, name: string, between: string, value: string) => {
        this.learn(value);
        return `${slash}"${name}${slash}"${between}${slash}"${REDACTED}`;
      });
    return this.learned(redacted).replace(JWT, REDACTED).replace(BEARER, `$1 ${REDACTED}`);
  }

  /** Removes values learned before and nothing else, for text whose structure still counts. */
  learned(text: string, replacement = REDACTED): string {
    // The longest first: a value that holds another goes as a whole.
    const values = [...this.#learned].sort((a, b) => b.length - a.length);
    return values.reduce((rest, value) => rest.replaceAll(value, replacement), text);
  }

  /** A problem with secrets removed from what came from outside. */
  problem(problem: Problem): Problem {
    const { params, detail } = problem;
    return {
      ...problem,
      params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, this.text(value)])),
      detail: detail === null ? null : this.text(detail),
    };
  }

  #learnEncoded(value: string): void {
    this.learn(safeDecode(value));
    this.learn(value);
  }

  /** Client ID and secret, form-encoded or not (RFC 6749 §2.3.1). */
  #learnBasic(credentials: string): void {
    const decoded = Buffer.from(credentials, 'base64').toString();
    this.#learnEncoded(decoded.slice(decoded.indexOf(':') + 1));
  }

  #json(value: unknown, depth: number): unknown {
    if (depth > 64) return REDACTED;
    if (Array.isArray(value)) return value.map((item) => this.#json(item, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        if (!SECRET_NAMES.has(name.toLowerCase()) || typeof member !== 'string') {
          return [name, this.#json(member, depth + 1)];
        }
        this.learn(member);
        return [name, REDACTED];
      }),
    );
  }
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
