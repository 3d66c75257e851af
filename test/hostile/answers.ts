import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { readBody } from '../sandbox/loopback-host.ts';
import type { Answer, PlainEndpoint } from '../sandbox/plain-issuer.ts';
import type { Attack } from '../sandbox/profiles/hostile.ts';

type Take = NonNullable<Attack['take']>;

/** Takes requests for one path. */
export function at(
  path: string,
  answer: (res: ServerResponse, places: Parameters<Take>[2]) => unknown,
): Attack {
  return {
    take: (asked, res, places) => {
      if (asked !== path) return false;
      void answer(res, places);
      return true;
    },
  };
}

/** Changes what one endpoint answers with success. */
export function instead(
  endpoint: PlainEndpoint,
  change: (body: Record<string, unknown>, answer: Answer) => Partial<Answer>,
): Attack {
  return {
    answer: (asked, answer) => {
      if (asked !== endpoint || answer.status > 299) return answer;
      return { ...answer, ...change(answer.body as Record<string, unknown>, answer) };
    },
  };
}

/** Changes or adds members of what one endpoint answers with success. */
export const members = (endpoint: PlainEndpoint, changed: Record<string, unknown>): Attack =>
  instead(endpoint, (body) => ({ body: { ...body, ...changed } }));

/** Changes or adds members of the issuer's metadata. */
export const issuerSays = (changed: Record<string, unknown>): Attack => ({
  metadata: (document) => ({ ...document, ...changed }),
});

/** Changes or adds members of the resource metadata. */
export const resourceSays = (changed: Record<string, unknown>): Attack => ({
  resource: (document) => ({ ...document, ...changed }),
});

const PIECE = 'x'.repeat(1 << 16);

/** Well-formed JSON of that many MiB, as long as somebody reads. */
export function sendHuge(
  res: ServerResponse,
  mebibytes = 1024,
  type = 'application/json',
  status = 200,
): void {
  res.writeHead(status, { 'content-type': type });
  pour(res, '{"padding":"', mebibytes * 16, '"}');
}

/** The same, a thousand times smaller on its way (RFC 9110 §8.4.1). */
export function sendBomb(res: ServerResponse, mebibytes = 1024, type = 'application/json'): void {
  res.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
  const gzip = createGzip({ level: 1 });
  gzip.pipe(res);
  res.once('close', () => gzip.destroy());
  gzip.on('error', () => undefined);
  pour(gzip, '{"padding":"', mebibytes * 16, '"}');
}

/** An array in an array, as deep as fits below the limit of size, and the other way round as an object. */
export function sendDeep(res: ServerResponse, depth = 400_000): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(`{"padding":${'['.repeat(depth)}${']'.repeat(depth)}}`);
}

/** A beginning, and nothing after it. */
export function sendBeginning(res: ServerResponse, type = 'application/json', status = 200): void {
  res.writeHead(status, { 'content-type': type });
  res.write('{"padding":"');
}

interface Sink {
  write(chunk: string): boolean;
  end(chunk: string): unknown;
  once(event: 'drain', listener: () => void): unknown;
}

function pour(sink: Sink, head: string, times: number, tail: string): void {
  sink.write(head);
  let left = times;
  const more = () => {
    for (; left > 0; left -= 1) {
      if (!sink.write(PIECE)) {
        left -= 1;
        sink.once('drain', more);
        return;
      }
    }
    sink.end(tail);
  };
  more();
}

/** A JSON-RPC message as it came in. */
export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
}

/** What a hand-made server answers: a result, or it takes over the response and gives nothing. */
export type McpAnswer = (
  message: Message,
  res: ServerResponse,
  req: IncomingMessage,
) => Record<string, unknown> | null | undefined;

/**
 * A server made by hand behind a real sign-in: it speaks 2025-06-18 to whoever brings a token, and `answer` has
 * the first word on each message.
 */
export function mcp(answer: McpAnswer): Attack {
  return {
    take: (path, res, _places, req) => {
      if (path !== '/mcp' || req.headers.authorization === undefined) return false;
      void serve(answer, req, res);
      return true;
    },
  };
}

async function serve(answer: McpAnswer, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'POST') {
    const taken = answer({ method: req.method === 'GET' ? 'GET' : 'DELETE' }, res, req);
    if (taken !== null) res.writeHead(405).end();
    return;
  }
  const message = JSON.parse(await readBody(req)) as Message;
  const result = answer(message, res, req);
  if (result === null) return;
  if (message.id === undefined) {
    res.writeHead(202).end();
    return;
  }
  const body = result ? { result } : usual(message);
  res
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...body }));
}

function usual({ method }: Message): Record<string, unknown> {
  switch (method) {
    case 'initialize':
      return {
        result: {
          protocolVersion: '2025-06-18',
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: 'hand-made', version: '1' },
        },
      };
    case 'tools/list':
      return { result: { tools: [{ name: 'act', inputSchema: { type: 'object' } }] } };
    case 'tools/call':
      return { result: { content: [{ type: 'text', text: 'done' }] } };
    case 'ping':
      return { result: {} };
    default:
      return { error: { code: -32601, message: 'no such method' } };
  }
}
