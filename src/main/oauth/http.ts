import { appIdentity } from '../../shared/app-identity.ts';
import { failure, ProblemError, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext, Rule } from './context.ts';
import { networkProblem } from './network-problem.ts';
import { checkReach } from './reach.ts';

/** Largest body of a protocol answer, in bytes. */
export const BODY_LIMIT_BYTES = 1024 * 1024;
/** Most redirects followed, all within one origin. */
export const REDIRECT_LIMIT = 3;

const USER_AGENT = `${appIdentity.productName}/${appIdentity.version}`;

/** One request as we mean it. */
export interface WireRequest {
  readonly to: 'server' | 'issuer';
  /** What it is for, a few words. */
  readonly title: string;
  readonly rule?: Rule;
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/** An answer, read whole and bounded. */
export interface WireAnswer {
  /** Address that answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends a request and reads its answer within bounds: time limit, {@link BODY_LIMIT_BYTES}, redirects only
 * within the origin (RFC 9110 §15.4; RFC 9700 §4.11: nothing with a secret on board leaves its origin).
 * @param examine reads the answer; may add notes, and what it throws is recorded with the exchange
 * @throws ProblemError `host-not-found`, `connection-refused`, `certificate-invalid`, `answer-timeout`,
 * `network-unreachable`, `answer-too-large`, `redirect-refused`, `private-address-refused`; the reason of
 * `ctx.signal` when the caller gave up
 */
export async function send<T>(
  ctx: ProtocolContext,
  request: WireRequest,
  examine: (answer: WireAnswer, notes: string[]) => T | Promise<T>,
): Promise<T> {
  let url = request.url;
  const headers = { ...request.headers, 'user-agent': USER_AGENT };
  for (let hops = 0; ; hops++) {
    const outcome = await hop(ctx, { ...request, url, headers }, async (answer, notes) => {
      const target = redirectTarget(request.method, answer, hops);
      if (target === null) return { value: await examine(answer, notes) };
      notes.push(`Redirected to ${target.pathname} of the same origin; followed.`);
      return { target };
    });
    if ('value' in outcome) return outcome.value;
    url = outcome.target;
  }
}

async function hop<T>(
  ctx: ProtocolContext,
  request: WireRequest,
  examine: (answer: WireAnswer, notes: string[]) => Promise<T>,
): Promise<T> {
  const notes: string[] = [];
  const startedAt = ctx.now();
  let answer: WireAnswer | null = null;
  const report = (thrown?: unknown) =>
    ctx.observer.exchange({
      to: request.to,
      title: request.title,
      ...(request.rule && { rule: request.rule }),
      request: {
        method: request.method,
        url: request.url.href,
        headers: request.headers,
        body: request.body,
      },
      response: answer && { status: answer.status, headers: answer.headers, body: answer.body || null },
      durationMs: Math.max(0, ctx.now() - startedAt),
      ...(thrown !== undefined && { problem: problemOf(thrown) }),
      ...(notes.length > 0 && { notes }),
    });
  try {
    await checkReach(ctx, request.url);
    answer = await roundTrip(ctx, request);
    const value = await examine(answer, notes);
    report();
    return value;
  } catch (error) {
    report(error);
    throw error;
  }
}

async function roundTrip(ctx: ProtocolContext, request: WireRequest): Promise<WireAnswer> {
  const stop = new AbortController();
  const limits = [stop.signal, AbortSignal.timeout(ctx.timeoutMs), ...(ctx.signal ? [ctx.signal] : [])];
  const signal = AbortSignal.any(limits);
  try {
    const response = await settledBy(
      signal,
      ctx.fetch(request.url.href, {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        signal,
        reach: ctx.reach ?? 'any',
      }),
    );
    // Response.error(), or a redirect that a fetch hides: nobody said that anything worked.
    if (response.status === 0) throw new TypeError('an answer without a status');
    const body = await readBody(response, signal, request.url);
    return { url: request.url, status: response.status, headers: response.headers, body };
  } catch (error) {
    if (ctx.signal?.aborted) throw ctx.signal.reason;
    throw new ProblemError(networkProblem(error, request.url, ctx.timeoutMs), { cause: error });
  } finally {
    // Whatever is still open (a body beyond the limit) ends here, where the fetch minds its signal.
    stop.abort();
  }
}

async function readBody(response: Response, signal: AbortSignal, url: URL): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await settledBy(signal, reader.read());
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > BODY_LIMIT_BYTES) throw failure('answer-too-large', { host: url.host, limit: '1 MiB' });
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // And here, where it does not.
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** The promise, or the signal's reason as soon as it fires: not every fetch minds its signal. */
function settledBy<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function redirectTarget(method: string, answer: WireAnswer, hops: number): URL | null {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return null;
  const location = answer.headers.get('location');
  const { host, origin } = answer.url;
  if (location === null) return null;
  if (!URL.canParse(location, answer.url)) throw failure('redirect-refused', { host, target: 'nowhere' });
  const target = new URL(location, answer.url);
  const refuse = () => failure('redirect-refused', { host, target: `${target.origin}${target.pathname}` });
  if (target.origin !== origin || target.username !== '' || target.password !== '') throw refuse();
  // 301 to 303 may turn a POST into a GET; only 307 and 308 keep the request what it is.
  if (method !== 'GET' && answer.status < 307) throw refuse();
  if (hops >= REDIRECT_LIMIT) throw refuse();
  return target;
}
