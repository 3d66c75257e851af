// Serves many MCP servers on one port of loopback, each below a path of its own: /0/mcp, /1/mcp …
// Arguments: the protocol era, and how long each answer takes in milliseconds.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Era, McpEndpoint } from '../../sandbox/mcp-endpoint.ts';

const [era = 'both', delayMs = '0'] = process.argv.slice(2);
const endpoints = new Map<string, McpEndpoint>();

function makeServer(): McpServer {
  const server = new McpServer({ name: 'one of many', version: '1' });
  for (let number = 0; number < 20; number += 1) {
    server.registerTool(
      `tool_${number}`,
      { description: 'Does something', inputSchema: z.object({ text: z.string() }) },
      ({ text }) => ({ content: [{ type: 'text', text }] }),
    );
  }
  return server;
}

const http = createServer((request, response) => {
  const path = request.url ?? '/';
  const endpoint = endpoints.get(path) ?? new McpEndpoint(era as Era, makeServer);
  endpoints.set(path, endpoint);
  setTimeout(() => void endpoint.handle(request, response), Number(delayMs));
});
http.listen(0, '127.0.0.1', () => {
  process.stderr.write(`listening on ${(http.address() as AddressInfo).port}\n`);
});
