import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type {
  ProtocolContext,
  ProtocolExchange,
  ProtocolRequestInit,
  Rule,
} from '../../../src/main/oauth/context.ts';
import { METADATA_TIMEOUT_MS } from '../../../src/main/oauth/context.ts';
import { type Problem, ProblemError, problemCatalogue } from '../../../src/shared/problems.ts';

/** A request as the stage received it. */
export interface Received {
  method: string;
  /** Public address it was sent to. */
  url: URL;
  headers: Record<string, string | undefined>;
  body: string;
  form: URLSearchParams;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Text, or anything else as JSON. */
  body?: unknown;
}

type Handler = Answer | ((request: Received, raw: ServerResponse) => Answer | Promise<Answer> | null);

/**
 * A real HTTP server on loopback that plays every host of a test: `https://name/path` reaches it through
 * {@link Stage.ctx}'s fetch, which only rewrites the address.
 */
export interface Stage {
  readonly requests: Received[];
  readonly exchanges: ProtocolExchange[];
  readonly notes: string[];
  /** Notes between the requests, with the rule they follow. */
  readonly decisions: { text: string; rule: Rule | undefined }[];
  /** Inits the fetch was called with. */
  readonly inits: ProtocolRequestInit[];
  /** The server's own address, for tests on loopback. */
  readonly origin: string;
  readonly ctx: ProtocolContext;
  now: number;
  /** `on('GET https://as.example/x', …)`; a path alone means the server's own address. */
  on(route: string, handler: Handler): Stage;
  /** Routes asked so far, `METHOD url`. */
  asked(): string[];
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

export async function stage(options: Partial<ProtocolContext> = {}): Promise<Stage> {
  const routes = new Map<string, Handler>();
  const requests: Received[] = [];
  const exchanges: ProtocolExchange[] = [];
  const notes: string[] = [];
  const decisions: Stage['decisions'] = [];
  const inits: ProtocolRequestInit[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`${request.headers['x-stage-origin'] ?? origin}${request.url}`);
    let body = '';
    for await (const chunk of request) body += chunk;
    const method = request.method ?? 'GET';
    const headers = { ...request.headers } as Record<string, string | undefined>;
    const received: Received = { method, url, headers, body, form: new URLSearchParams(body) };
    requests.push(received);
    const key = `${method} ${url.origin}${url.pathname}`;
    const handler = routes.get(key);
    const answer =
      typeof handler === 'function'
        ? await handler(received, response)
        : (handler ?? { status: 404, body: 'no' });
    if (answer === null) return;
    const json = typeof answer.body !== 'string' && answer.body !== undefined;
    response.writeHead(answer.status ?? 200, {
      ...(json && { 'content-type': 'application/json' }),
      ...answer.headers,
    });
    response.end(json ? JSON.stringify(answer.body) : (answer.body as string | undefined));
  }

  const self: Stage = {
    requests,
    exchanges,
    notes,
    decisions,
    inits,
    origin,
    now: Date.now(),
    ctx: {
      fetch: (input, init) => {
        inits.push(init ?? {});
        const url = new URL(input);
        const headers = new Headers(init?.headers);
        headers.set('x-stage-origin', url.origin);
        return fetch(`${origin}${url.pathname}${url.search}`, { ...init, headers });
      },
      observer: {
        exchange: (exchange) => {
          exchanges.push(exchange);
          notes.push(...(exchange.notes ?? []));
        },
        note: (text, rule) => {
          notes.push(text);
          decisions.push({ text, rule });
        },
      },
      now: () => self.now,
      timeoutMs: METADATA_TIMEOUT_MS,
      ...options,
    },
    on(route, handler) {
      const [method = 'GET', address = ''] = route.split(' ');
      routes.set(
        `${method} ${new URL(address, origin).href}`.replace(/\/$/, (slash) => slash),
        handler,
      );
      return self;
    },
    asked: () => requests.map(({ method, url }) => `${method} ${url.origin}${url.pathname}`),
  };
  return self;
}

/** The code of the problem a call fails with; anything else it does fails the test. */
export async function problemOfCall(call: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    const value = await (typeof call === 'function' ? call() : call);
    throw new Error(`expected a problem, got ${JSON.stringify(value)}`);
  } catch (error) {
    if (error instanceof ProblemError) return complete(error.problem).code;
    throw error;
  }
}

/** The problem a call fails with. */
export async function problemIn(call: Promise<unknown>): Promise<ProblemError> {
  const error = await call.then(
    (value) => new Error(`expected a problem, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw error;
  complete(error.problem);
  return error;
}

/** A sentence with a gap in it is a mistake of ours, whatever the test is about. */
function complete(problem: Problem): Problem {
  const { sentence, advice } = problemCatalogue[problem.code];
  for (const [, name = ''] of `${sentence} ${advice}`.matchAll(/\{(\w+)\}/g)) {
    if (problem.params[name] === undefined) throw new Error(`${problem.code} does not say its {${name}}`);
  }
  return problem;
}
