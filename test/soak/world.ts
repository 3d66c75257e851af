/**
 * The process with the servers, the issuers and the browser of the soak: what it needs is no part of what is
 * measured. `node test/soak/world.ts <number of places> <life of a token in seconds>`, with a channel.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { followRedirects } from '../drive/follow-browser.ts';
import { SandboxIssuer } from '../sandbox/issuer.ts';
import { LoopbackHost } from '../sandbox/loopback-host.ts';
import type { Era } from '../sandbox/mcp-endpoint.ts';
import { SandboxMcpServer } from '../sandbox/mcp-server.ts';
import { startHostile } from '../sandbox/profiles/hostile.ts';
import { type ProfileSandbox, startSandbox } from '../sandbox/sandbox.ts';
import type { FromWorld, PlaceFault, ToWorld } from './messages.ts';

/** One in so many issuers is `oidc-provider`; the others are small ones. Both rotate refresh tokens. */
const FULL_ISSUER_EVERY = 5;
const ERAS: readonly Era[] = ['both', 'modern', 'legacy'];

/** What a host goes through just now. */
interface Weather {
  delayMs: number;
  cuts: number;
}

/** One server with its issuer, and the weather there. */
class Place {
  readonly sandbox: ProfileSandbox;
  readonly #server: SandboxMcpServer;
  readonly #revokeAllGrants: () => void;
  readonly #hosts: Record<'issuer' | 'server', LoopbackHost>;
  readonly #weather = { issuer: { delayMs: 0, cuts: 0 }, server: { delayMs: 0, cuts: 0 } };

  constructor(sandbox: ProfileSandbox, revokeAllGrants: () => void) {
    const { issuer, server } = sandbox;
    const issuerHost = issuer instanceof SandboxIssuer ? issuer.host : issuer;
    if (!(issuerHost instanceof LoopbackHost) || !(server instanceof SandboxMcpServer))
      throw new Error('a sandbox without hosts of its own');
    this.sandbox = sandbox;
    this.#server = server;
    this.#revokeAllGrants = revokeAllGrants;
    this.#hosts = { issuer: issuerHost, server: server.host };
    for (const name of ['issuer', 'server'] as const) expose(this.#hosts[name], this.#weather[name]);
  }

  async suffer(fault: PlaceFault): Promise<void> {
    const server = this.#server;
    switch (fault.kind) {
      case 'down':
        await this.#hosts[fault.host].stop();
        if (fault.host === 'server') server.dropSessions();
        await pause(fault.forMs);
        return this.#hosts[fault.host].start();
      case 'errors': {
        const { status, times } = fault;
        const headers = status === 429 ? { 'retry-after': '2' } : {};
        return this.#hosts[fault.host].failNext({ status, times, headers });
      }
      case 'latency': {
        const weather = this.#weather[fault.host];
        weather.delayMs = fault.delayMs;
        await pause(fault.forMs);
        weather.delayMs = 0;
        return;
      }
      case 'truncation':
        this.#weather[fault.host].cuts += fault.times;
        return;
      case 'tokens-refused':
        return server.expireTokens();
      case 'sessions-lost':
        return server.dropSessions();
      case 'grants-revoked':
        return this.#revokeAllGrants();
    }
  }

  async calm(): Promise<void> {
    for (const name of ['issuer', 'server'] as const) {
      Object.assign(this.#weather[name], { delayMs: 0, cuts: 0 });
      this.#hosts[name].clearFailures();
      await this.#hosts[name].start();
    }
  }
}

function expose(host: LoopbackHost, weather: Weather): void {
  const serve = host.handler;
  host.handler = async (req, res, entry) => {
    if (weather.delayMs > 0) await pause(weather.delayMs);
    // A page of the browser is no answer to the core.
    if (weather.cuts > 0 && !/^\/(authorize|interaction)/.test(entry.path)) {
      weather.cuts -= 1;
      cutShort(res);
    }
    return serve(req, res, entry);
  };
}

/** Ends the connection when half of the first piece of the answer has left. */
function cutShort(res: ServerResponse): void {
  const write = res.write.bind(res) as (chunk: Buffer, done: () => void) => boolean;
  const cut = (chunk: unknown) => {
    const bytes = typeof chunk === 'string' || chunk instanceof Uint8Array ? Buffer.from(chunk) : null;
    if (bytes === null || bytes.length < 2) res.destroy();
    else write(bytes.subarray(0, bytes.length / 2), () => res.destroy());
  };
  res.write = ((chunk: unknown) => {
    cut(chunk);
    return true;
  }) as typeof res.write;
  res.end = ((chunk: unknown) => {
    cut(chunk);
    return res;
  }) as typeof res.end;
}

async function startPlace(index: number, accessTokenTtl: number): Promise<Place> {
  const options = { consent: 'auto', accessTokenTtl, era: ERAS[index % ERAS.length] } as const;
  if (index % FULL_ISSUER_EVERY === 0) {
    const sandbox = await startSandbox(options);
    return new Place(sandbox, () => sandbox.issuer.revokeAllGrants());
  }
  const sandbox = await startHostile(options);
  return new Place(sandbox, () => sandbox.revokeAllGrants());
}

/** Follows a sign-in as a browser whose person consents. */
async function visit(address: string, user: string): Promise<{ link: string | null; delivered: boolean }> {
  const url = new URL(address);
  url.searchParams.set('login_hint', user);
  const outcome = await followRedirects(url, fetch).catch(() => null);
  return {
    link: outcome?.kind === 'custom-scheme' ? outcome.link : null,
    delivered: outcome?.kind === 'delivered',
  };
}

const tell = (message: FromWorld): void => void process.send?.(message);

process.once('disconnect', () => process.exit());
const [count = 0, ttl = 0] = process.argv.slice(2).map(Number);
const places: Place[] = [];
for (let index = 0; index < count; index += 1) places.push(await startPlace(index, ttl));
const suffering = new Set<Promise<void>>();

process.on('message', async (message: ToWorld) => {
  switch (message.kind) {
    case 'fault': {
      const passing = places[message.place]?.suffer(message.fault);
      if (!passing) return;
      suffering.add(passing);
      await passing.finally(() => suffering.delete(passing));
      return;
    }
    case 'calm':
      await Promise.all(suffering);
      for (const place of places) await place.calm();
      return tell({ kind: 'calm' });
    case 'visit':
      return tell({ kind: 'visited', visit: message.visit, ...(await visit(message.url, message.user)) });
  }
});
tell({ kind: 'ready', places: places.map(({ sandbox: { mcpUrl, issuerUrl } }) => ({ mcpUrl, issuerUrl })) });
