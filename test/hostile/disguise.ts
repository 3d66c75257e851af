import type { Fetch } from '../../src/main/ports.ts';
import type { HostileSandbox } from '../sandbox/profiles/hostile.ts';

/** A server and issuer on this computer, seen from the core as if they were out in the world. */
export interface Disguise {
  readonly mcpUrl: string;
  readonly fetch: Fetch;
  /** An address of the core as the sandbox knows it, and the other way round. */
  readonly inside: (text: string) => string;
  readonly outside: (text: string) => string;
}

/** Gives a sandbox names of the public internet; hosts of no name here are silent. */
export function disguised(sandbox: HostileSandbox, through: Fetch = fetch): Disguise {
  const names: readonly (readonly [string, string])[] = [
    [sandbox.server.origin, 'https://mcp.example'],
    [sandbox.issuer.origin, 'https://issuer.example'],
  ];
  const pairs = names.flatMap(([own, name]) => [
    [own, name] as const,
    [encodeURIComponent(own), encodeURIComponent(name)] as const,
  ]);
  const inside = (text: string) => pairs.reduce((now, [own, name]) => now.replaceAll(name, own), text);
  const outside = (text: string) => pairs.reduce((now, [own, name]) => now.replaceAll(own, name), text);
  return {
    mcpUrl: outside(sandbox.mcpUrl),
    inside,
    outside,
    fetch: async (input, init = {}) => {
      const url = new URL(inside(String(input)));
      if (url.hostname !== '127.0.0.1') {
        const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
        throw new TypeError('fetch failed', { cause });
      }
      const body = typeof init.body === 'string' ? { body: inside(init.body) } : {};
      const response = await through(url, { ...init, ...body });
      const headers = new Headers([...response.headers].map(([name, value]) => [name, outside(value)]));
      headers.delete('content-length');
      headers.delete('content-encoding');
      const isText = /json|text\/html/.test(headers.get('content-type') ?? '');
      const answer = isText ? outside(await response.text()) : response.body;
      return new Response(answer, { status: response.status, headers });
    },
  };
}
