import { Buffer } from 'node:buffer';
import type { Wire, WireExchange } from './wire.ts';

const SECRET_MEMBERS = [
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'state',
  'client_secret',
  'registration_access_token',
];

/** Secrets by value, each with the name it went by. */
export type Secrets = ReadonlyMap<string, string>;

/** Every secret that passed over the wire or through the browser. */
export function secretsOn(wire: Wire, visits: readonly URL[], links: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const take = (name: string, value: unknown) => {
    if (typeof value === 'string' && value.length >= 8) found.set(value, name);
  };
  const takeAll = (parameters: URLSearchParams) => {
    for (const name of SECRET_MEMBERS) for (const value of parameters.getAll(name)) take(name, value);
  };
  for (const exchange of wire.exchanges) {
    if (!exchange.headers.get('content-type')?.includes('json')) takeAll(new URLSearchParams(exchange.body));
    take('credentials', exchange.headers.get('authorization')?.split(' ')[1]);
    const answer = jsonOf(exchange);
    for (const name of SECRET_MEMBERS) take(name, answer[name]);
  }
  for (const visit of visits) takeAll(visit.searchParams);
  for (const link of links) takeAll(new URL(link).searchParams);
  return found;
}

function jsonOf({ answer, url }: WireExchange): Record<string, unknown> {
  // What the MCP server says is content, not protocol.
  if (!answer?.startsWith('{') || url.pathname === '/mcp') return {};
  return JSON.parse(answer) as Record<string, unknown>;
}

/** The names of the secrets that occur in a text: raw, URL-encoded, or in base64 at any alignment. */
export function secretsIn(text: string, secrets: Secrets): string[] {
  return [...secrets].flatMap(([value, name]) =>
    shapesOf(value).some((one) => text.includes(one)) ? name : [],
  );
}

/** How a value may look in a file. */
function shapesOf(value: string): string[] {
  const shapes = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  for (const offset of [0, 1, 2]) {
    // Base64 of the value behind `offset` other bytes; the characters at both ends depend on the neighbours.
    const encoded = Buffer.from('\0'.repeat(offset) + value).toString('base64');
    const inner = encoded.slice(offset === 0 ? 0 : 4).replace(/=+$/, '');
    const stable = inner.slice(0, inner.length - (inner.length % 4 || 4));
    shapes.push(stable, stable.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...new Set(shapes)].filter((shape) => shape.length >= 8);
}
