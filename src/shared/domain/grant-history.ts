import * as z from 'zod';
import { outsideText, timestamp } from './identifiers.ts';

const scopes = z.array(z.string()).nullable();
const at = timestamp;

/** One thing that happened to a grant. */
export const grantEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('asked'), at, issuer: z.string(), scopes }),
  z.object({ kind: z.literal('granted'), at, scopes }),
  /** Asked again for more; `added` is what was not asked for before. */
  z.object({ kind: z.literal('stepped-up'), at, added: z.array(z.string()), scopes }),
  /** Renewals in a row, counted: `at` is the first, `lastAt` the last. */
  z.object({ kind: z.literal('refreshed'), at, lastAt: timestamp, count: z.number().int().positive() }),
  z.object({
    kind: z.literal('more-wanted'),
    at,
    scopes: z.array(z.string()),
    wantedBy: outsideText.optional(),
  }),
  z.object({ kind: z.literal('declined'), at, scopes: z.array(z.string()) }),
  z.object({ kind: z.literal('revoked'), at, reason: outsideText }),
  z.object({ kind: z.literal('expired'), at }),
  z.object({ kind: z.literal('secrets-lost'), at }),
  z.object({ kind: z.literal('issuer-moved'), at, newIssuer: z.string() }),
]);
export type GrantEvent = z.infer<typeof grantEvent>;

/** Entries kept per account; the oldest go first. */
export const HISTORY_LIMIT = 100;
