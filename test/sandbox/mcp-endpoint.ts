import type { IncomingMessage, ServerResponse } from 'node:http';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpHandlerRequestOptions,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/** Which protocol revisions an endpoint speaks: stateless 2026-07-28, `initialize` with sessions, or both. */
export type Era = 'both' | 'modern' | 'legacy';

/** Streamable HTTP for both eras behind one URL; who may call is decided before. */
export class McpEndpoint {
  readonly #era: Era;
  readonly #sessionGoneStatus: number;
  readonly #createServer: () => McpServer;
  readonly #sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  readonly #modern;
  readonly #node;

  /** @param sessionGoneStatus what requests for unknown sessions are answered; the specification says 404 */
  constructor(era: Era, createServer: () => McpServer, sessionGoneStatus = 404) {
    this.#era = era;
    this.#sessionGoneStatus = sessionGoneStatus;
    this.#createServer = createServer;
    this.#modern = createMcpHandler(createServer, { legacy: 'reject' });
    this.#node = toNodeHandler({ fetch: (request, options) => this.#fetch(request, options) });
  }

  /** Serves one request; `authInfo` is what the caller proved to be. */
  async handle(req: IncomingMessage, res: ServerResponse, authInfo?: AuthInfo): Promise<void> {
    if (authInfo) (req as NodeIncomingMessageLike).auth = authInfo;
    await this.#node(req as NodeIncomingMessageLike, res as never);
  }

  /** Forgets every legacy session, as a restarted server does: their ids answer 404 from now on. */
  dropSessions(): void {
    const transports = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const transport of transports) void transport.close();
  }

  /** How many legacy sessions are open. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    this.dropSessions();
    await this.#modern.close();
  }

  async #fetch(request: Request, options?: McpHandlerRequestOptions): Promise<Response> {
    const legacy = this.#era === 'legacy' || (this.#era === 'both' && (await isLegacyRequest(request)));
    return legacy ? this.#fetchLegacy(request, options) : this.#modern.fetch(request, options);
  }

  async #fetchLegacy(request: Request, options?: McpHandlerRequestOptions): Promise<Response> {
    const sessionId = request.headers.get('mcp-session-id');
    if (sessionId !== null) {
      const transport = this.#sessions.get(sessionId);
      if (!transport) return jsonRpcError(this.#sessionGoneStatus, -32001, 'Session not found');
      return transport.handleRequest(request, options);
    }
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void this.#sessions.set(id, transport),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    await this.#createServer().connect(transport);
    return transport.handleRequest(request, options);
  }
}

function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
