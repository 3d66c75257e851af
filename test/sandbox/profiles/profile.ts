import type { McpServer } from '@modelcontextprotocol/server';
import { LoopbackHost } from '../loopback-host.ts';
import type { Era } from '../mcp-endpoint.ts';
import { SandboxMcpServer, type ServerControl, type ServerRules } from '../mcp-server.ts';
import { PlainIssuer, type PlainIssuerConfig } from '../plain-issuer.ts';
import { RequestLog } from '../request-log.ts';
import type { ProfileSandbox, SandboxOptions } from '../sandbox.ts';
import { createTokenCheck } from '../token-check.ts';
import { users } from '../users.ts';

/** What can be chosen of a profile; each takes what it understands. */
export interface ProfileOptions extends SandboxOptions {
  /** One or more words separated by commas, see the profile. */
  variant?: string | undefined;
  /** Profile `sloppy`: names from its list, or `all`. */
  quirks?: readonly string[] | undefined;
  /** Profile `hostile`: names from its list. */
  attacks?: readonly string[] | undefined;
}

/** Where everything of a profile lives, known before it is put in place. */
export interface Places {
  issuerOrigin: string;
  serverOrigin: string;
  mcpUrl: string;
  /** A third origin that belongs to nobody in particular. */
  elsewhere: LoopbackHost;
}

/** A profile built on the plain issuer. */
export interface PlainProfile {
  name: string;
  options: ProfileOptions;
  /** Issuer and server share one origin. */
  combined?: boolean;
  era?: Era;
  createServer?: () => McpServer;
  sessionGoneStatus?: number;
  adminScope?: string;
  issuer: (places: Places) => PlainIssuerConfig;
  /** Differs from the usual rules: scope `mcp:tools`, full challenge, metadata at both places. */
  server?: (places: Places, issuer: string) => Partial<ServerRules>;
  /** How the server checks tokens. Default introspection. */
  check?: 'jwks' | 'introspection';
  notes?: Record<string, unknown>;
  /** More routes on the issuer's or server's host, asked first; true when answered. */
  intercept?: (...args: Intercepted) => boolean | Promise<boolean>;
}

type Intercepted = [
  req: Parameters<LoopbackHost['handler']>[0],
  res: Parameters<LoopbackHost['handler']>[1],
  entry: Parameters<LoopbackHost['handler']>[2],
  places: Places,
  issuer: PlainIssuer,
];

/** A sandbox of a profile with a plain issuer. */
export interface PlainSandbox extends ProfileSandbox {
  readonly server: ServerControl;
  /** Requests here mean somebody was led astray, unless the profile needs a third party. */
  readonly elsewhereOrigin: string;
  revokeAllGrants(): void;
}

const resourceServer = { id: 'sandbox-mcp-server', secret: 'sandbox-mcp-server-secret' };

/** Starts the hosts of a profile and wires them. */
export async function startPlainProfile(profile: PlainProfile): Promise<PlainSandbox> {
  const { options, combined = false, check = 'introspection' } = profile;
  const log = new RequestLog();
  const issuerHost = combined ? undefined : new LoopbackHost('issuer', log, options.issuerPort);
  const server = new SandboxMcpServer(log, {
    port: options.serverPort,
    era: options.era ?? profile.era,
    adminScope: profile.adminScope,
    createServer: profile.createServer,
    sessionGoneStatus: profile.sessionGoneStatus,
  });
  const elsewhere = new LoopbackHost('elsewhere', log);
  const hosts = [issuerHost, server.host, elsewhere].filter((host) => host !== undefined);
  await startAll(hosts);

  const places: Places = {
    issuerOrigin: (issuerHost ?? server.host).origin,
    serverOrigin: server.origin,
    mcpUrl: server.url,
    elsewhere,
  };
  // Not advertised unless the profile says so: the resource server needs it, clients do not.
  const config = { resourceServer, consent: options.consent, ...profile.issuer(places) };
  const hiddenIntrospection = '/sandbox/introspect';
  config.paths = { introspection: hiddenIntrospection, ...config.paths };
  const shape = config.metadata;
  config.metadata = (document) => {
    if (config.paths.introspection === hiddenIntrospection) delete document.introspection_endpoint;
    return shape?.(document) ?? document;
  };
  const issuer = new PlainIssuer(config);

  server.setRules({
    check: createTokenCheck({
      issuer: config.issuer,
      jwksUri: `${config.origin}${config.paths.jwks ?? '/sandbox/none'}`,
      audience: config.audience,
      algorithms: [config.algorithm ?? 'RS256'],
      introspection: {
        url: config.origin + config.paths.introspection,
        clientId: resourceServer.id,
        clientSecret: resourceServer.secret,
        always: check === 'introspection',
      },
    }),
    requiredScope: 'mcp:tools',
    resourceMetadata: {
      document: resourceDocument(places.mcpUrl, config.issuer, ['mcp:tools']),
      paths: ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
    },
    ...profile.server?.(places, config.issuer),
  });

  const handler: LoopbackHost['handler'] = async (req, res, entry) => {
    if (await profile.intercept?.(req, res, entry, places, issuer)) return;
    const { host } = entry;
    if ((combined || host === 'issuer') && (await issuer.handle(req, res, entry))) return;
    if ((combined || host === 'server') && (await server.handle(req, res, entry.path))) return;
    res.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  };
  for (const host of [issuerHost ?? server.host, server.host]) {
    host.handler = handler;
    host.endpoints = { ...host.endpoints, ...config.paths };
  }
  elsewhere.handler = async (req, res, entry) => {
    if (await profile.intercept?.(req, res, entry, places, issuer)) return;
    res.writeHead(404).end();
  };

  return {
    profile: profile.name,
    mcpUrl: server.url,
    issuerUrl: config.issuer,
    users,
    requests: log.entries,
    issuer: issuerHost ?? server.host,
    server,
    elsewhereOrigin: elsewhere.origin,
    notes: profile.notes ?? {},
    count: (filter) => log.count(filter),
    reset() {
      log.reset();
      for (const host of hosts) host.clearFailures();
    },
    revokeAllGrants: () => issuer.revokeAllGrants(),
    async close() {
      await server.close();
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

/** Redirect URIs of a client known beforehand: Gatehouse's own, and those of the scripted client. */
export const knownRedirectUris = [
  'app.gatehouse.desktop:/oauth/callback',
  'http://127.0.0.1/oauth/callback',
  'http://127.0.0.1/callback',
  'http://localhost/callback',
];

/** A resource metadata document (RFC 9728) of the usual shape. */
export function resourceDocument(resource: string, issuer: string, scopes: readonly string[]): object {
  return {
    resource,
    resource_name: 'Sandbox Notes',
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
  };
}

/** The words of a variant, each checked against what the profile knows. */
export function variantWords(variant: string | undefined, known: readonly string[]): string[] {
  const words = (variant ?? '').split(',').filter(Boolean);
  const unknown = words.find((word) => !known.includes(word));
  if (unknown) throw new RangeError(`unknown variant "${unknown}"; there are ${known.join(', ')}`);
  return words;
}

async function startAll(hosts: readonly LoopbackHost[]): Promise<void> {
  try {
    await Promise.all(hosts.map((host) => host.start()));
  } catch (error) {
    await Promise.all(hosts.map((host) => host.stop()));
    throw error;
  }
}
