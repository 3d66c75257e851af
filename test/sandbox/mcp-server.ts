import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo, McpServer } from '@modelcontextprotocol/server';
import { type HostControl, LoopbackHost, sendJson } from './loopback-host.ts';
import { type Era, McpEndpoint } from './mcp-endpoint.ts';
import { createSandboxServer } from './mcp-features.ts';
import { SandboxNotes } from './mcp-notes.ts';
import type { RequestLog } from './request-log.ts';
import { TokenRefused, type TokenRequest } from './token-check.ts';

/** How the MCP server behaves. */
export interface ServerOptions {
  /** 0 or absent: any free port. */
  port?: number | undefined;
  era?: Era | undefined;
  /** Scope `admin_report` demands. Default `mcp:admin`. */
  adminScope?: string | undefined;
  /** Another server than the usual one behind the endpoint. */
  createServer?: (() => McpServer) | undefined;
  /** Status for sessions the server does not know. Default 404. */
  sessionGoneStatus?: number | undefined;
}

/** Whom the MCP server lets in and what it tells the others. */
export interface ServerRules {
  check: (request: TokenRequest) => Promise<AuthInfo>;
  /** Scope every call needs, named in the challenge; none when absent. */
  requiredScope?: string | undefined;
  /** RFC 9728: the document, and where it is served. Without it the server has none. */
  resourceMetadata?: { document: unknown; paths: readonly string[] } | undefined;
  /** `bare`: `WWW-Authenticate: Bearer` and nothing else. A function may write any. */
  challenge?: 'full' | 'bare' | ((parameters: Record<string, string>) => string) | undefined;
}

/** The MCP server as a test may handle it. */
export interface ServerControl extends HostControl {
  /** The MCP endpoint. */
  readonly url: string;
  /** Forgets every legacy session: their ids answer 404. */
  dropSessions(): void;
  /** Refuses every token accepted so far, as if it had expired early; new ones are fine. */
  expireTokens(): void;
  /** Names other issuers than its own in its metadata from now on, as a server that has moved does. */
  nameIssuers(issuers: readonly string[]): void;
}

/** The protected MCP server. */
export class SandboxMcpServer implements ServerControl {
  readonly host: LoopbackHost;
  readonly #endpoint: McpEndpoint;
  readonly #notes = new SandboxNotes();
  readonly #accepted = new Set<string>();
  readonly #expired = new Set<string>();
  #rules: ServerRules | undefined;

  /** @param host where to live, when it shares a host with an issuer; else it makes its own */
  constructor(log: RequestLog, options: ServerOptions, host?: LoopbackHost) {
    const { port, era = 'both', adminScope, createServer, sessionGoneStatus } = options;
    this.host = host ?? new LoopbackHost('server', log, port);
    this.host.endpoints = { ...this.host.endpoints, mcp: '/mcp', metadata: '/.well-known/*' };
    this.#endpoint = new McpEndpoint(
      era,
      createServer ?? (() => createSandboxServer(adminScope, this.#notes)),
      sessionGoneStatus,
    );
    this.#notes.announce = (what) => this.#endpoint.announce(what);
  }

  get origin(): string {
    return this.host.origin;
  }

  get url(): string {
    return `${this.host.origin}/mcp`;
  }

  /** Puts the server in place on a host of its own. */
  open(rules: ServerRules): void {
    this.#rules = rules;
    this.host.handler = async (req, res, { path }) => {
      if (!(await this.handle(req, res, path))) sendJson(res, 404, { error: 'not found' });
    };
  }

  /** Sets the rules of a server that shares a host; its handler calls `handle`. */
  setRules(rules: ServerRules): void {
    this.#rules = rules;
  }

  /** Answers requests for the MCP endpoint and its metadata; false for all others. */
  async handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean> {
    const rules = this.#rules;
    if (!rules) return false;
    if (rules.resourceMetadata?.paths.includes(path)) {
      const headers = { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' };
      sendJson(res, 200, rules.resourceMetadata.document, headers);
      return true;
    }
    if (path !== '/mcp') return false;
    await this.#serve(req, res, rules);
    return true;
  }

  failNext: HostControl['failNext'] = (failure) => this.host.failNext(failure);
  start = (): Promise<void> => this.host.start();
  stop = (): Promise<void> => this.host.stop();

  dropSessions(): void {
    this.#endpoint.dropSessions();
  }

  expireTokens(): void {
    for (const token of this.#accepted) this.#expired.add(token);
    this.#accepted.clear();
  }

  nameIssuers(issuers: readonly string[]): void {
    const metadata = this.#rules?.resourceMetadata;
    if (!this.#rules || !metadata) return;
    const document = { ...(metadata.document as object), authorization_servers: issuers };
    this.#rules = { ...this.#rules, resourceMetadata: { ...metadata, document } };
  }

  /** What the server keeps is again what it was at first. */
  reset(): void {
    this.#notes.reset();
  }

  /** Ends the protocol side; the host is stopped on its own. */
  close(): Promise<void> {
    return this.#endpoint.close();
  }

  async #serve(req: IncomingMessage, res: ServerResponse, rules: ServerRules): Promise<void> {
    const { requiredScope } = rules;
    const metadataPath = rules.resourceMetadata?.paths[0];
    const resourceMetadataUrl = metadataPath && this.origin + metadataPath;
    const scope: Record<string, string> = requiredScope ? { scope: requiredScope } : {};
    try {
      const authInfo = await rules.check({
        method: req.method ?? 'GET',
        url: this.url,
        authorization: req.headers.authorization,
        dpop: headerText(req.headers.dpop),
      });
      if (this.#expired.has(authInfo.token)) throw new TokenRefused('token has expired');
      if (requiredScope && !authInfo.scopes.includes(requiredScope)) {
        return this.#challenge(res, 403, { error: 'insufficient_scope', ...scope }, resourceMetadataUrl);
      }
      this.#accepted.add(authInfo.token);
      const advertised = resourceMetadataUrl ? { resourceMetadataUrl } : {};
      await this.#endpoint.handle(req, res, { ...authInfo, ...advertised });
    } catch (refusal) {
      if (!(refusal instanceof TokenRefused)) throw refusal;
      const { error, message, nonce } = refusal;
      const details = error === 'none' ? {} : { error, error_description: message };
      const scheme = error.includes('dpop') ? 'DPoP' : 'Bearer';
      if (nonce) res.setHeader('dpop-nonce', nonce);
      this.#challenge(res, 401, { ...details, ...scope }, resourceMetadataUrl, scheme);
    }
  }

  /** Answers with a challenge (RFC 6750 §3, RFC 9728 §5.1). */
  #challenge(
    res: ServerResponse,
    status: 401 | 403,
    parameters: Record<string, string>,
    resourceMetadataUrl: string | undefined,
    scheme = 'Bearer',
  ): void {
    const all = { ...parameters, ...(resourceMetadataUrl ? { resource_metadata: resourceMetadataUrl } : {}) };
    const { challenge = 'full' } = this.#rules ?? {};
    let header = scheme;
    if (typeof challenge === 'function') header = challenge(all);
    else if (challenge === 'full') header = fullChallenge(scheme, all);
    sendJson(res, status, parameters.error ? parameters : { error: 'unauthorized' }, {
      'www-authenticate': header,
      'access-control-expose-headers': 'WWW-Authenticate, DPoP-Nonce',
    });
  }
}

/** A challenge that tells everything. */
export function fullChallenge(scheme: string, parameters: Record<string, string>): string {
  return [scheme, formatParameters(parameters)].filter(Boolean).join(' ');
}

function formatParameters(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, "'")}"`)
    .join(', ');
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
