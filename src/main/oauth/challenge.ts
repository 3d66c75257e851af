/** One challenge of a `WWW-Authenticate` header. Parameter names are lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly token68: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The challenge that concerns us, understood. */
export interface BearerChallenge {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly resourceMetadata?: string;
  readonly scope?: readonly string[];
  readonly error?: string;
  readonly errorDescription?: string;
  /** Signature algorithms of DPoP proofs the server takes (RFC 9449 §7.1). */
  readonly dpopAlgorithms?: readonly string[];
  /** The scheme is `DPoP`, and the server offers `Bearer` beside it: it does not insist. */
  readonly orBearer?: true;
}

const HEADER_LIMIT = 16_384;
const CHALLENGE_LIMIT = 20;
const PARAMETER_LIMIT = 50;
const LIST_LIMIT = 200;

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)(?:"|$)/y;
const SPACE = /[ \t]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;

/**
 * Reads the challenges of a `WWW-Authenticate` value (RFC 9110 §11.6.1): several schemes, quoted strings,
 * token68, parameters in any order. Never throws; what can't be read is skipped. The first of two parameters
 * of one name counts.
 * @param value one header value, or several joined by commas; at most 16 KiB of it are read
 */
export function parseChallenges(value: string): Challenge[] {
  const text = value.slice(0, HEADER_LIMIT);
  const challenges: { scheme: string; token68: string | null; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    const start = at;
    const token = take(TOKEN)?.[0];
    if (token === undefined) {
      // A separator, or a stray quoted string: skipped, so that a later challenge is still found.
      if (!take(QUOTED)) at++;
      continue;
    }
    const current = challenges.at(-1);
    if (current && take(EQUALS)) {
      const parameter = take(QUOTED)?.[1]?.replace(/\\([\s\S])/g, '$1') ?? take(TOKEN_LIKE)?.[0] ?? '';
      addParameter(current.parameters, token.toLowerCase(), parameter);
      continue;
    }
    if (challenges.length === CHALLENGE_LIMIT) break;
    at = start + token.length;
    const challenge = { scheme: token, token68: null as string | null, parameters: Object.create(null) };
    challenges.push(challenge);
    if (take(SPACE)) challenge.token68 = take(TOKEN68)?.[0] ?? null;
  }
  return challenges;
}

/** Values outside the token grammar are common without quotes (`scope=a:b`, `resource_metadata=https://…`). */
const TOKEN_LIKE = /[^\s,"]+/y;

function addParameter(parameters: Record<string, string>, name: string, value: string): void {
  if (name in parameters || Object.keys(parameters).length >= PARAMETER_LIMIT) return;
  parameters[name] = value;
}

/**
 * The challenge an MCP client acts on (RFC 6750 §3, RFC 9728 §5.1, RFC 9449 §7.1): `Bearer` or `DPoP`, the
 * one with `resource_metadata`, `error` or `scope` first.
 * @returns null when neither scheme is offered
 */
export function bearerChallenge(headers: Headers): BearerChallenge | null {
  const ours = parseChallenges(headers.get('www-authenticate') ?? '').filter(({ scheme }) =>
    ['bearer', 'dpop'].includes(scheme.toLowerCase()),
  );
  const telling = ours.find(
    ({ parameters }) => parameters.resource_metadata || parameters.error || parameters.scope,
  );
  const chosen = telling ?? ours[0];
  return chosen ? understood(chosen, ours) : null;
}

function understood({ scheme, parameters }: Challenge, ours: readonly Challenge[]): BearerChallenge {
  const bound = isDpop(scheme);
  const scope = listOf(parameters.scope);
  const algorithms = listOf(ours.find((one) => isDpop(one.scheme))?.parameters.algs);
  const metadata = parameters.resource_metadata;
  const { error, error_description: description } = parameters;
  return {
    scheme: bound ? 'DPoP' : 'Bearer',
    ...(metadata && { resourceMetadata: metadata }),
    ...(scope && { scope }),
    ...(error && { error }),
    ...(description && { errorDescription: description }),
    ...(algorithms && { dpopAlgorithms: algorithms }),
    ...(bound && ours.some((one) => !isDpop(one.scheme)) && { orBearer: true }),
  };
}

const isDpop = (scheme: string) => scheme.toLowerCase() === 'dpop';

/** The members of a list separated by spaces, each once; undefined when there is none. */
function listOf(value: string | undefined): string[] | undefined {
  const members = new Set(value?.split(/\s/).filter(Boolean).slice(0, LIST_LIMIT));
  return members.size > 0 ? [...members] : undefined;
}
