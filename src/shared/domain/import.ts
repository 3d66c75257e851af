import * as z from 'zod';
import { id, outsideText } from './identifiers.ts';
import { problem } from './problem.ts';

/** Other MCP clients whose files are looked at. */
export const importClient = z.enum([
  'claude-desktop',
  'cursor',
  'vs-code',
  'vs-code-insiders',
  'windsurf',
  'cline',
]);
export type ImportClient = z.infer<typeof importClient>;

/** What a person has to enter for a value: the file leaves it to the program that reads it. Null: nothing. */
const asked = z.object({ hint: outsideText.nullable(), secret: z.boolean() }).nullable();

const everyEntry = {
  id,
  name: z.string().max(200),
  /** The server that is in the list already. */
  existingServerId: id.nullable(),
};

/**
 * A server found in a file, without what is secret in it. `obstacle`: why it can't be added from here: the address
 * or the arguments hold what looks like a secret, and both are stored in plain text; or another program would have
 * filled in a part.
 */
export const importEntry = z.discriminatedUnion('kind', [
  z.object({
    ...everyEntry,
    kind: z.literal('remote'),
    /** The whole address; only its origin where it holds what looks like a secret. */
    url: z.string().max(8192),
    /** Values stay in the main process. */
    headers: z.array(z.object({ name: z.string(), asked })),
    obstacle: z.enum(['secret', 'placeholder']).nullable(),
  }),
  z.object({
    ...everyEntry,
    kind: z.literal('local'),
    program: z.string(),
    /** With `•••` in place of what looks like a secret. */
    arguments: z.array(z.string()),
    folder: z.string().nullable(),
    /** A null value is secret and stays in the main process. */
    environment: z.array(z.object({ name: z.string(), value: z.string().nullable(), asked })),
    obstacle: z.enum(['secret', 'placeholder']).nullable(),
  }),
  z.object({
    ...everyEntry,
    kind: z.literal('unreadable'),
    error: z.enum(['member', 'value', 'shape']),
    /** The member concerned. */
    what: outsideText,
  }),
]);
export type ImportEntry = z.infer<typeof importEntry>;

/** A file of another client. */
export const importFile = z.object({
  client: importClient,
  path: z.string(),
  /** Why it can't be read; then it has no entries. */
  problem: problem.nullable(),
  entries: z.array(importEntry),
});
export type ImportFile = z.infer<typeof importFile>;
