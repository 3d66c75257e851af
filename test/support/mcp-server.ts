import type { McpServer } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { type Era, McpEndpoint } from '../sandbox/mcp-endpoint.ts';
import { createSandboxServer } from '../sandbox/mcp-features.ts';
import { SandboxNotes } from '../sandbox/mcp-notes.ts';
import { startCore, type TestCoreOptions } from './core.ts';
import { webServer } from './servers.ts';
import type { Wire } from './wire.ts';

/** An MCP server nobody has to sign in to, as long as its test lives. */
export async function openMcpServer(
  createServer: () => McpServer,
  era: Era = 'both',
): Promise<{ url: string; endpoint: McpEndpoint }> {
  const endpoint = new McpEndpoint(era, createServer);
  const origin = await webServer((request, response) => void endpoint.handle(request, response));
  onTestFinished(() => endpoint.close());
  return { url: `${origin}/mcp`, endpoint };
}

/** The parameters of every JSON-RPC request with this method that left the core. */
export function sentRequests(wire: Wire, method: string): Record<string, unknown>[] {
  return wire.exchanges.flatMap(({ body }) => {
    if (!body.startsWith('{')) return [];
    const message = JSON.parse(body) as { method?: string; params?: Record<string, unknown> };
    return message.method === method ? [message.params ?? {}] : [];
  });
}

/** A core connected to the sandbox's server without a sign-in, in one protocol era. */
export async function notesStage(era: Era, options: TestCoreOptions = {}) {
  const app = await startCore(options);
  const notes = new SandboxNotes();
  const { url, endpoint } = await openMcpServer(() => createSandboxServer(undefined, notes), era);
  notes.announce = (what) => endpoint.announce(what);
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  return { app, notes, endpoint, server, connection, features: app.core.features };
}
