import * as z from 'zod';
import { id } from './identifiers.ts';

/** What whoever manages this computer decided, as the interface shows it. */
export const policyView = z.object({
  /** Where the policy file is. */
  path: z.string(),
  /** Who manages this computer, in their own words; null when the file does not say. */
  organization: z.string().nullable(),
  /** Why the file can't be used; null when it is in force. While it can't, nothing is added, signed in or connected. */
  broken: z.string().nullable(),
  /** Host patterns of the servers that may be used; null: any. */
  allowedServers: z.array(z.string()).nullable(),
  /** Host patterns of the issuers one may sign in at; null: any. */
  allowedIssuers: z.array(z.string()).nullable(),
  /** Whether programs on this computer may be servers. */
  localCommands: z.boolean(),
  /** Full paths of the only programs that may; null: any. */
  allowedPrograms: z.array(z.string()).nullable(),
  /** Servers that can be neither removed nor switched off. */
  forcedServers: z.array(id),
  /** Whether sign-ins are kept in memory only. */
  memoryOnly: z.boolean(),
  /** Whether looking for updates is switched off. */
  updatesOff: z.boolean(),
});
export type PolicyView = z.infer<typeof policyView>;
