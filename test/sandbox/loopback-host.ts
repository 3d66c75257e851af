import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { debuglog } from 'node:util';
import type { HostName, LoggedRequest, RequestLog } from './request-log.ts';

const debug = debuglog('sandbox');

/** Answers one request. Throwing answers 500. */
export type Handler = (req: IncomingMessage, res: ServerResponse, entry: LoggedRequest) => unknown;

/** An answer to give instead of the real one. */
export interface PlannedFailure {
  /** A name the host knows (`token`, `registration`, …) or a path; without it every request matches. */
  endpoint?: string;
  status: number;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** How many requests fail; 1 when absent. */
  times?: number;
}

/** A host as a test may handle it. */
export interface HostControl {
  /** Origin, for example `http://127.0.0.1:4711`. */
  readonly origin: string;
  /** Makes the next matching requests fail. */
  failNext(failure: PlannedFailure): void;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that logs, fails on demand, and can go away and come back. */
export class LoopbackHost implements HostControl {
  readonly name: HostName;
  /** Names for `failNext`, each with the path it stands for. */
  endpoints: Record<string, string> = {};
  handler: Handler = (_req, res) => res.writeHead(503).end();
  #port: number;
  #server: Server | undefined;
  #failures: { failure: PlannedFailure; left: number }[] = [];
  readonly #log: RequestLog;

  constructor(name: HostName, log: RequestLog, port = 0) {
    this.name = name;
    this.#log = log;
    this.#port = port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  failNext(failure: PlannedFailure): void {
    this.#failures.push({ failure, left: failure.times ?? 1 });
  }

  /** Drops failures planned and not yet used. */
  clearFailures(): void {
    this.#failures = [];
  }

  async start(): Promise<void> {
    if (this.#server) return;
    const server = createServer((req, res) => void this.#serve(req, res));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    const entry = this.#log.begin(this.name, req.method ?? 'GET', path);
    // Set before the first byte of the answer leaves, so that a client that has the answer finds it logged.
    const writeHead = res.writeHead;
    res.writeHead = function (this: ServerResponse, status: number, ...rest: never[]) {
      entry.status = status;
      return writeHead.call(this, status, ...rest);
    } as typeof res.writeHead;
    try {
      const failure = this.#takeFailure(path);
      if (failure) await answerFailure(failure, req, res, entry);
      else await this.handler(req, res, entry);
    } catch (error) {
      debug('%s %s failed: %o', req.method, path, error);
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end();
    }
  }

  #takeFailure(path: string): PlannedFailure | undefined {
    const found = this.#failures.find(({ failure: { endpoint } }) => {
      if (endpoint === undefined) return true;
      const wanted = this.endpoints[endpoint] ?? endpoint;
      return path === wanted || (wanted.endsWith('*') && path.startsWith(wanted.slice(0, -1)));
    });
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#failures.splice(this.#failures.indexOf(found), 1);
    return found.failure;
  }
}

async function answerFailure(
  failure: PlannedFailure,
  req: IncomingMessage,
  res: ServerResponse,
  entry: LoggedRequest,
): Promise<void> {
  const body = await readBody(req);
  const grantType = new URLSearchParams(body).get('grant_type');
  if (grantType) entry.grantType = grantType;
  const text = typeof failure.body === 'string' ? failure.body : JSON.stringify(failure.body ?? {});
  res.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers }).end(text);
}

/** Reads a request's body as text, at most 1 MiB. */
export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > 1 << 20) throw new Error('request body over 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads a request's body as a form. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(req));
}

/** Answers with JSON that nobody keeps. */
export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  res
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    .end(JSON.stringify(body));
}
