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

/** What a server may announce by itself. */
export type Announcement = 'tools' | 'prompts' | 'resources' | { resource: string };

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly server: McpServer;
}

/** Streamable HTTP for both eras behind one URL; who may call is decided before. */
export class McpEndpoint {
  readonly #era: Era;
  readonly #sessionGoneStatus: number;
  readonly #createServer: () => McpServer;
  readonly #sessions = new Map<string, Session>();
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

  /**
   * Serves one request.
   * @param authInfo what the caller proved to be
   * @param message the body, when it was read already
   */
  async handle(
    req: IncomingMessage,
    res: ServerResponse,
    authInfo?: AuthInfo,
    message?: unknown,
  ): Promise<void> {
    if (authInfo) (req as NodeIncomingMessageLike).auth = authInfo;
    await this.#node(req as NodeIncomingMessageLike, res as never, message);
  }

  /** Forgets every legacy session, as a restarted server does: their ids answer 404 from now on. */
  dropSessions(): void {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const { transport } of sessions) void transport.close();
  }

  /** Tells everybody who listens that something changed: a list, or a resource (to those who follow it). */
  announce(what: Announcement): void {
    const { notify } = this.#modern;
    const sessions = [...this.#sessions.values()].map(({ server }) => server);
    if (typeof what === 'object') {
      notify.resourceUpdated(what.resource);
      for (const server of sessions) {
        if (follows(server, what.resource)) void server.server.sendResourceUpdated({ uri: what.resource });
      }
    } else if (what === 'tools') {
      notify.toolsChanged();
      for (const server of sessions) server.sendToolListChanged();
    } else if (what === 'prompts') {
      notify.promptsChanged();
      for (const server of sessions) server.sendPromptListChanged();
    } else {
      notify.resourcesChanged();
      for (const server of sessions) server.sendResourceListChanged();
    }
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
      const session = this.#sessions.get(sessionId);
      if (!session) return jsonRpcError(this.#sessionGoneStatus, -32001, 'Session not found');
      return session.transport.handleRequest(request, options);
    }
    const server = this.#createServer();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void this.#sessions.set(id, { transport, server }),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    await server.connect(transport);
    return transport.handleRequest(request, options);
  }
}

const followed = new WeakMap<McpServer, Set<string>>();

/** Lets the older era's clients of a server follow its resources. */
export function offerSubscriptions(server: McpServer): void {
  const uris = new Set<string>();
  followed.set(server, uris);
  server.server.setRequestHandler('resources/subscribe', ({ params }) => {
    uris.add(params.uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    uris.delete(params.uri);
    return {};
  });
}

function follows(server: McpServer, uri: string): boolean {
  return followed.get(server)?.has(uri) ?? false;
}

function jsonRpcError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
