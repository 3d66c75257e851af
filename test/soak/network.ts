import type { Fetch } from '../../src/main/ports.ts';

/**
 * The way to the network, which can be switched off: requests fail, and those under way break. Counts token
 * requests whose answer did not arrive whole: where refresh tokens rotate, each may have cost a grant.
 */
export class Network {
  #down = false;
  readonly #open = new Set<AbortController>();
  readonly #lostAnswers = new Map<string, number>();
  requests = 0;

  /** How many token answers of an issuer's origin were lost on their way. */
  lostAnswers(origin: string): number {
    return this.#lostAnswers.get(origin) ?? 0;
  }

  off(): void {
    this.#down = true;
    for (const one of this.#open) one.abort(unreachable());
    this.#open.clear();
  }

  on(): void {
    this.#down = false;
  }

  readonly fetch: Fetch = async (input, init = {}) => {
    if (this.#down) throw unreachable();
    this.requests += 1;
    const url = new URL(input);
    const isTokenRequest = url.pathname === '/token';
    const lost = () => {
      if (isTokenRequest) this.#lostAnswers.set(url.origin, this.lostAnswers(url.origin) + 1);
    };
    const breaking = new AbortController();
    this.#open.add(breaking);
    const closed = () => this.#open.delete(breaking);
    const signal = init.signal ? AbortSignal.any([init.signal, breaking.signal]) : breaking.signal;
    try {
      const response = await fetch(url, { ...init, signal });
      return followed(response, closed, lost);
    } catch (error) {
      closed();
      lost();
      throw error;
    }
  };
}

/** The same answer, whose body tells when it ended and whether it was whole. */
function followed(response: Response, closed: () => void, lost: () => void): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    closed();
    return response;
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          closed();
          controller.close();
        } catch (error) {
          closed();
          lost();
          controller.error(error);
        }
      },
      cancel(reason) {
        closed();
        lost();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const { status, headers } = response;
  return new Response(body, { status, headers });
}

function unreachable(): TypeError {
  const cause = Object.assign(new Error('network is unreachable'), { code: 'ENETUNREACH' });
  return new TypeError('fetch failed', { cause });
}
