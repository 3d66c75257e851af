// Serves many MCP servers on loopback, each on a port of its own; says their ports as one line of JSON.
// Arguments: how many, the protocol era, and how long each answer takes in milliseconds.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Era, McpEndpoint } from '../../sandbox/mcp-endpoint.ts';

const [count = '1', era = 'both', delayMs = '0'] = process.argv.slice(2);

function makeServer(): McpServer {
  const server = new McpServer({ name: 'one of many', version: '1' });
  const tool = { description: 'Does something', inputSchema: z.object({ text: z.string() }) };
  for (let number = 0; number < 20; number += 1) {
    server.registerTool(`tool_${number}`, tool, ({ text }) => ({ content: [{ type: 'text', text }] }));
  }
  return server;
}

async function serve(): Promise<number> {
  const endpoint = new McpEndpoint(era as Era, makeServer);
  const http = createServer((request, response) => {
    setTimeout(() => void endpoint.handle(request, response), Number(delayMs));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as AddressInfo).port;
}

const ports = await Promise.all(Array.from({ length: Number(count) }, serve));
process.stdout.write(`${JSON.stringify(ports)}\n`);
