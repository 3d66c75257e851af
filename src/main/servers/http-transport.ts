import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type RequestId,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Transport,
  type TransportSendOptions,
} from '@modelcontextprotocol/client';
import { failure, makeProblem, type Problem, ProblemError } from '../../shared/problems.ts';
import { isTemporary } from '../oauth/network-problem.ts';
import type { Cancel, Fetch, Scheduler } from '../ports.ts';
import { boundedAnswer } from './bounded-answer.ts';

/** Bounds of the pause a server may ask for before its stream is opened again, in milliseconds. */
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Answers to the server's own requests that are on their way at once; one that asks faster gets none. */
const ANSWERS_AT_ONCE = 32;
/** How the SDK says that a stream could not be opened again. */
const GIVEN_UP = /^Maximum reconnection attempts/;
/** How often a server that is not there is asked for its stream, and the pause before each time, in milliseconds. */
const REOPENINGS = 2;
const REOPENING_PAUSE_MS = 1_000;
/** Nobody is there; with any other failure somebody was, and went. */
const ABSENT = new Set<Problem['code']>(['connection-refused', 'host-not-found', 'proxy-failed']);
/** Code of errors that are ours, not the server's; {@link UNANSWERED} tells which. */
const UNANSWERED_CODE = -32000;

export interface HttpTransportOptions {
  readonly fetch: Fetch;
  /** Opens broken streams again; absent: the SDK's own timers do. */
  readonly scheduler?: Scheduler | undefined;
}

/** The same as the SDK's own `TransportSendOptions`, which allows a member to be there and undefined. */
type SendOptions = Parameters<StreamableHTTPClientTransport['send']>[1];

/** A request whose answer is not here yet. */
interface Exchange {
  readonly id: RequestId;
  /** Whether the answer is on its way as a stream. */
  isStream: boolean;
  /** Something came in its place that is no message. */
  isMalformed: boolean;
  broken: ProblemError | null;
  /** Of the first question, which era a server speaks: settled with its answer. Null: of any other. */
  readonly era: PromiseWithResolvers<void> | null;
}

/** What the SDK asks first. Any refusal of it but a 5xx it takes for the word of an older server. */
const ERA_QUESTION = 'server/discover';
/** Refusals that pass by themselves (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4) and tell of no era. */
const LATER = new Set([408, 425, 429]);

/**
 * What happens on the way of a request happens in its context; all else in that of the server's own stream. One
 * the SDK opens again by itself is `followed`.
 */
const context = new AsyncLocalStorage<Exchange | 'own-stream' | 'followed'>();

function currentExchange(): Exchange | null {
  const current = context.getStore();
  return typeof current === 'object' ? current : null;
}

/**
 * Streamable HTTP (MCP specification, transports) in which no request waits for an answer that can't come any
 * more: the SDK lets a request whose stream was cut wait for its time limit. What nobody asked is not passed on,
 * and answers are bounded. The session ends when the server's own stream can't be opened again.
 */
