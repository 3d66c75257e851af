import { makeProblem, type Problem, ProblemError } from '../../shared/problems.ts';

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_SSL_|ERR_TLS_|^EPROTO$/;
/** The server wants to see a certificate of ours (RFC 8446 §4.3.2). */
const CLIENT_CERTIFICATE = /SSL_CLIENT_AUTH|BAD_SSL_CLIENT_AUTH|ALERT_CERTIFICATE_REQUIRED/;
const PROXY = /_PROXY_|^ERR_PROXY|TUNNEL_CONNECTION_FAILED|MANDATORY_PROXY/;
const TIMEOUT = /TIMEDOUT|TIMED_OUT|_TIMEOUT$/;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/EXPIRED|DATE_INVALID/, 'it has expired'],
  [/ALTNAME|COMMON_NAME/, 'it belongs to another name'],
  [/SELF_SIGNED|DEPTH_ZERO/, 'it is signed by itself'],
  [/REVOKED/, 'it was revoked'],
  [/UNABLE_TO|AUTHORITY_INVALID/, 'nobody this computer trusts has signed it'],
];

/**
 * The problem a failed request stands for, from the errors of Node's fetch (`error.cause.code`) and of
 * Electron's `net.fetch` (`net::ERR_*`).
 * @param timeoutMs time limit of the request in milliseconds
 */
export function networkProblem(error: unknown, url: URL, timeoutMs: number): Problem {
  const errors = chain(error);
  const carried = errors.find((one) => one instanceof ProblemError);
  if (carried) return carried.problem;
  const codes = errors.flatMap(codesOf);
  const has = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const host = url.host;
  const detail = [...new Set(codes)].join(', ') || (errors[0]?.message ?? null);
  if (has(/ENOTFOUND|EAI_NODATA|EAI_NONAME|NAME_NOT_RESOLVED/)) {
    return makeProblem('host-not-found', { host }, detail);
  }
  if (has(/ECONNREFUSED|CONNECTION_REFUSED/)) return makeProblem('connection-refused', { host }, detail);
  if (has(CLIENT_CERTIFICATE)) return makeProblem('client-certificate-needed', { host }, detail);
  if (has(PROXY)) return makeProblem('proxy-failed', { host }, detail);
  if (has(CERTIFICATE)) {
    const reason = REASONS.find(([pattern]) => has(pattern))?.[1] ?? 'a secure connection was not possible';
    return makeProblem('certificate-invalid', { host, reason }, detail);
  }
  if (has(TIMEOUT) || errors.some(({ name }) => name === 'TimeoutError')) {
    return makeProblem('answer-timeout', { host, seconds: String(Math.ceil(timeoutMs / 1000)) }, detail);
  }
  // Electron's net.fetch ends a redirect it was told not to follow with this message and no answer.
  if (errors.some(({ message }) => /redirect was cancell?ed/i.test(message))) {
    return makeProblem('redirect-refused', { host, target: 'another address' }, detail);
  }
  return makeProblem('network-unreachable', { host }, detail);
}

/** Whether trying another path of the same host is pointless. */
export function isHostProblem(problem: Problem): boolean {
  return [
    'host-not-found',
    'connection-refused',
    'certificate-invalid',
    'client-certificate-needed',
    'proxy-failed',
    'network-unreachable',
  ].includes(problem.code);
}

/** Whether the same request may succeed later, with nothing changed here. */
export function isTemporary(problem: Problem): boolean {
  return isHostProblem(problem) || problem.code === 'answer-timeout' || problem.code === 'server-error';
}

/** An error with its causes and, for an AggregateError (several addresses tried), its parts; bounded. */
function chain(error: unknown, depth = 0): Error[] {
  if (depth > 5 || !(error instanceof Error)) return [];
  const parts = error instanceof AggregateError ? error.errors.slice(0, 8) : [];
  return [error, ...[error.cause, ...parts].flatMap((one) => chain(one, depth + 1))];
}

function codesOf(error: Error): string[] {
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const named = /net::(ERR_[A-Z0-9_]+)/.exec(error.message)?.[1];
  return named ? [...code, named] : code;
}
