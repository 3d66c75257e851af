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
const SECRET_NAMES = new Set([
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

// A JWT anywhere in a text: three base64url parts, the first starting with {".
const JWT = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;
const BEARER = /\b(Bearer|DPoP|Basic)\s+[\w\-.~+/]{8,}=*/gi;
const PARAMETER = new RegExp(`([?&#;\\s"']|^)(${[...SECRET_NAMES].join('|')})=([^&\\s"'#]+)`, 'gi');

/** Shorter values would blacken ordinary words. */
const SHORTEST_LEARNED = 8;

/**
 * Removes secrets from what goes into one trace. Values seen in secret places are learned, so that a
 * server that echoes one in an error text is covered too. Lives as long as its trace is open.
 */
export class Redactor {
  readonly #learned = new Set<string>();

  /** Remembers a secret value so that it is removed wherever it turns up later in this trace. */
  learn(value: string): void {
    if (value.length >= SHORTEST_LEARNED && value !== REDACTED) this.#learned.add(value);
  }

  headers(headers: Headers | Record<string, string>): Record<string, string> {
    const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
    return Object.fromEntries(
      entries.map(([name, value]) => {
        if (!SECRET_HEADERS.has(name.toLowerCase())) return [name, this.text(value)];
        const [scheme, credentials] = value.split(/\s+/, 2);
        if (credentials) this.learn(credentials);
        return [name, /^(bearer|basic|dpop)$/i.test(scheme ?? '') ? `${scheme} ${REDACTED}` : REDACTED];
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
    let redacted = text.replace(PARAMETER, (_, before: string, name: string, value: string) => {
      this.learn(safeDecode(value));
      this.learn(value);
      return `${before}${name}=${REDACTED}`;
    });
    for (const value of this.#learned) redacted = redacted.replaceAll(value, REDACTED);
    return redacted.replace(JWT, REDACTED).replace(BEARER, `$1 ${REDACTED}`);
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

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
