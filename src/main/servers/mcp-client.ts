import {
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SSEClientTransport,
  SseError,
  type Transport,
} from '@modelcontextprotocol/client';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import { appIdentity } from '../../shared/app-identity.ts';
import { type ChangingKind, changingKind } from '../../shared/domain/catalog.ts';
import type { LogLevel } from '../../shared/log-levels.ts';
import { makeProblem, type Problem, ProblemError, problemOf, visibleText } from '../../shared/problems.ts';
import type { Fetch, Scheduler } from '../ports.ts';
import { boundedAnswer } from './bounded-answer.ts';
import { HttpTransport } from './http-transport.ts';
import { openResultDoor } from './result-door.ts';

/** What a server asks in the middle of a request (MCP specification, elicitation). */
export type Question =
  | { mode: 'form'; message: string; requestedSchema: Record<string, unknown> }
  /** `elicitationId` by which the server says that it is done; null in the modern era, where it does not. */
  | { mode: 'url'; message: string; url: string; elicitationId: string | null };

/** Members left out of an accepted form take the defaults of the question's schema. */
export type Answer = ElicitResult;

/** What a server tells by itself. */
export type ServerNotice =
  | { kind: 'list-changed'; list: ChangingKind }
  | { kind: 'resource-updated'; uri: string }
  | { kind: 'log'; level: LogLevel; logger: string | null; data: unknown }
  | { kind: 'elicitation-complete'; elicitationId: string };

/** What a problem of a connection names: where it led, and how long it waited. */
export interface McpEndpoint {
  /** The host of a remote server, the name of a local one. */
  readonly host: string;
  /** Time limit of one request in milliseconds. */
  readonly timeoutMs: number;
}

export interface McpClientOptions {
  readonly timeoutMs: number;
  /** How long a server may stay silent when asked for its era, in milliseconds. Default: `timeoutMs`. */
  readonly eraTimeoutMs?: number;
  readonly signal: AbortSignal;
  readonly told?: ((notice: ServerNotice) => void) | undefined;
  /** Absent: servers are not told that questions can be answered. */
  readonly asked?: ((question: Question, signal: AbortSignal) => Promise<Answer>) | undefined;
  /** Told when an open connection ends, with what is known of the reason. */
  readonly closed: (problem?: Problem) => void;
}

/** An open MCP connection. */
export interface McpClient {
  readonly client: Client;
  readonly protocolVersion: string | null;
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  /** The HTTP status of an error that may mean that the server forgot the session; null when it means something else. */
  refusedSession(error: unknown): number | null;
  /** Whether the server refuses the session with this HTTP status, asked anew. */
  isRefused(status: number): Promise<boolean>;
  /** Why the connection ended by itself, where that is known better than from a failed request. */
  ended?(): Problem | null;
  close(): Promise<void>;
}

export interface RemoteClientOptions extends McpClientOptions {
  readonly serverUrl: URL;
  readonly fetch: Fetch;
  /** Opens broken streams again; absent: the SDK's own timers do. */
  readonly scheduler?: Scheduler;
}

/**
 * Connects: Streamable HTTP in whichever protocol era the server speaks, else the old HTTP+SSE of
 * 2024-11-05 (MCP specification, transports, backwards compatibility).
 * @throws ProblemError
 */
export async function openMcpClient(options: RemoteClientOptions): Promise<McpClient> {
  const { serverUrl, timeoutMs, fetch, scheduler } = options;
  const endpoint = { host: serverUrl.host, timeoutMs };
  try {
    return await connectClient(new HttpTransport(serverUrl, { fetch, scheduler }), 'auto', options);
  } catch (error) {
    if (!mayBeSse(error) || options.signal.aborted) throw mcpFailure(error, endpoint);
    try {
      return await connectSse(options);
    } catch {
      // What the first answer said is what the person should hear.
      throw mcpFailure(error, endpoint);
    }
  }
}

