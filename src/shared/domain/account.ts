import * as z from 'zod';
import { id, outsideText, timestamp } from './identifiers.ts';

/** What an account was given, and for which resource. Facts only; no secret. */
export const grant = z.object({
  /** Value of the `resource` parameter sent (RFC 8707), or null when it was left out. */
  resource: z.string().nullable(),
  /** Scopes asked for; null when no `scope` parameter was sent. */
  requestedScopes: z.array(z.string()).nullable(),
  /** Scopes granted (RFC 6749 §5.1); null when neither asked for nor told. */
  grantedScopes: z.array(z.string()).nullable(),
  grantedAt: timestamp,
  /** End of the access token's life, or null when the issuer did not say. */
  accessTokenExpiresAt: timestamp.nullable(),
  /** When the access token in use was issued. */
  accessTokenIssuedAt: timestamp,
  refreshable: z.boolean(),
  /** Obtained without a person, and renewed the same way; absent: a person consented. */
  machine: z.enum(['client-credentials', 'identity-assertion', 'workload-identity']).optional(),
});
export type Grant = z.infer<typeof grant>;

/** Who an account belongs to, and who said so. */
export const accountIdentity = z.object({
  subject: outsideText,
  name: outsideText.optional(),
  email: outsideText.optional(),
  source: z.enum(['id-token', 'userinfo', 'introspection']),
});
export type AccountIdentity = z.infer<typeof accountIdentity>;

/** Why a grant no longer works, or that it does. The consent status derives from this and the grant. */
export const grantState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('live') }),
  /** The issuer answered `invalid_grant`, or the server refused a fresh token. */
  z.object({ kind: z.literal('revoked'), at: timestamp, reason: outsideText }),
  /** The token ran out and there is no refresh token. */
  z.object({ kind: z.literal('expired'), at: timestamp }),
  /** The server wants more scopes than were granted (`insufficient_scope`). */
  z.object({
    kind: z.literal('insufficient'),
    at: timestamp,
    wantedScopes: z.array(z.string()),
    /** The tool or request that was refused. */
    wantedBy: outsideText.optional(),
  }),
  /** The secrets can't be read: other machine, changed key, or a memory-only session that ended. */
  z.object({ kind: z.literal('secrets-lost'), at: timestamp }),
  /** The server moved to another issuer; this grant is parked and never sent there. */
  z.object({ kind: z.literal('issuer-moved'), at: timestamp, newIssuer: z.string() }),
]);
export type GrantState = z.infer<typeof grantState>;

/** What is remembered of wishes for more scopes, so that no server can ask without end. */
export const stepUpMemory = z.object({
  /** When the person was asked, newest last. */
  askedAt: z.array(timestamp),
  /** Scopes the person would not grant. */
  declined: z.array(z.object({ scope: z.string(), at: timestamp })),
});
export type StepUpMemory = z.infer<typeof stepUpMemory>;

/** One signed-in identity at one server. */
export const account = z.object({
  id,
  serverId: id,
  issuer: z.string(),
  registrationId: id,
  label: z.string().min(1).max(200),
  identity: accountIdentity.optional(),
  grant,
  state: grantState,
  stepUps: stepUpMemory.optional(),
  addedAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  lastRefreshedAt: timestamp.nullable(),
});
export type Account = z.infer<typeof account>;

export const consentStatus = z.enum([
  'not-needed',
  'required',
  'pending',
  'granted',
  'partial',
  'insufficient',
  'expired',
  'revoked',
  'denied',
]);
export type ConsentStatus = z.infer<typeof consentStatus>;

/** Where an account's secrets rest. */
export const storageProtection = z.discriminatedUnion('kind', [
  /** Encrypted with a key from the operating system's key store; `backend` as Electron names it. */
  z.object({ kind: z.literal('key-store'), backend: z.string() }),
  /** Encrypted with a key given by the environment (automation only). */
  z.object({ kind: z.literal('environment-key') }),
  /** Kept in memory only; gone when the app ends. */
  z.object({ kind: z.literal('memory'), reason: z.string() }),
]);
export type StorageProtection = z.infer<typeof storageProtection>;