export class HttpTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Exclude<Transport['onmessage'], undefined>;
  /** Told when the session is of no use any more; requests under way may still be answered. */
  onended?: (problem: Problem) => void;
  /** Tells the SDK that a request can be ended by ending its stream. */
  readonly hasPerRequestStream = true;
  readonly #http: StreamableHTTPClientTransport;
  readonly #host: string;
  readonly #scheduler: Scheduler | null;
  readonly #waiting = new Map<RequestId, Exchange>();
  #answering = 0;
  #absences = 0;
  #reopening: Cancel = () => undefined;
  #ended: Problem | null = null;

  constructor(url: URL, { fetch, scheduler }: HttpTransportOptions) {
    this.#host = url.host;
    this.#scheduler = scheduler ?? null;
    this.#http = new StreamableHTTPClientTransport(url, {
      fetch: (input, init) => this.#fetch(fetch, input instanceof Request ? input.url : input, init),
      onInsufficientScope: 'throw',
      ...(scheduler && {
        reconnectionScheduler: (reconnect, delayMs) => {
          const store = currentExchange() ?? 'followed';
          const pauseMs = Math.min(Math.max(delayMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
          return scheduler.after(pauseMs, () => context.run(store, reconnect));
        },
      }),
    });
    this.#http.onclose = () => this.onclose?.();
    this.#http.onerror = (error) => this.#failed(error);
    this.#http.onmessage = (message) => this.#received(message);
  }

  get sessionId(): string | undefined {
    return this.#http.sessionId;
  }

  /** Why the session is of no use any more; null while it is. */
  get ended(): Problem | null {
    return this.#ended;
  }

  start(): Promise<void> {
    return this.#http.start();
  }

  close(): Promise<void> {
    this.#reopening();
    return this.#http.close();
  }

  setProtocolVersion(version: string): void {
    this.#http.setProtocolVersion(version);
  }

  /** Tells the server that the session is over. */
  terminateSession(): Promise<void> {
    return this.#http.terminateSession();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const given = options as SendOptions;
    if ('method' in message && 'id' in message) return this.#request(message, given);
    return 'method' in message ? this.#forward(message, given) : this.#answer(message, given);
  }

  async #request(message: JSONRPCRequest, options: SendOptions): Promise<void> {
    const era = message.method === ERA_QUESTION ? Promise.withResolvers<void>() : null;
    // Whoever asks may have given up when it fails.
    era?.promise.catch(() => undefined);
    const exchange: Exchange = { id: message.id, isStream: false, isMalformed: false, broken: null, era };
    this.#waiting.set(message.id, exchange);
    const forget = () => this.#waiting.delete(message.id);
    options?.requestSignal?.addEventListener('abort', forget, { once: true });
    const onRequestStreamEnd = () => {
      if (!options?.onRequestStreamEnd) return this.#unanswered(exchange);
      forget();
      options.onRequestStreamEnd();
    };
    try {
      await context.run(exchange, () => this.#http.send(message, { ...options, onRequestStreamEnd }));
    } catch (error) {
      forget();
      throw error;
    }
    if (!exchange.isStream) this.#unanswered(exchange);
    await era?.promise;
  }

  #forward(message: JSONRPCMessage, options: SendOptions): Promise<void> {
    return context.run('own-stream', () => this.#http.send(message, options));
  }

  /** Answers the server, unless it asks faster than it listens. */
  async #answer(message: JSONRPCMessage, options: SendOptions): Promise<void> {
    if (this.#answering >= ANSWERS_AT_ONCE) return;
    this.#answering += 1;
    try {
      await this.#forward(message, options);
    } finally {
      this.#answering -= 1;
    }
  }

  async #fetch(fetch: Fetch, input: string | URL, init: RequestInit = {}): Promise<Response> {
    const exchange = currentExchange();
    const isOwnStream = init.method === 'GET' && context.getStore() === 'own-stream';
    const response = await fetch(input, init).catch((error: unknown) => {
      if (isOwnStream && !init.signal?.aborted) this.#streamFailed(error);
      throw error;
    });
    if (exchange?.era && LATER.has(response.status)) {
      void response.body?.cancel().catch(() => undefined);
      throw failure('server-error', { host: this.#host, status: String(response.status) });
    }
    if (exchange && init.method === 'POST') {
      const type = response.headers.get('content-type') ?? '';
      // Answers may also come over the server's own stream, which some do after a 202.
      exchange.isStream = /event-stream/i.test(type) || response.status === 202;
    }
    return boundedAnswer(response, {
      host: this.#host,
      signal: init.signal,
      broken: (error) => {
        if (exchange) exchange.broken = error;
        // One that is cut is opened again; one that is too large would be as large the next time.
        else if (error.problem.code === 'answer-too-large') this.#end(error.problem);
      },
    });
  }

  #received(message: JSONRPCMessage): void {
    if (!('method' in message)) {
      const { id } = message;
      const waiting = id === undefined ? undefined : this.#waiting.get(id);
      if (id === undefined || !waiting) {
        const exchange = currentExchange();
        if (exchange) exchange.isMalformed = true;
        return;
      }
      this.#waiting.delete(id);
      waiting.era?.resolve();
    }
    this.onmessage?.(message);
  }

  #failed(error: Error): void {
    const exchange = currentExchange();
    if (exchange && (error instanceof SyntaxError || error.name === 'ZodError')) exchange.isMalformed = true;
    this.onerror?.(error);
    // The stream of one request concerns nobody else.
    if (!exchange && GIVEN_UP.test(error.message)) this.#end();
  }

  /** The server's own stream could not be opened; the SDK opens only such a one again that was open once. */
  #streamFailed(error: unknown): void {
    if (!(error instanceof ProblemError && isTemporary(error.problem))) return;
    this.#openStreamAgain(!ABSENT.has(error.problem.code));
  }

  /** @param wasThere whether there was somebody to speak with */
  #openStreamAgain(wasThere: boolean): void {
    if (!this.#scheduler) return;
    this.#absences = wasThere ? 0 : this.#absences + 1;
    if (this.#absences > REOPENINGS) {
      this.#end();
      return;
    }
    this.#reopening = this.#scheduler.after(REOPENING_PAUSE_MS, () => {
      const opened = context.run('own-stream', () => this.#http.resumeStream(''));
      opened.catch((refusal: unknown) => {
        if (!(refusal instanceof SdkHttpError)) return;
        // It had nothing against the stream before. It may not know yet that the one before is over.
        if (refusal.status === 404 || refusal.status === 400) this.#end();
        else this.#openStreamAgain(false);
      });
    });
  }

  /** Nothing more comes for a request: whoever waits for it hears why. */
  #unanswered(exchange: Exchange): void {
    if (!this.#waiting.delete(exchange.id)) return;
    // An answer that was cut tells of no era.
    if (exchange.era && exchange.broken) {
      exchange.era.reject(exchange.broken);
      return;
    }
    exchange.era?.resolve();
    const host = this.#host;
    const cause =
      exchange.broken ??
      (exchange.isStream && !exchange.isMalformed
        ? failure('answer-cut', { host })
        : failure('answer-malformed', { host, what: 'not what was asked for' }));
    const error = { code: UNANSWERED_CODE, message: cause.message, data: { cause } };
    this.onmessage?.({ jsonrpc: '2.0', id: exchange.id, error });
  }

  #end(problem = makeProblem('connection-lost', { host: this.#host })): void {
    if (this.#ended) return;
    this.#ended = problem;
    this.onended?.(problem);
  }
}
