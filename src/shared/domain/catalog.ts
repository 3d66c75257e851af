import * as z from 'zod';
import { id, outsideText, timestamp } from './identifiers.ts';
import { tool } from './tool.ts';

/** What a server may offer (MCP specification, server features). */
export const catalogKind = z.enum(['tools', 'resources', 'templates', 'prompts']);
export type CatalogKind = z.infer<typeof catalogKind>;

/** Kinds a server announces changes of; templates change with resources. */
export const changingKind = catalogKind.exclude(['templates']);
export type ChangingKind = z.infer<typeof changingKind>;

/** Why a list ends before the server's does. */
export const listNote = z.enum(['cursor-repeated', 'too-many-pages', 'too-many-entries', 'too-large']);
export type ListNote = z.infer<typeof listNote>;

/** Longest start of a description that goes into a list, in UTF-16 code units. */
export const SUMMARY_LIMIT = 300;

const named = {
  name: outsideText,
  title: outsideText.optional(),
  /** The start of the description. */
  summary: z.string().max(SUMMARY_LIMIT).optional(),
};

/** A tool as lists show it; its schemas come with `tools.get`. */
export const toolSummary = z.object({ ...named, annotations: tool.shape.annotations });
export type ToolSummary = z.infer<typeof toolSummary>;

export const resourceEntry = z.object({
  ...named,
  uri: outsideText,
  mimeType: outsideText.optional(),
  /** In bytes, as the server says. */
  size: z.number().nonnegative().optional(),
});
export type ResourceEntry = z.infer<typeof resourceEntry>;

export const resourceTemplate = z.object({
  ...named,
  /** RFC 6570. */
  uriTemplate: outsideText,
  mimeType: outsideText.optional(),
  variables: z.array(outsideText),
});
export type ResourceTemplate = z.infer<typeof resourceTemplate>;

export const promptEntry = z.object({
  ...named,
  arguments: z.array(
    z.object({
      name: outsideText,
      title: outsideText.optional(),
      description: z.string().max(2000).optional(),
      required: z.boolean(),
    }),
  ),
});
export type PromptEntry = z.infer<typeof promptEntry>;

/** A server's list, as far as it is usable. */
export const listing = <Entry extends z.ZodType>(entry: Entry) =>
  z.object({
    entries: z.array(entry),
    /** How many entries were not what the specification says, or were there before under the same name. */
    leftOut: z.number().int().nonnegative(),
    /** Why the list ends early; null: it is whole. */
    note: listNote.nullable(),
    fetchedAt: timestamp,
  });
export interface Listing<Entry> {
  readonly entries: readonly Entry[];
  readonly leftOut: number;
  readonly note: ListNote | null;
  readonly fetchedAt: number;
}

/** Something found in the catalog of any server. */
export const catalogHit = z.object({
  serverId: id,
  accountId: id.nullable(),
  kind: catalogKind,
  /** What it is asked for by: name, URI or URI template. */
  key: outsideText,
  label: outsideText,
  summary: z.string().max(SUMMARY_LIMIT).optional(),
});
export type CatalogHit = z.infer<typeof catalogHit>;
