import * as z from 'zod';
import { command } from './command.ts';
import { headerName } from './extra-header.ts';
import { id, timestamp } from './identifiers.ts';

/** How Gatehouse proves itself at a token endpoint (RFC 6749 §2.3, RFC 7523 §2.2). */
export const clientAuthenticationMethod = z.enum([
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
]);
export type ClientAuthenticationMethod = z.infer<typeof clientAuthenticationMethod>;

/** Where the issuer may send the browser back to. */
export const redirectPreference = z.enum(['automatic', 'custom-scheme', 'loopback']);
export type RedirectPreference = z.infer<typeof redirectPreference>;

/** The `resource` parameter of RFC 8707: from metadata, left out, or a fixed value. */
export const resourceOverride = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('automatic') }),
  z.object({ mode: z.literal('omit') }),
  z.object({ mode: z.literal('fixed'), value: z.url() }),
]);

/** How tokens are obtained where no person is at the browser (MCP authorization extensions). */
export const machineGrant = z.discriminatedUnion('kind', [
  /** The client itself is the grant (RFC 6749 §4.4): the settings' client ID with its secret or key. */
  z.object({ kind: z.literal('client-credentials') }),
  /** Enterprise-managed authorization: the identity provider vouches for the person (RFC 8693, RFC 7523). */
  z.object({
    kind: z.literal('identity-assertion'),
    identityProvider: z.url(),
    identityProviderClientId: z.string().min(1).max(2048),
  }),
  /** Workload identity (RFC 7523 §2.1): the platform keeps a fresh token in this file. */
  z.object({ kind: z.literal('workload-identity'), tokenFile: z.string().min(1).max(4096) }),
]);
export type MachineGrant = z.infer<typeof machineGrant>;

/** Per-server deviations from what discovery would choose. Absent means: as the specification says. */
export const serverSettings = z.object({
  /** Pre-registered client at this server's issuer; its secret rests in the vault. */
  clientId: z.string().min(1).max(2048).optional(),
  clientAuthentication: clientAuthenticationMethod.optional(),
  scopes: z.array(z.string().min(1)).max(200).optional(),
  /** Absent: a person signs in through the browser. Needs a client ID. */
  machineGrant: machineGrant.optional(),
  resource: resourceOverride.default({ mode: 'automatic' }),
  /** Only this issuer may sign people in, whatever the server names. */
  issuerPin: z.url().optional(),
  /** Accept metadata whose `issuer` member is this value although another was expected (RFC 8414 §3.3 deviation). */
  trustedIssuerName: z.url().optional(),
  /** Proceed although the issuer does not advertise S256 (deviation; PKCE S256 is sent all the same). */
  assumeS256: z.boolean().default(false),
  redirect: redirectPreference.default('automatic'),
  /** Fixed loopback port, for issuers that insist on the registered one. */
  loopbackPort: z.number().int().min(1).max(65535).optional(),
  requestTimeoutSeconds: z.number().int().min(1).max(3600).default(60),
  /** Names of headers sent with every request to this server; their values rest in the vault. */
  headers: z.array(headerName).max(50).default([]),
});
export type ServerSettings = z.infer<typeof serverSettings>;

const everyServer = { id, name: z.string().min(1).max(200), enabled: z.boolean(), addedAt: timestamp };

/** An MCP server the person added by URL (Streamable HTTP, or the old HTTP+SSE). */
export const remoteServer = z.object({
  ...everyServer,
  kind: z.literal('remote'),
  url: z.url(),
  /** The account used where none is chosen. Absent, or gone: the first. */
  defaultAccountId: id.optional(),
  settings: serverSettings,
});
export type RemoteServer = z.infer<typeof remoteServer>;

/** Settings of a local server; it has no sign-in and no address to deviate from. */
export const localSettings = serverSettings.pick({ requestTimeoutSeconds: true });
export type LocalSettings = z.infer<typeof localSettings>;

/** An MCP server the person added as a command: a program of this computer, spoken to over stdio. */
export const localServer = z.object({
  ...everyServer,
  kind: z.literal('local'),
  command,
  /** Digest of the command the person approved; null: none was. A command with another digest never starts. */
  approval: z.string().max(128).nullable(),
  /** The protocol era the program spoke last; absent: not known yet. */
  era: z.enum(['modern', 'legacy']).optional(),
  settings: localSettings,
});
export type LocalServer = z.infer<typeof localServer>;

/** An MCP server the person added. */
export const server = z.discriminatedUnion('kind', [remoteServer, localServer]);
export type Server = z.infer<typeof server>;
