import * as z from 'zod';
import { grantEvent } from '../domain/grant-history.ts';
import { id } from '../domain/identifiers.ts';
import { calls } from './define.ts';

const one = z.object({ accountId: id });

/** `queued`: the issuer could not be reached; it is told as soon as it can be. */
const revocation = z.enum(['confirmed', 'not-offered', 'queued', 'failed', 'nothing-to-revoke']);

/** What the issuer confirmed at a sign-out. */
export const signOutReport = z.object({
  accountId: id,
  label: z.string(),
  revocation,
  /**
   * What became of our registration there: null when another account uses it or it was not to be deleted,
   * `kept` when the issuer offers no way to delete it.
   */
  registration: z.enum(['deleted', 'kept', 'queued', 'failed']).nullable(),
  detail: z.string().nullable(),
});
export type SignOutReport = z.infer<typeof signOutReport>;

/** What came of erasing everything. */
export const eraseReport = z.object({
  signOuts: z.array(signOutReport),
  /** Names of files that could not be deleted. */
  left: z.array(z.string()),
});
export type EraseReport = z.infer<typeof eraseReport>;

/** Which accounts are signed out together. */
export const signOutScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accounts'), accountIds: z.array(id).max(10_000) }),
  z.object({ kind: z.literal('server'), serverId: id }),
  z.object({ kind: z.literal('issuer'), issuer: z.string().max(8192) }),
  z.object({ kind: z.literal('everything') }),
]);
export type SignOutScope = z.infer<typeof signOutScope>;

const scopes = z.array(z.string().min(1).max(500)).max(200);

export const accountCalls = calls({
  'accounts.refresh': { input: one, output: z.void() },
  'accounts.rename': { input: one.extend({ label: z.string().trim().min(1).max(200) }), output: z.void() },
  'accounts.history': { input: one, output: z.array(grantEvent) },
  /** The person does not want to grant these scopes; no call asks for them again. */
  'accounts.decline-scopes': { input: one.extend({ scopes }), output: z.void() },
  /** `forgetRegistration`: also delete our registration at the issuer when no other account uses it. */
  'accounts.sign-out': {
    input: one.extend({ forgetRegistration: z.boolean().default(true) }),
    output: signOutReport,
  },
  'accounts.sign-out-all': { input: signOutScope, output: z.array(signOutReport) },
  /** Saves what is known about all accounts, without secrets, where the person chooses. */
  'accounts.export': {
    input: z.object({ format: z.enum(['json', 'markdown']) }),
    output: z.enum(['saved', 'cancelled']),
  },
  /** Tries now; answers how far the issuer has confirmed it since. */
  'revocations.retry': { input: z.object({ revocationId: id }), output: revocation },
  /** Gives up on a sign-out the issuer has not confirmed: its tokens are deleted here. */
  'revocations.cancel': { input: z.object({ revocationId: id }), output: z.void() },
  /** The main process puts the client ID on the clipboard. */
  'registrations.copy-client-id': { input: z.object({ registrationId: id }), output: z.void() },
  'registrations.forget': { input: z.object({ registrationId: id }), output: z.void() },
});
