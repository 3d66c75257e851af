import {
  type IssuerControl,
  type IssuerOptions,
  resourceScopes,
  resourceServerClient,
  SandboxIssuer,
} from './issuer.ts';
import type { HostControl } from './loopback-host.ts';
import type { Era } from './mcp-endpoint.ts';
import { SandboxMcpServer, type ServerControl, type ServerRules } from './mcp-server.ts';
import { type LoggedRequest, type RequestFilter, RequestLog } from './request-log.ts';
import { createTokenCheck } from './token-check.ts';
import { type SandboxUser, users } from './users.ts';

/** How the default sandbox behaves; ports default to any free one. */
export interface SandboxOptions extends Omit<IssuerOptions, 'port'> {
  issuerPort?: number | undefined;
  serverPort?: number | undefined;
  era?: Era | undefined;
  /** What the sandbox calls itself. */
  profile?: string | undefined;
}

/** What every sandbox has, whatever its profile. */
export interface ProfileSandbox {
  readonly profile: string;
  /** Where an MCP client connects. */
  readonly mcpUrl: string;
  /** The issuer identifier. */
  readonly issuerUrl: string;
  readonly users: readonly SandboxUser[];
  /** Everything asked of both hosts, in order; no bodies, no queries. */
  readonly requests: readonly LoggedRequest[];
  readonly issuer: HostControl;
  readonly server: HostControl;
  /** What somebody needs to know to use this profile, for example a pre-registered client. */
  readonly notes: Readonly<Record<string, unknown>>;
  /** How many requests match every member given. */
  count(filter?: RequestFilter): number;
  /** Forgets the requests and the failures planned. */
  reset(): void;
  close(): Promise<void>;
}

/** The default sandbox: a real issuer and a real MCP server. */
export interface Sandbox extends ProfileSandbox {
  readonly issuer: IssuerControl;
  readonly server: ServerControl;
}

/**
 * Starts an issuer and an MCP server on 127.0.0.1.
 * @throws when a port asked for is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const log = new RequestLog();
  const issuer = new SandboxIssuer(log, { ...options, port: options.issuerPort });
  const server = new SandboxMcpServer(log, { port: options.serverPort, era: options.era });
  await issuer.start();
  try {
    await server.start();
    await issuer.open(server.url);
    server.open(rulesFor(server, issuer, options.dpopNonce ? crypto.randomUUID() : undefined));
  } catch (error) {
    await Promise.all([issuer.stop(), server.stop()]);
    throw error;
  }
  return {
    profile: options.profile ?? 'default',
    mcpUrl: server.url,
    issuerUrl: issuer.url,
    users,
    requests: log.entries,
    issuer,
    server,
    notes: {},
    count: (filter) => log.count(filter),
    reset() {
      log.reset();
      issuer.host.clearFailures();
      server.host.clearFailures();
      server.reset();
    },
    async close() {
      await server.close();
      await Promise.all([issuer.stop(), server.stop()]);
    },
  };
}

function rulesFor(
  server: SandboxMcpServer,
  issuer: SandboxIssuer,
  dpopNonce: string | undefined,
): ServerRules {
  return {
    check: createTokenCheck({
      issuer: issuer.url,
      jwksUri: `${issuer.url}/jwks`,
      audience: server.url,
      introspection: {
        url: `${issuer.url}/introspect`,
        clientId: resourceServerClient.id,
        clientSecret: resourceServerClient.secret,
      },
      dpopNonce,
      // A JWT outlives its sign-in by itself. Asking the issuer makes a revocation visible at once.
      isStanding: ({ jti, sub, client_id }) =>
        jti === undefined || issuer.isTokenStanding(jti, sub === client_id),
    }),
    requiredScope: resourceScopes[0],
    resourceMetadata: {
      document: {
        resource: server.url,
        resource_name: 'Sandbox Notes',
        authorization_servers: [issuer.url],
        scopes_supported: [resourceScopes[0]],
        bearer_methods_supported: ['header'],
        dpop_signing_alg_values_supported: ['ES256', 'RS256'],
      },
      paths: ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'],
    },
  };
}
