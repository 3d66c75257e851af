import {
  Client,
  type ElicitRequestFormParams,
  type ElicitResult,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import { appIdentity } from '../../shared/app-identity.ts';
import { makeProblem, type Problem, ProblemError, problemOf, visibleText } from '../../shared/problems.ts';
import type { Fetch } from '../ports.ts';

/**
 * Answers what a server asks in the middle of a request (MCP elicitation, form mode). Members left out of
 * an accepted answer take the defaults of the question's schema.
 */
export type Elicit = (question: ElicitRequestFormParams) => Promise<ElicitResult>;

export interface McpClientOptions {
  readonly serverUrl: URL;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told when the server says its tools changed. */
  readonly toolsChanged: () => void;
  /** Told when an open connection ends. */
  readonly closed: () => void;
  /** Absent: servers are not told that questions can be answered. */
  readonly elicit?: Elicit | undefined;
}

/** An open MCP connection. */
export interface McpClient {
  readonly client: Client;
  readonly protocolVersion: string | null;
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  /** Whether an error of a request says that the server forgot the session: initializing again helps. */
  lostSession(error: unknown): boolean;
  close(): Promise<void>;
}

/**
 * Connects: Streamable HTTP in whichever protocol era the server speaks, else the old HTTP+SSE of
 * 2024-11-05 (MCP specification, transports, backwards compatibility).
 * @throws ProblemError
 */
export async function openMcpClient(options: McpClientOptions): Promise<McpClient> {
  try {
    return await connect(options, 'streamable-http');
  } catch (error) {
    if (!mayBeSse(error) || options.signal.aborted) throw mcpFailure(error, options);
    try {
      return await connect(options, 'sse');
    } catch {
      // What the first answer said is what the person should hear.
      throw mcpFailure(error, options);
    }
  }
}

async function connect(options: McpClientOptions, kind: 'streamable-http' | 'sse'): Promise<McpClient> {
  const { serverUrl, fetch, timeoutMs, signal, elicit } = options;
  const client = new Client(
    { name: appIdentity.productName, title: appIdentity.productName, version: appIdentity.version },
    {
      capabilities: elicit ? { elicitation: { form: { applyDefaults: true } } } : {},
      versionNegotiation: { mode: kind === 'sse' ? 'legacy' : 'auto' },
      // Compiles nothing: schemas come from servers and are never turned into code.
      jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
      listChanged: { tools: { onChanged: () => options.toolsChanged(), autoRefresh: false } },
    },
  );
  if (elicit) {
    client.setRequestHandler('elicitation/create', ({ params }) => elicit(params as ElicitRequestFormParams));
  }
  const request: typeof globalThis.fetch = (input, init) =>
    fetch(input instanceof Request ? input.url : input, init);
  const transport =
    kind === 'sse'
      ? new SSEClientTransport(serverUrl, { fetch: request })
      : new StreamableHTTPClientTransport(serverUrl, { fetch: request, onInsufficientScope: 'throw' });
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
async function endSession(transport: SSEClientTransport | StreamableHTTPClientTransport): Promise<void> {
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

type McpEndpoint = Pick<McpClientOptions, 'serverUrl' | 'timeoutMs'>;

function mcpProblem(error: unknown, { serverUrl, timeoutMs }: McpEndpoint): Problem {
  const chain = causes(error);
  const host = serverUrl.host;
  const http = chain.find((one) => one instanceof SdkHttpError);
  if (http) {
    const status = String(http.status);
    return http.status >= 500 || http.status === 429
      ? makeProblem('server-error', { host, status }, http.message)
      : makeProblem('not-mcp', { host, what: `HTTP ${status}` }, http.message);
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
