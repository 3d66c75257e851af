import * as z from 'zod';
import { problem } from '../problems.ts';
import { account, consentStatus, storageProtection } from './account.ts';
import { connectionView } from './connection.ts';
import { registration } from './registration.ts';
import { server } from './server.ts';
import { settings } from './settings.ts';
import { signInView } from './sign-in.ts';

/** A server with what derives from the facts about it. */
export const serverView = server.extend({
  /** The most pressing consent status among its accounts, or `required` / `not-needed` without one. */
  consent: consentStatus,
});
export type ServerView = z.infer<typeof serverView>;

/** An account with its consent status and where its secrets rest. */
export const accountView = account.extend({ consent: consentStatus, storage: storageProtection });
export type AccountView = z.infer<typeof accountView>;

/** Everything the interface shows at first; events keep it true. */
export const snapshot = z.object({
  servers: z.array(serverView),
  accounts: z.array(accountView),
  connections: z.array(connectionView),
  registrations: z.array(registration),
  signIns: z.array(signInView),
  settings,
  storage: storageProtection,
  /** What was found wrong at start, for example a file set aside. */
  notices: z.array(problem),
  app: z.object({ version: z.string(), runtime: z.string(), platform: z.string() }),
});
export type Snapshot = z.infer<typeof snapshot>;
