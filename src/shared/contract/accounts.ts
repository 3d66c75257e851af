import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { calls } from './define.ts';

const one = z.object({ accountId: id });

/** What the issuer confirmed at a sign-out. */
export const signOutReport = z.object({
  accountId: id,
  label: z.string(),
  revocation: z.enum(['confirmed', 'not-offered', 'failed', 'nothing-to-revoke']),
  detail: z.string().nullable(),
});
export type SignOutReport = z.infer<typeof signOutReport>;

export const accountCalls = calls({
  'accounts.refresh': { input: one, output: z.void() },
  'accounts.rename': { input: one.extend({ label: z.string().trim().min(1).max(200) }), output: z.void() },
  'accounts.sign-out': { input: one, output: signOutReport },
  'registrations.forget': { input: z.object({ registrationId: id }), output: z.void() },
});
