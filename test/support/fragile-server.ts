import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer as OldMcpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { McpServer } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { readBody } from '../sandbox/loopback-host.ts';
import { McpEndpoint } from '../sandbox/mcp-endpoint.ts';

/** How a server is spoken to: stateless HTTP, HTTP with sessions, or the old HTTP+SSE. */
export const wayNames = ['modern', 'legacy', 'sse'] as const;
export type Way = (typeof wayNames)[number];

/** Answers a request itself; false: the server does. `message` is what the request says, if it says anything. */
export type Instead = (
  request: IncomingMessage,
  response: ServerResponse,
  message: { id?: number; method?: string; params?: { arguments?: { text?: string } } },
) => boolean;

export interface FragileOptions {
  /** What a request of an unknown session is answered. Default 404. */
  readonly sessionGoneStatus?: number;
}

/** A server that dies and comes back on the same port, its sessions forgotten, and counts what it carried out. */
export class FragileServer {
  /** Notes taken, each as often as it was. */
  readonly taken: string[] = [];
  /** Ends the waiting of every call of `wait`. */
  release: () => void = () => undefined;
  /** Streams of the old HTTP+SSE that are open. */
  readonly streams = new Set<ServerResponse>();
  instead: Instead = () => false;
  readonly #way: Way;
  readonly #options: FragileOptions;
  readonly #old = new Map<string, SSEServerTransport>();
  readonly #oldServers = new Set<OldMcpServer>();
  #endpoint: McpEndpoint | null = null;
  #http: Server | null = null;
  #port = 0;

  constructor(way: Way, options: FragileOptions = {}) {
    this.#way = way;
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  async start(): Promise<void> {
    const http = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
    const era = this.#way === 'modern' ? 'modern' : 'legacy';
    this.#endpoint = new McpEndpoint(era, () => this.#make(), this.#options.sessionGoneStatus);
  }

  /** As a killed process does: every connection is cut, everything is forgotten. */
  async kill(): Promise<void> {
    const http = this.#http;
    if (!http) return;
    this.#http = null;
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    http.closeAllConnections();
    await closed;
    this.#old.clear();
    this.#oldServers.clear();
    await this.#endpoint?.close();
  }

  /** Forgets its sessions and goes on. */
  dropSessions(): void {
    this.#endpoint?.dropSessions();
  }

  /** Says that its list of tools changed. */
  announce(): void {
    this.#endpoint?.announce('tools');
    for (const server of this.#oldServers) server.sendToolListChanged();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/' } = request;
    const body = await readBody(request);
    const message = body ? JSON.parse(body) : undefined;
    if (this.instead(request, response, message ?? {})) return;
    if (this.#way !== 'sse') return this.#endpoint?.handle(request, response, undefined, message);
    if (method === 'GET') return this.#openOld(response);
    const transport = this.#old.get(new URL(url, this.url).searchParams.get('sessionId') ?? '');
    if (transport) await transport.handlePostMessage(request, response, message);
    else response.writeHead(404).end('Session not found');
  }

  async #openOld(response: ServerResponse): Promise<void> {
    const transport = new SSEServerTransport('/messages', response);
    const server = new OldMcpServer({ name: 'fragile', version: '1' });
    this.#old.set(transport.sessionId, transport);
    this.#oldServers.add(server);
    this.streams.add(response);
    response.once('close', () => this.streams.delete(response));
    server.registerTool('note', { inputSchema: { text: z.string() } }, ({ text }) => this.#note(text));
    server.registerTool('wait', { inputSchema: { text: z.string() } }, ({ text }) => this.#wait(text));
    await server.connect(transport);
  }

  #make(): McpServer {
    const server = new McpServer({ name: 'fragile', version: '1' });
    const inputSchema = z.object({ text: z.string() });
    server.registerTool('note', { inputSchema }, ({ text }) => this.#note(text));
    server.registerTool('wait', { inputSchema }, ({ text }) => this.#wait(text));
    return server;
  }

  #note(text: string) {
    this.taken.push(text);
    return { content: [{ type: 'text' as const, text: `noted ${text}` }] };
  }

  async #wait(text: string) {
    this.taken.push(text);
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.release;
    this.release = () => {
      before();
      resolve();
    };
    await promise;
    return { content: [{ type: 'text' as const, text: `waited ${text}` }] };
  }
}

/** Starts such a server for one test. */
export async function fragileServer(way: Way, options: FragileOptions = {}): Promise<FragileServer> {
  const server = new FragileServer(way, options);
  await server.start();
  onTestFinished(() => server.kill());
  return server;
}
