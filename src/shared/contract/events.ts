import * as z from 'zod';
import { storageProtection } from '../domain/account.ts';
import { changingKind } from '../domain/catalog.ts';
import { certificateRequest } from '../domain/certificate-request.ts';
import { connectionView } from '../domain/connection.ts';
import { elicitation } from '../domain/elicitation.ts';
import { id } from '../domain/identifiers.ts';
import { problem } from '../domain/problem.ts';
import { registration } from '../domain/registration.ts';
import { revocationView } from '../domain/revocation.ts';
import { settings } from '../domain/settings.ts';
import { signInView } from '../domain/sign-in.ts';
import { accountView, serverView } from '../domain/snapshot.ts';
import { traceSummary } from '../domain/trace.ts';
import { updateState } from '../domain/update.ts';
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
  'revocation.changed': revocationView,
  'revocation.removed': z.object({ revocationId: id }),
  'sign-in.changed': signInView,
  'sign-in.removed': z.object({ signInId: id }),
  'trace.changed': traceSummary,
  'settings.changed': settings,
  'storage.changed': storageProtection,
  'update.changed': updateState,
  'certificate-request.changed': certificateRequest,
  'certificate-request.removed': z.object({ requestId: id }),
  /** The program of a local server started, ended or wrote something; told now and then, not for every line. */
  'process.changed': z.object({ serverId: id }),
  /** A server announced that one of its lists changed. */
  'catalog.changed': z.object({ serverId: id, accountId: id.nullable(), kind: changingKind }),
  /** Resources the person follows changed. */
  'resources.updated': z.object({ serverId: id, accountId: id.nullable(), uris: z.array(z.string()) }),
  'elicitation.changed': elicitation,
  'elicitation.removed': z.object({ elicitationId: id }),
  'log.changed': z.object({ serverId: id }),
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
  /** The menu asks for a dialog of the page. */
  'show.dialog': z.object({ dialog: z.enum(['palette', 'import']) }),
  'show.page': z.object({ page: z.enum(['accounts', 'activity', 'settings']) }),
});
export type EventName = keyof typeof eventContracts;
export type EventPayload<Name extends EventName> = z.infer<(typeof eventContracts)[Name]>;
