import * as z from 'zod';
import { storageProtection } from '../domain/account.ts';
import { connectionView } from '../domain/connection.ts';
import { id } from '../domain/identifiers.ts';
import { registration } from '../domain/registration.ts';
import { settings } from '../domain/settings.ts';
import { signInView } from '../domain/sign-in.ts';
import { accountView, serverView } from '../domain/snapshot.ts';
import { traceSummary } from '../domain/trace.ts';
import { problem } from '../problems.ts';
import { events } from './define.ts';

export const eventContracts = events({
  'server.changed': serverView,
  'server.removed': z.object({ serverId: id }),
  'account.changed': accountView,
  'account.removed': z.object({ accountId: id }),
  'connection.changed': connectionView,
  'connection.removed': z.object({ serverId: id, accountId: id.nullable() }),
  'registration.changed': registration,
  'registration.removed': z.object({ registrationId: id }),
  'sign-in.changed': signInView,
  'sign-in.removed': z.object({ signInId: id }),
  'trace.changed': traceSummary,
  'settings.changed': settings,
  'storage.changed': storageProtection,
  'tools.changed': z.object({ serverId: id, accountId: id.nullable() }),
  'call.progress': z.object({
    callId: id,
    progress: z.number(),
    total: z.number().nullable(),
    message: z.string().nullable(),
  }),
  /** Something the person should hear of, whatever screen is open. */
  notice: problem,
  /** A deep link asks to show the add dialog, filled in; it adds nothing by itself. */
  'show.add-server': z.object({ url: z.string(), name: z.string().nullable() }),
  'show.server': z.object({ serverId: id }),
});
export type EventName = keyof typeof eventContracts;
export type EventPayload<Name extends EventName> = z.infer<(typeof eventContracts)[Name]>;
