import * as z from 'zod';
import { timestamp } from './identifiers.ts';
import { problem } from './problem.ts';

/** How newer versions come to this installation. */
export const updateWay = z.enum([
  /** Gatehouse fetches and installs them itself, when the person says so. */
  'itself',
  /** The system's package manager does, as with the deb and rpm packages. */
  'package-manager',
  /** The person downloads them, as with archives and portable programs. */
  'download',
  /** The person builds them. */
  'development',
]);
export type UpdateWay = z.infer<typeof updateWay>;

const newer = z.object({
  version: z.string(),
  /** What is new, as plain text; null when the release says nothing. */
  notes: z.string().nullable(),
});

/** What is known of newer versions. Each step from `available` on is taken by the person. */
export const updateState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('elsewhere'), way: updateWay.exclude(['itself']) }),
  /** Nobody is asked, by the person's choice or by policy. */
  z.object({ kind: z.literal('off') }),
  z.object({ kind: z.literal('current'), checkedAt: timestamp.nullable() }),
  z.object({ kind: z.literal('checking') }),
  newer.extend({ kind: z.literal('available') }),
  newer.extend({ kind: z.literal('downloading'), percent: z.number() }),
  newer.extend({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('failed'), problem, newer: newer.nullable() }),
]);
export type UpdateState = z.infer<typeof updateState>;
export type NewerVersion = z.infer<typeof newer>;
