import type { ExtraHeaders } from '../../shared/domain/extra-header.ts';
import { failure, ProblemError } from '../../shared/problems.ts';
import type { Authorization } from '../accounts/token-keeper.ts';
import { type BearerChallenge, bearerChallenge } from '../oauth/challenge.ts';
import { networkProblem } from '../oauth/network-problem.ts';
import type { Clock, Fetch } from '../ports.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import { REDACTED, type Redactor, SHORTEST_ENTERED } from '../trace/redaction.ts';
import { addExtraHeaders, secretsOf } from './extra-headers.ts';
import { MoreScopeNeeded, SignInNeeded } from './sign-in-needed.ts';

/** Where the tokens of one account come from; null for a server used without one. */
export interface TokenSource {
  authorization(): Promise<Authorization>;
  rejected(accessToken: string): Promise<Authorization>;
}

export interface AuthorizedFetchOptions {
  readonly serverUrl: URL;
  readonly tokens: TokenSource | null;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** The trace that is open now, if any. */
  readonly trace: () => TraceHandle | null;
  /** Learns the tokens that were sent, so that no answer that echoes one gets further with it. */
  readonly redactor: Redactor;
  readonly timeoutSeconds: number;
  /** Headers the person wants sent to this server, with their values: keys, mostly. */
  readonly extraHeaders?: ExtraHeaders;
  /** Told of every challenge, before anything is thrown. */
  readonly challenged: (challenge: BearerChallenge) => void;
  /** Told when a token was refused and renewing it does not help: the server may have moved to another issuer. */
  readonly tokenRefused: () => void;
}

/**
 * A fetch that carries the account's token to this server and to nowhere else. It renews and repeats once
 * on 401, and otherwise throws what has to happen: a sign-in, or more scope.
 */
export function authorizedFetch(given: AuthorizedFetchOptions): Fetch {
  const options = { ...given, fetch: withOwnSignals(given.fetch) };
  const { serverUrl, tokens } = options;
  const host = serverUrl.host;
  return async (input, init = {}) => {
    const url = new URL(input);
    // A token leaves for the origin it was issued for, or not at all (MCP authorization, token handling).
    if (url.origin !== serverUrl.origin) {
      throw failure('redirect-refused', { host, target: url.origin });
    }
    if (!tokens) {
      const response = await send(options, url, init, null);
      if (response.status === 401) throw await keyRefused(options, response);
      return refuseForbidden(options, response);
    }
    const authorization = await tokens.authorization();
    const response = await send(options, url, init, authorization);
    // Every answer may bring the nonce of the next proof (RFC 9449 §8.2).
    const newNonce = authorization.dpop?.takeNonce(url, response.headers) ?? false;
    if (response.status !== 401) return refuseForbidden(options, response);
    // A DPoP nonce asked for is no refusal of the token (RFC 9449 §9); another request may have learned it already.
    if (newNonce || (authorization.dpop && bearerChallenge(response.headers)?.error === 'use_dpop_nonce')) {
      await discard(response);
      const repeated = await send(options, url, init, authorization);
      if (repeated.status !== 401) return refuseForbidden(options, repeated);
    }
    const refusal = await signInNeeded(options, response);
    const renewed = await renew(options, tokens, authorization, refusal);
    const repeated = await send(options, url, init, renewed);
    if (repeated.status !== 401) return refuseForbidden(options, repeated);
    await signInNeeded(options, repeated);
    options.tokenRefused();
    throw failure('token-not-accepted', { host }, refusal.challenge?.error ?? null);
  };
}

async function renew(
  { tokenRefused }: AuthorizedFetchOptions,
  tokens: TokenSource,
  refused: Authorization,
  refusal: SignInNeeded,
): Promise<Authorization> {
  try {
    return await tokens.rejected(refused.accessToken);
  } catch (error) {
    tokenRefused();
    // Nothing to renew with: what is left to do is to sign in, with the server's own challenge.
    if (error instanceof ProblemError && error.problem.code === 'grant-expired') throw refusal;
    throw error;
  }
}

