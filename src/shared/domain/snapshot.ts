import * as z from 'zod';
import { account, consentStatus, storageProtection } from './account.ts';
import { certificateRequest } from './certificate-request.ts';
import { connectionView } from './connection.ts';
import { elicitation } from './elicitation.ts';
import { language } from './language.ts';
import { policyView } from './policy.ts';
import { problem } from './problem.ts';
import { registration } from './registration.ts';
import { revocationView } from './revocation.ts';
import { localServer, remoteServer } from './server.ts';
import { settings } from './settings.ts';
import { signInView } from './sign-in.ts';
import { updateState } from './update.ts';

/** A server with what derives from the facts about it. */
export const serverView = z.discriminatedUnion('kind', [
  remoteServer.extend({
    /** The most pressing consent status among its accounts, or `required` / `not-needed` without one. */
    consent: consentStatus,
  }),
  /** Nobody signs in to a command. */
  localServer.extend({
    consent: z.literal('not-needed'),
    /** Names the command as it is shown; to approve it is to send this back. */
    digest: z.string(),
  }),
]);
export type ServerView = z.infer<typeof serverView>;
export type RemoteServerView = Extract<ServerView, { kind: 'remote' }>;
export type LocalServerView = Extract<ServerView, { kind: 'local' }>;

/** An account with its consent status and where its secrets rest. */
export const accountView = account.extend({ consent: consentStatus, storage: storageProtection });
export type AccountView = z.infer<typeof accountView>;

/** Everything the interface shows at first; events keep it true. */
export const snapshot = z.object({
  servers: z.array(serverView),
  accounts: z.array(accountView),
  connections: z.array(connectionView),
  registrations: z.array(registration),
  /** Sign-outs their issuers have not confirmed yet. */
  revocations: z.array(revocationView),
  signIns: z.array(signInView),
  /** Questions of servers that wait for the person. */
  elicitations: z.array(elicitation),
  settings,
  storage: storageProtection,
  /** What whoever manages this computer decided; null where nobody does. */
  policy: policyView.nullable(),
  update: updateState,
  /** Servers that wait for the person to choose a certificate. */
  certificateRequests: z.array(certificateRequest),
  /** What was found wrong at start, for example a file set aside. */
  notices: z.array(problem),
  app: z.object({
    version: z.string(),
    runtime: z.string(),
    platform: z.string(),
    /** The one Gatehouse speaks unless the person chose another. */
    systemLanguage: language,
  }),
});
export type Snapshot = z.infer<typeof snapshot>;
