import * as z from 'zod';
import { storageProtection } from './account.ts';
import { id, outsideText, timestamp } from './identifiers.ts';
import { problem } from './problem.ts';

export const signInStep = z.enum(['discover', 'register', 'browser', 'token', 'connect']);
export type SignInStep = z.infer<typeof signInStep>;

/** What Gatehouse found before any consent is asked: shown before a browser opens. */
export const consentPreview = z.object({
  serverUrl: z.string(),
  serverName: outsideText.nullable(),
  issuer: z.string(),
  /** Host of the issuer, in clear, for the person to judge. */
  issuerHost: z.string(),
  issuers: z.array(z.string()),
  resource: z.string().nullable(),
  /** Scopes that will be asked; null when none will be named. */
  scopes: z.array(outsideText).nullable(),
  registration: z.enum(['pre-registered', 'metadata-document', 'dynamic', 'existing', 'ask']),
  redirect: z.enum(['custom-scheme', 'loopback']),
  storage: storageProtection,
  /** Where the server or issuer departs from the specification, or our settings make us depart. */
  deviations: z.array(z.string()),
});
export type ConsentPreview = z.infer<typeof consentPreview>;

export const signInStatus = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('working') }),
  /** Discovery is done; the person decides whether to go on. */
  z.object({ kind: z.literal('awaiting-confirmation') }),
  z.object({
    kind: z.literal('waiting-for-browser'),
    redirect: z.enum(['custom-scheme', 'loopback']),
    deadline: timestamp,
  }),
  z.object({ kind: z.literal('succeeded'), accountId: id }),
  z.object({ kind: z.literal('failed'), problem }),
  z.object({ kind: z.literal('cancelled') }),
]);
export type SignInStatus = z.infer<typeof signInStatus>;

/** One attempt to obtain a grant, as the interface shows it. Holds no secret and no authorization URL. */
export const signInView = z.object({
  id,
  serverId: id,
  /** The account being renewed, or null when a new one is added. */
  accountId: id.nullable(),
  step: signInStep,
  status: signInStatus,
  preview: consentPreview.nullable(),
  startedAt: timestamp,
  traceId: id,
});
export type SignInView = z.infer<typeof signInView>;
