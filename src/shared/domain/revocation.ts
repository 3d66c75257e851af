import * as z from 'zod';
import { id, timestamp } from './identifiers.ts';
import { problem } from './problem.ts';

/** A sign-out the issuer has not confirmed yet, as the interface shows it. Holds no secret. */
export const revocationView = z.object({
  id,
  label: z.string(),
  issuer: z.string(),
  queuedAt: timestamp,
  /** Whether our registration is deleted with it. */
  deletesRegistration: z.boolean(),
  attempts: z.number().int().nonnegative(),
  /** When it is tried again, or null when it is not: the issuer refused for good, or it waited too long. */
  nextAttemptAt: timestamp.nullable(),
  problem: problem.nullable(),
});
export type RevocationView = z.infer<typeof revocationView>;
