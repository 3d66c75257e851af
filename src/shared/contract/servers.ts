import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { server, serverSettings } from '../domain/server.ts';
import { consentPreview } from '../domain/sign-in.ts';
import { problem } from '../problems.ts';
import { calls } from './define.ts';

const name = z.string().trim().min(1).max(200);
const address = z.string().max(8192);

/** What is at an address, found out without storing anything. */
export const probeResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), url: z.string(), suggestedName: z.string() }),
  z.object({
    kind: z.literal('sign-in'),
    url: z.string(),
    suggestedName: z.string(),
    preview: consentPreview,
  }),
  z.object({ kind: z.literal('problem'), problem, existingServerId: id.nullable() }),
]);
export type ProbeResult = z.infer<typeof probeResult>;

export const serverCalls = calls({
  'servers.probe': { input: z.object({ url: address }), output: probeResult },
  'servers.add': {
    /** `signInFollows`: the person goes on to sign in at once, so no connection is tried before. */
    input: z.object({ url: address, name, signInFollows: z.boolean().default(false) }),
    output: server,
  },
  'servers.rename': { input: z.object({ serverId: id, name }), output: z.void() },
  'servers.update-settings': {
    /** `clientSecret`: a string stores it in the vault, null deletes it, absent leaves it. It never comes back. */
    input: z.object({
      serverId: id,
      settings: serverSettings,
      clientSecret: z.string().max(8192).nullable().optional(),
    }),
    output: z.void(),
  },
  'servers.set-enabled': { input: z.object({ serverId: id, enabled: z.boolean() }), output: z.void() },
  'servers.reconnect': { input: z.object({ serverId: id, accountId: id.nullable() }), output: z.void() },
  'servers.remove': { input: z.object({ serverId: id }), output: z.void() },
});
