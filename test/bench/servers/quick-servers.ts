import type { IncomingMessage, ServerResponse } from 'node:http';
import { LoopbackHost, sendJson } from '../../sandbox/loopback-host.ts';
import { RequestLog } from '../../sandbox/request-log.ts';
import type { KnownServer } from '../clients/messages.ts';
import { delayAnswers } from './delay.ts';

/** Protocol revisions a server speaks: 2026-07-28 too, or only the one with `initialize`, as most servers still do. */
export type QuickEra = 'modern' | 'legacy';

/**
 * Servers that cost next to nothing, so that what is measured is the client: each has an origin and a token of its
 * own, knows one tool, and echoes.
 */
export class QuickServers {
  readonly log = new RequestLog();
  readonly #hosts: LoopbackHost[] = [];

  /** @param delayMs how late each answer comes */
  static async start(count: number, era: QuickEra, delayMs: number): Promise<QuickServers> {
    const servers = new QuickServers();
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const host = new LoopbackHost('server', servers.log);
        host.handler = (req, res) => answer(req, res, `token-${index}`, era);
        delayAnswers(host, delayMs);
        servers.#hosts[index] = host;
        await host.start();
      }),
    );
    return servers;
  }

  /** The first so many of them. */
  known(count: number): KnownServer[] {
    return this.#hosts
      .slice(0, count)
      .map(({ origin }, index) => ({ url: `${origin}/mcp`, token: `token-${index}` }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
  }
}

async function answer(req: IncomingMessage, res: ServerResponse, token: string, era: QuickEra) {
  if (req.headers.authorization !== `Bearer ${token}`) return sendJson(res, 401, { error: 'unauthorized' });
  if (req.method !== 'POST') return sendJson(res, 405, { error: 'nothing to hear' });
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString()) as {
    id?: number | string;
    method: string;
    params?: { arguments?: { text?: string } };
  };
  if (id === undefined) return res.writeHead(202).end();
  const text = params?.arguments?.text ?? '';
  const result = results(text, era)[method];
  const outcome = result ? { result } : { error: { code: -32_601, message: 'Method not found' } };
  return sendJson(res, 200, { jsonrpc: '2.0', id, ...outcome });
}

function results(text: string, era: QuickEra): Partial<Record<string, object>> {
  const name = { name: 'quick', version: '1.0.0' };
  const capabilities = { tools: { listChanged: true } };
  const called = { content: [{ type: 'text', text }] };
  const tools = [{ name: 'echo', inputSchema: { type: 'object' } }];
  const initialize = { protocolVersion: '2025-06-18', capabilities, serverInfo: name };
  if (era === 'legacy') return { initialize, 'tools/list': { tools }, 'tools/call': called };
  const complete = { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': name } };
  const list = { ...complete, ttlMs: 0, cacheScope: 'private' };
  return {
    initialize,
    'server/discover': { ...list, supportedVersions: ['2026-07-28'], capabilities },
    'tools/list': { ...list, tools },
    'tools/call': { ...complete, ...called },
  };
}
