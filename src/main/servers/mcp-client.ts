import {
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import { appIdentity } from '../../shared/app-identity.ts';
import { type ChangingKind, changingKind } from '../../shared/domain/catalog.ts';
import type { LogLevel } from '../../shared/log-levels.ts';
import { makeProblem, type Problem, ProblemError, problemOf, visibleText } from '../../shared/problems.ts';
import type { Fetch } from '../ports.ts';
import { openListDoor } from './list-door.ts';

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
  /** Told when an open connection ends. */
  readonly closed: () => void;
}

/** An open MCP connection. */
export interface McpClient {
  readonly client: Client;
  readonly protocolVersion: string | null;
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  /** Whether an error of a request says that the server forgot the session: initializing again helps. */
  lostSession(error: unknown): boolean;
  /** Why the connection ended by itself, where that is known better than from a failed request. */
  ended?(): Problem | null;
  close(): Promise<void>;
}

export interface RemoteClientOptions extends McpClientOptions {
  readonly serverUrl: URL;
  readonly fetch: Fetch;
}

/**
 * Connects: Streamable HTTP in whichever protocol era the server speaks, else the old HTTP+SSE of
 * 2024-11-05 (MCP specification, transports, backwards compatibility).
 * @throws ProblemError
 */
export async function openMcpClient(options: RemoteClientOptions): Promise<McpClient> {
  const { serverUrl, timeoutMs } = options;
  const endpoint = { host: serverUrl.host, timeoutMs };
  const request: typeof globalThis.fetch = (input, init) =>
    options.fetch(input instanceof Request ? input.url : input, init);
  try {
    const transport = new StreamableHTTPClientTransport(serverUrl, {
      fetch: request,
      onInsufficientScope: 'throw',
    });
    return await connectClient(transport, 'auto', options);
  } catch (error) {
    if (!mayBeSse(error) || options.signal.aborted) throw mcpFailure(error, endpoint);
    try {
      return await connectClient(new SSEClientTransport(serverUrl, { fetch: request }), 'legacy', options);
    } catch {
      // What the first answer said is what the person should hear.
      throw mcpFailure(error, endpoint);
    }
  }
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
  let open = false;
  client.onclose = () => {
    if (open) options.closed();
  };
  // Errors of the background stream: the next call meets them again and reports them.
  client.onerror = () => undefined;
  try {
    await untilAborted(signal, client.connect(transport, { timeout: timeoutMs, signal }));
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
  open = true;
  openListDoor(transport);
  const version = client.getServerVersion();
  const hasSession = transport instanceof StreamableHTTPClientTransport && transport.sessionId !== undefined;
  return {
    client,
    protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
    serverName: shown(version?.title ?? version?.name),
    serverVersion: shown(version?.version),
    lostSession: (error) => hasSession && SESSION_GONE.has(statusIn(error) ?? 0),
    close: async () => {
      open = false;
      await endSession(transport);
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
async function endSession(transport: Transport): Promise<void> {
  if (!(transport instanceof StreamableHTTPClientTransport) || !transport.sessionId) return;
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  await Promise.race([transport.terminateSession().catch(() => undefined), patience]);
  clearTimeout(timer);
}

function mayBeSse(error: unknown): boolean {
  return [400, 404, 405, 406, 415].includes(statusIn(error) ?? 0);
}

function statusIn(error: unknown): number | undefined {
  return causes(error).find((one) => one instanceof SdkHttpError)?.status;
}

/** What a failure of the SDK means: the error our own fetch threw, or the problem the SDK's stands for. */
export function mcpFailure(error: unknown, endpoint: McpEndpoint): ProblemError {
  const carried = causes(error).find((one) => one instanceof ProblemError);
  return carried ?? new ProblemError(mcpProblem(error, endpoint), { cause: error });
}

function mcpProblem(error: unknown, { host, timeoutMs }: McpEndpoint): Problem {
  const chain = causes(error);
  const http = chain.find((one) => one instanceof SdkHttpError);
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
  if (sdk?.code === SdkErrorCode.ConnectionClosed || sdk?.code === SdkErrorCode.NotConnected) {
    return makeProblem('connection-lost', { host }, sdk.message);
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
