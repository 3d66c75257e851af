import * as z from 'zod';
import { account } from '../../shared/domain/account.ts';

/** JSON Web Key with its private part, opaque to the vault. */
const privateJwk = z.record(z.string(), z.unknown());

/** A token of an earlier grant of the same account: of no use here, but alive at the issuer until it is revoked. */
const replacedToken = z.object({ token: z.string(), hint: z.enum(['refresh_token', 'access_token']) });
export type ReplacedToken = z.infer<typeof replacedToken>;

/** Tokens of one account, and what is needed to use them safely after a crash. */
export const accountSecrets = z.object({
  kind: z.literal('account'),
  accessToken: z.string(),
  tokenType: z.enum(['Bearer', 'DPoP']),
  refreshToken: z.string().nullable(),
  /** Milliseconds since the Unix epoch, or null when the issuer did not say. */
  expiresAt: z.number().nullable(),
  issuedAt: z.number(),
  scopes: z.array(z.string()).nullable(),
  /** The account as it was when these were stored: puts it back where the account book lacks it. */
  account: account.optional(),
  dpopKey: privateJwk.optional(),
  /** What later sign-ins took the place of, newest last. Revoking it at once would end the new grant at some issuers. */
  replaced: z.array(replacedToken).optional(),
});
export type AccountSecrets = z.infer<typeof accountSecrets>;

/** Secrets of a client registration. */
export const registrationSecrets = z.object({
  kind: z.literal('registration'),
  clientSecret: z.string().optional(),
  registrationAccessToken: z.string().optional(),
  privateKey: privateJwk.optional(),
});
export type RegistrationSecrets = z.infer<typeof registrationSecrets>;

/** Secrets a person entered in a server's settings. */
export const serverSecrets = z.object({
  kind: z.literal('server'),
  clientSecret: z.string().optional(),
  /** Key of a pre-registered client that authenticates with `private_key_jwt` (RFC 7523 §2.2). */
  privateKey: privateJwk.optional(),
  /** The person's ID token at the identity provider, for enterprise-managed authorization. */
  identityToken: z.string().optional(),
  /** Values of a local server's secret environment variables, by name. */
  environment: z.record(z.string(), z.string()).optional(),
  /** Values of a remote server's extra headers, by name. */
  headers: z.record(z.string(), z.string()).optional(),
});
export type ServerSecrets = z.infer<typeof serverSecrets>;

/** A sign-in whose browser is still out when the app ends; verifier and state are secrets. */
export const pendingSignIn = z.object({
  kind: z.literal('pending-sign-in'),
  serverId: z.string(),
  accountId: z.string().nullable(),
  registrationId: z.string(),
  redirect: z.enum(['custom-scheme', 'loopback']),
  authorizationUrl: z.string(),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
  deadline: z.number(),
  /** What the protocol code wrote, given back to it as it was. */
  pending: z.record(z.string(), z.unknown()),
  discovery: z.record(z.string(), z.unknown()),
  dpopKey: privateJwk.optional(),
});
export type PendingSignIn = z.infer<typeof pendingSignIn>;

/** What is still to be taken back at an issuer after a sign-out: the account itself is gone already. */
export const queuedRevocation = z.object({
  kind: z.literal('revocation'),
  label: z.string(),
  issuer: z.string(),
  /** The server the account was at, while it is still in the list: it decides how far requests may lead. */
  serverId: z.string(),
  /** Milliseconds since the Unix epoch. */
  queuedAt: z.number(),
  accessToken: z.string().nullable(),
  refreshToken: z.string().nullable(),
  replaced: z.array(replacedToken).default([]),
  client: z.object({
    clientId: z.string(),
    authentication: z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']),
    clientSecret: z.string().optional(),
    privateKey: privateJwk.optional(),
  }),
  /** Where our own registration is deleted afterwards (RFC 7592 §2.3). */
  registration: z.object({ uri: z.string(), accessToken: z.string() }).nullable(),
});
export type QueuedRevocation = z.infer<typeof queuedRevocation>;

export const secrets = z.discriminatedUnion('kind', [
  accountSecrets,
  registrationSecrets,
  serverSecrets,
  pendingSignIn,
  queuedRevocation,
]);
export type Secrets = z.infer<typeof secrets>;
export type SecretsOf<Kind extends Secrets['kind']> = Extract<Secrets, { kind: Kind }>;
