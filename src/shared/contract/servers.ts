import * as z from 'zod';
import { enteredSecrets, publicKeySet, signatureAlgorithm } from '../domain/client-key.ts';
import { commandDraft } from '../domain/command.ts';
import { extraHeaders, extraHeadersChange } from '../domain/extra-header.ts';
import { id } from '../domain/identifiers.ts';
import { problem } from '../domain/problem.ts';
import { processView } from '../domain/process.ts';
import { localServer, localSettings, remoteServer, serverSettings } from '../domain/server.ts';
import { consentPreview } from '../domain/sign-in.ts';
import { signOutReport } from './accounts.ts';
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

/** Why a server is not as the others. */
const bulkFailure = z.object({ serverId: id, problem });
export type BulkFailure = z.infer<typeof bulkFailure>;

export const serverCalls = calls({
  'servers.probe': {
    input: z.object({ url: address, headers: extraHeaders.optional() }),
    output: probeResult,
  },
  'servers.add': {
    /** `signInFollows`: the person goes on to sign in at once, so no connection is tried before. */
    input: z.object({
      url: address,
      name,
      signInFollows: z.boolean().default(false),
      /** Stored with the server, values in the vault; they never come back. */
      headers: extraHeaders.optional(),
    }),
    output: remoteServer,
  },
  /** Adds a local server. Nothing is started: its command is not approved yet. */
  'servers.add-command': { input: z.object({ name, command: commandDraft }), output: localServer },
  /** Changes a local server; unless nothing changed, its command has to be approved again. */
  'servers.change-command': {
    input: z.object({ serverId: id, command: commandDraft, settings: localSettings }),
    output: z.void(),
  },
  /** Approves the command the person was shown, named by its digest, and starts it. */
  'servers.approve-command': {
    input: z.object({ serverId: id, digest: z.string().max(128) }),
    output: z.void(),
  },
  /** The program of a local server and what it wrote last. */
  'servers.process': { input: z.object({ serverId: id }), output: processView },
  'servers.rename': { input: z.object({ serverId: id, name }), output: z.void() },
  'servers.update-settings': {
    /**
     * Secrets: a string stores one in the vault, null deletes it, absent leaves it. None ever comes back. Which
     * headers there are follows from `headers`, not from `settings`.
     */
    input: z.object({
      serverId: id,
      settings: serverSettings,
      headers: extraHeadersChange.optional(),
      clientSecret: z.string().max(8192).nullable().optional(),
      /** The person's ID token at the identity provider, for enterprise-managed authorization. */
      identityToken: z.string().max(65_536).nullable().optional(),
    }),
    output: z.void(),
  },
  /** Which secrets the person entered for a server; of its client's key, the public half. */
  'servers.secrets': { input: z.object({ serverId: id }), output: enteredSecrets },
  /** Makes a key for the server's client, in place of an earlier one; the private half goes into the vault. */
  'servers.make-client-key': {
    input: z.object({ serverId: id, algorithm: signatureAlgorithm }),
    output: publicKeySet,
  },
  /** Puts the public half of the client's key on the clipboard, as a JSON Web Key Set. */
  'servers.copy-client-key': { input: z.object({ serverId: id }), output: z.void() },
  'servers.set-default-account': { input: z.object({ serverId: id, accountId: id }), output: z.void() },
  'servers.set-enabled': { input: z.object({ serverId: id, enabled: z.boolean() }), output: z.void() },
  'servers.reconnect': { input: z.object({ serverId: id, accountId: id.nullable() }), output: z.void() },
  /** Signs out of all its accounts first; the answer says what their issuers confirmed. */
  /** The same for several servers at once; those that could not be are told, the others are done. */
  'servers.bulk': {
    input: z.object({
      serverIds: z.array(id).max(10_000),
      action: z.enum(['reconnect', 'enable', 'disable']),
    }),
    output: z.object({ failed: z.array(bulkFailure) }),
  },
  'servers.remove': { input: z.object({ serverId: id }), output: z.array(signOutReport) },
});
