import type { Fetch } from '../../src/main/ports.ts';

/** One request as it left the core, with the answer it got. */
export interface WireExchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal | null;
  /** Absent while it is under way, and for streams, which are not read twice. */
  status?: number;
  answer?: string;
}

export interface Wire {
  readonly fetch: Fetch;
  readonly exchanges: WireExchange[];
  /** Token requests, by default all; by grant type when given. */
  tokenRequests(grantType?: string): WireExchange[];
  /** Called before a request leaves; an answer it gives replaces the network's, an error it throws too. */
  intercept: (exchange: WireExchange) => Response | undefined | Promise<Response | undefined>;
}

/** Rejects with the signal's reason as soon as it fires, like a real fetch. */
function orAborted<T>(work: T | Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return Promise.resolve(work);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A fetch that writes down what passes. */
export function tapWire(through: Fetch = fetch): Wire {
  const exchanges: WireExchange[] = [];
  const wire: Wire = {
    exchanges,
    intercept: () => undefined,
    tokenRequests: (grantType) =>
      exchanges.filter(({ url, body }) => {
        const type = url.pathname.endsWith('/token') ? new URLSearchParams(body).get('grant_type') : null;
        return type !== null && (grantType === undefined || type === grantType);
      }),
    fetch: async (input, init) => {
      const exchange: WireExchange = {
        method: init?.method ?? 'GET',
        url: new URL(input),
        headers: new Headers(init?.headers),
        body: init?.body === undefined || init.body === null ? '' : String(init.body),
        signal: init?.signal ?? null,
      };
      exchanges.push(exchange);
      const intercepted = await orAborted(wire.intercept(exchange), init?.signal);
      const response = intercepted ?? (await through(input, init));
      exchange.status = response.status;
      if (!response.headers.get('content-type')?.includes('event-stream')) {
        exchange.answer = await response.clone().text();
      }
      return response;
    },
  };
  return wire;
}
