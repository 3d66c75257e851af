import type { Fetch } from '../../src/main/ports.ts';

/** One request as it left the core, with the answer it got. */
export interface WireExchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
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
      };
      exchanges.push(exchange);
      const response = (await wire.intercept(exchange)) ?? (await through(input, init));
      exchange.status = response.status;
      if (!response.headers.get('content-type')?.includes('event-stream')) {
        exchange.answer = await response.clone().text();
      }
      return response;
    },
  };
  return wire;
}