async function send(
  { serverUrl, fetch, clock, trace, redactor, timeoutSeconds, extraHeaders = {} }: AuthorizedFetchOptions,
  url: URL,
  init: RequestInit,
  authorization: Authorization | null,
): Promise<Response> {
  // The transport makes them anew for each request; of what is sent again, the token is replaced.
  const headers = init.headers instanceof Headers ? init.headers : new Headers(init.headers);
  for (const name of ['authorization', 'dpop']) headers.delete(name);
  if (authorization) {
    redactor.learn(authorization.accessToken);
    headers.set('authorization', `${authorization.tokenType} ${authorization.accessToken}`);
    const method = init.method ?? 'GET';
    const proof = await authorization.dpop?.proof({
      method,
      url,
      accessToken: authorization.accessToken,
      now: clock.now(),
    });
    if (proof) headers.set('dpop', proof);
  }
  addExtraHeaders(headers, extraHeaders, authorization !== null);
  const keys = secretsOf(extraHeaders);
  for (const key of keys) redactor.learn(key, SHORTEST_ENTERED);
  const startedAt = clock.now();
  const open = trace();
  open?.learn(authorization?.accessToken);
  open?.learnEntered(keys);
  const record = async (response: Response | null, problem?: ProblemError) =>
    open?.exchange({
      to: 'server',
      title: titleOf(init),
      request: {
        method: init.method ?? 'GET',
        url: url.href,
        headers: withoutKeys(headers, extraHeaders),
        body: typeof init.body === 'string' ? init.body : null,
      },
      response: response && {
        status: response.status,
        headers: response.headers,
        body: response.ok ? null : await excerpt(response),
      },
      durationMs: clock.now() - startedAt,
      ...(problem && { problem: problem.problem }),
    });
  try {
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      credentials: 'omit',
    });
    await record(response);
    return response;
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const known =
      error instanceof ProblemError
        ? error
        : new ProblemError(networkProblem(error, serverUrl, timeoutSeconds * 1000), { cause: error });
    await record(null, known);
    throw known;
  }
}

/**
 * The network keeps listening to a signal long after its request: one that all requests of a connection share gets
 * slower with each of them. What comes a second time is followed by a signal of the request's own.
 */
function withOwnSignals(fetch: Fetch): Fetch {
  let last: AbortSignal | null | undefined;
  return (input, init) => {
    const signal = init?.signal;
    if (signal && signal === last) return fetch(input, { ...init, signal: AbortSignal.any([signal]) });
    last = signal;
    return fetch(input, init);
  };
}

/** A server that was sent a key and asks for no sign-in has refused the key. */
async function keyRefused(
  options: AuthorizedFetchOptions,
  response: Response,
): Promise<SignInNeeded | ProblemError> {
  const names = Object.keys(options.extraHeaders ?? {});
  const refusal = await signInNeeded(options, response);
  const isKey = names.some((name) => name.toLowerCase() === 'authorization') || refusal.challenge === null;
  if (names.length === 0 || !isKey) return refusal;
  return failure('key-refused', { host: options.serverUrl.host, headers: names.join(', ') });
}

/** Headers as a trace may hold them: what is in the person's own is a secret, however short. */
function withoutKeys(headers: Headers, extra: ExtraHeaders): Record<string, string> {
  const names = new Set(Object.keys(extra).map((name) => name.toLowerCase()));
  return Object.fromEntries([...headers].map(([name, value]) => [name, names.has(name) ? REDACTED : value]));
}

async function signInNeeded(options: AuthorizedFetchOptions, response: Response): Promise<SignInNeeded> {
  const challenge = challengeOf(options, response);
  await discard(response);
  if (challenge) options.challenged(challenge);
  return new SignInNeeded(options.serverUrl.host, challenge);
}

async function refuseForbidden(options: AuthorizedFetchOptions, response: Response): Promise<Response> {
  if (response.status !== 403) return response;
  const challenge = challengeOf(options, response);
  if (challenge?.error !== 'insufficient_scope') return response;
  await discard(response);
  options.challenged(challenge);
  throw new MoreScopeNeeded(options.serverUrl.host, challenge.scope ?? []);
}

/** The challenge of an answer, without the token it may repeat. */
function challengeOf({ redactor }: AuthorizedFetchOptions, { headers }: Response): BearerChallenge | null {
  // A header holds Latin-1 only, so the sign of a removed secret is another one here.
  const header = redactor.learned(headers.get('www-authenticate') ?? '', '***');
  return bearerChallenge(new Headers({ 'www-authenticate': header }));
}

const EXCERPT_LIMIT = 4096;

/** The start of an error body, read from a copy so that the reader of the answer misses nothing. */
async function excerpt(response: Response): Promise<string | null> {
  const reader = response.clone().body?.getReader();
  if (!reader) return null;
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < EXCERPT_LIMIT) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  void reader.cancel().catch(() => undefined);
  return text.slice(0, EXCERPT_LIMIT) || null;
}

/** Ends a body nobody will read, so that its connection is free again. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

function titleOf(init: RequestInit): string {
  if (typeof init.body !== 'string') return init.method === 'DELETE' ? 'End session' : 'Open event stream';
  try {
    const message = JSON.parse(init.body) as { method?: unknown };
    return typeof message.method === 'string' ? `MCP ${message.method}` : 'MCP message';
  } catch {
    return 'MCP message';
  }
}
