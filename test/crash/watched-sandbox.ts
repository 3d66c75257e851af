import type { IncomingMessage, ServerResponse } from 'node:http';
import { SandboxIssuer } from '../sandbox/issuer.ts';
import { SandboxMcpServer } from '../sandbox/mcp-server.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import type { RequestPoint, WatchedRequest } from './plan.ts';

/** Access tokens live this long, seconds: most are renewed by the core itself, ahead of time or before use. */
const ACCESS_TOKEN_TTL = 3;

/** Told of what happens at the sandbox, in the moment it happens. */
export interface SandboxWatcher {
  reached(request: WatchedRequest, point: RequestPoint): void;
  /** A refresh token came in, nothing has been done about it yet. */
  refreshTokenArrived(refreshToken: string): void;
  accessTokenArrived(accessToken: string): void;
  /** Tokens are about to leave. @param refreshToken the one spent for them, or null for a code */
  issued(refreshToken: string | null, tokens: readonly string[]): void;
}

/** A real issuer and a real MCP server, looked over the shoulder. */
export class WatchedSandbox {
  readonly sandbox: Sandbox;
  readonly #pending = new Set<Promise<unknown>>();

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(watcher: SandboxWatcher): Promise<WatchedSandbox> {
    const sandbox = await startSandbox({ consent: 'auto', accessTokenTtl: ACCESS_TOKEN_TTL });
    const watched = new WatchedSandbox(sandbox);
    watched.#watch(watcher);
    return watched;
  }

  /** Resolves when everything that was sent to the sandbox has been read and answered. */
  async settled(): Promise<void> {
    const { issuer, server } = this.sandbox;
    // What a dead process sent lies in the system's buffers, before what is sent now.
    for (const origin of [issuer.origin, server.origin, issuer.origin, server.origin]) {
      await (await fetch(`${origin}/nothing-here`)).body?.cancel();
    }
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  #watch(watcher: SandboxWatcher): void {
    const { issuer, server } = this.sandbox;
    if (!(issuer instanceof SandboxIssuer) || !(server instanceof SandboxMcpServer)) {
      throw new Error('only the default sandbox can be watched');
    }
    const issue = issuer.host.handler;
    issuer.host.handler = (req, res, entry) => {
      if (entry.path === '/token') watchTokenRequest(req, res, watcher);
      else if (entry.path === '/register') watcher.reached('registration', 'arrived');
      else if (entry.path === '/authorize') watcher.reached('authorization', 'arrived');
      else if (entry.path.startsWith('/.well-known/')) watcher.reached('metadata', 'arrived');
      return this.#note(issue(req, res, entry));
    };
    const serve = server.host.handler;
    server.host.handler = (req, res, entry) => {
      const [, token] = req.headers.authorization?.split(' ') ?? [];
      if (token !== undefined) watcher.accessTokenArrived(token);
      watcher.reached(entry.path === '/mcp' ? 'mcp' : 'metadata', 'arrived');
      return serve(req, res, entry);
    };
  }

  #note(answering: unknown): Promise<unknown> {
    const work = Promise.resolve(answering).finally(() => this.#pending.delete(work));
    this.#pending.add(work);
    return work;
  }
}

function watchTokenRequest(req: IncomingMessage, res: ServerResponse, watcher: SandboxWatcher): void {
  let refreshToken: string | null = null;
  let request: 'refresh' | 'code' = 'code';
  whenRead(req, (body) => {
    const form = new URLSearchParams(body);
    refreshToken = form.get('refresh_token');
    request = refreshToken === null ? 'code' : 'refresh';
    if (refreshToken !== null) watcher.refreshTokenArrived(refreshToken);
    watcher.reached(request, 'arrived');
  });
  const end = res.end;
  res.end = function (this: ServerResponse, ...answer: unknown[]) {
    const { access_token, refresh_token } = tokensOf(answer[0]);
    if (access_token !== undefined) {
      watcher.issued(
        refreshToken,
        refresh_token === undefined ? [access_token] : [access_token, refresh_token],
      );
    }
    watcher.reached(request, 'answering');
    this.once('finish', () => watcher.reached(request, 'answered'));
    return end.apply(this, answer as never);
  } as typeof res.end;
}

/** Tells the body of a request once it is there; whoever answers the request still reads it all. */
function whenRead(req: IncomingMessage, tell: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const push = req.push;
  req.push = function (this: IncomingMessage, chunk: Buffer | null, ...more: never[]) {
    if (chunk === null) tell(Buffer.concat(chunks).toString('utf8'));
    else chunks.push(chunk);
    return push.call(this, chunk, ...more);
  };
}

function tokensOf(answer: unknown): { access_token?: string; refresh_token?: string } {
  if (typeof answer !== 'string' && !Buffer.isBuffer(answer)) return {};
  return JSON.parse(answer.toString()) as { access_token?: string; refresh_token?: string };
}