/** The old HTTP+SSE: all answers come over one stream, and end with it. */
function connectSse(options: RemoteClientOptions): Promise<McpClient> {
  const { serverUrl } = options;
  let broken: Problem | undefined;
  const transport = new SSEClientTransport(serverUrl, {
    fetch: async (input, init) => {
      const response = await options.fetch(input instanceof Request ? input.url : input, init);
      return boundedAnswer(response, {
        host: serverUrl.host,
        signal: init?.signal,
        broken: ({ problem }) => {
          broken = problem.code === 'answer-too-large' ? problem : undefined;
        },
      });
    },
  });
  const closed = (problem?: Problem) => options.closed(problem ?? broken);
  return connectClient(transport, 'legacy', { ...options, closed });
}

/**
 * Connects over a transport.
 * @param mode `auto`: whichever protocol era the server speaks; `legacy`: with `initialize`
 * @throws what the transport or the SDK throws; {@link mcpFailure} tells what it means
 */
export async function connectClient(
  transport: Transport,
  mode: 'auto' | 'legacy',
  options: McpClientOptions,
): Promise<McpClient> {
  const { timeoutMs, signal, told, asked } = options;
  const client = new Client(
    { name: appIdentity.productName, title: appIdentity.productName, version: appIdentity.version },
    {
      // Sampling and roots are deprecated (MCP 2026-07-28) and not offered.
      capabilities: asked ? { elicitation: { form: { applyDefaults: true }, url: {} } } : {},
      versionNegotiation: { mode, probe: { timeoutMs: options.eraTimeoutMs ?? timeoutMs } },
      // Compiles nothing: schemas come from servers and are never turned into code.
      jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
    },
  );
  if (asked) {
    client.setRequestHandler('elicitation/create', ({ params }, { mcpReq }) =>
      asked(questionOf(params), mcpReq.signal),
    );
  }
  if (told) passOnNotices(client, told);
  const http = transport instanceof HttpTransport ? transport : null;
  let open = false;
  client.onclose = () => {
    if (open) options.closed();
  };
  client.onerror = (error) => {
    // The session ended with its stream; the SDK would open another one, without a word to the server who asks.
    if (open && error instanceof SseError) void client.close();
    // All else is met again by the next call, which reports it.
  };
  try {
    await untilAborted(signal, client.connect(transport, { timeout: timeoutMs, signal }));
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
  if (http?.ended) {
    await client.close();
    throw new ProblemError(http.ended);
  }
  open = true;
  if (http) http.onended = options.closed;
  openResultDoor(transport);
  const version = client.getServerVersion();
  const refusedSession = (error: unknown) => {
    const status = http?.sessionId === undefined ? null : (httpErrorIn(error)?.status ?? null);
    return status !== null && SESSION_GONE.has(status) ? status : null;
  };
  return {
    client,
    protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
    serverName: shown(version?.title ?? version?.name),
    serverVersion: shown(version?.version),
    refusedSession,
    isRefused: (status) =>
      client.ping({ timeout: timeoutMs }).then(
        () => false,
        (error: unknown) => refusedSession(error) === status,
      ),
    close: async () => {
      open = false;
      if (http?.sessionId) await endSession(http);
      await client.close().catch(() => undefined);
    },
  };
}

function questionOf(params: ElicitRequestParams): Question {
  const { message } = params;
  if (params.mode !== 'url') return { mode: 'form', message, requestedSchema: params.requestedSchema };
  // The modern era has no identifier, whatever the SDK's type says.
  return { mode: 'url', message, url: params.url, elicitationId: params.elicitationId ?? null };
}

function passOnNotices(client: Client, told: (notice: ServerNotice) => void): void {
  for (const list of changingKind.options) {
    client.setNotificationHandler(`notifications/${list}/list_changed`, () =>
      told({ kind: 'list-changed', list }),
    );
  }
  client.setNotificationHandler('notifications/resources/updated', ({ params }) =>
    told({ kind: 'resource-updated', uri: params.uri }),
  );
  client.setNotificationHandler('notifications/message', ({ params: { level, logger = null, data } }) =>
    told({ kind: 'log', level, logger, data }),
  );
  client.setNotificationHandler('notifications/elicitation/complete', ({ params }) =>
    told({ kind: 'elicitation-complete', elicitationId: params.elicitationId }),
  );
}

/** What a server calls itself, safe to show. */
function shown(name: string | undefined): string | null {
  return name === undefined ? null : visibleText(name);
}

/** The work, or the signal's reason as soon as it fires: the SDK's search for the era does not mind its signal. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** What servers answer for a session they forgot: 404 by the specification (Streamable HTTP, session management). */
const SESSION_GONE = new Set([404, 400, 503]);

/** How long the end of a session may take; nobody should wait for a server that no longer answers. */
const FAREWELL_MS = 1_000;

/** Tells a legacy server that its session is over; a server that minds is none of our business any more. */
async function endSession(transport: HttpTransport): Promise<void> {
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  await Promise.race([transport.terminateSession().catch(() => undefined), patience]);
  clearTimeout(timer);
}

function mayBeSse(error: unknown): boolean {
  return [400, 404, 405, 406, 415].includes(httpErrorIn(error)?.status ?? 0);
}

/** How the SDK says which status a message got that was sent over the old HTTP+SSE. */
const POSTED = /^Error POSTing to endpoint \(HTTP (\d{3})\)/;

function httpErrorIn(error: unknown): { status: number; message: string } | null {
  for (const one of causes(error)) {
    const { message } = one;
    if (one instanceof SdkHttpError) return { status: one.status, message };
    const posted = POSTED.exec(message)?.[1];
    if (posted !== undefined) return { status: Number(posted), message };
  }
  return null;
}

/** The error with which the server itself refused a request; null for all other errors. */
export function refusalIn(error: unknown): ProtocolError | null {
  const isOurs = causes(error).some((one) => one instanceof ProblemError);
  return error instanceof ProtocolError && !isOurs ? error : null;
}

/** What a failure of the SDK means: the error our own fetch threw, or the problem the SDK's stands for. */
export function mcpFailure(error: unknown, endpoint: McpEndpoint): ProblemError {
  const carried = causes(error).find((one) => one instanceof ProblemError);
  return carried ?? new ProblemError(mcpProblem(error, endpoint), { cause: error });
}

/** What the SDK throws when a request comes after the end. */
const NOT_CONNECTED = 'Not connected';

function mcpProblem(error: unknown, { host, timeoutMs }: McpEndpoint): Problem {
  const chain = causes(error);
  const http = httpErrorIn(error);
  if (http) {
    const status = String(http.status);
    return http.status >= 500 || http.status === 429
      ? makeProblem('server-error', { host, status }, http.message)
      : makeProblem('not-mcp', { host, what: `HTTP ${status}` }, http.message);
  }
  const refusal = chain.find((one) => one instanceof ProtocolError);
  if (refusal) {
    return makeProblem('request-refused', { host, message: refusal.message }, `JSON-RPC ${refusal.code}`);
  }
  const sdk = chain.find((one) => one instanceof SdkError);
  if (sdk?.code === SdkErrorCode.RequestTimeout || chain.some(({ name }) => name === 'TimeoutError')) {
    return makeProblem(
      'answer-timeout',
      { host, seconds: String(Math.ceil(timeoutMs / 1000)) },
      chain[0]?.message ?? null,
    );
  }
  const isClosed = sdk?.code === SdkErrorCode.ConnectionClosed || sdk?.code === SdkErrorCode.NotConnected;
  if (isClosed || chain.some(({ message }) => message === NOT_CONNECTED)) {
    return makeProblem('connection-lost', { host }, chain[0]?.message ?? null);
  }
  if (sdk) return makeProblem('not-mcp', { host, what: 'unreadable answer' }, sdk.message);
  if (error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError')) {
    return makeProblem('not-mcp', { host, what: 'unreadable answer' }, error.message);
  }
  return problemOf(error);
}

/** An error and what caused it, outermost first; the SDK also keeps causes in `data.cause`. */
function causes(error: unknown): (Error & { data?: unknown })[] {
  const found: Error[] = [];
  let current: unknown = error;
  while (current instanceof Error && found.length < 10) {
    found.push(current);
    current = current.cause ?? (current as { data?: { cause?: unknown } }).data?.cause;
  }
  return found;
}
