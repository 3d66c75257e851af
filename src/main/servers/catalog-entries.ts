import { UriTemplate } from '@modelcontextprotocol/client';
import * as z from 'zod';
import {
  type PromptEntry,
  promptEntry,
  type ResourceEntry,
  type ResourceTemplate,
  resourceEntry,
  resourceTemplate,
  SUMMARY_LIMIT,
  type ToolSummary,
} from '../../shared/domain/catalog.ts';
import { type Tool, tool } from '../../shared/domain/tool.ts';
import { type JsonBounds, jsonSize } from './json-size.ts';

/** Bounds of one schema of a tool. */
export const SCHEMA_BOUNDS: JsonBounds = { depth: 64, characters: 512 * 1024 };
/** Bounds of one entry without its schemas. */
const ENTRY_BOUNDS: JsonBounds = { depth: 32, characters: 256 * 1024 };
const DESCRIPTION_LIMIT = 16_384;
const ARGUMENT_LIMIT = 100;
const VARIABLE_LIMIT = 50;

/** One entry of a list, with how much of a list's bounds it takes. */
export interface Parsed<Entry> {
  readonly entry: Entry;
  /** Characters, see {@link jsonSize}. */
  readonly size: number;
}

/** Parses one entry as the server sent it; null when it is none. */
export type EntryParser<Entry> = (sent: unknown) => Parsed<Entry> | null;

// What only adorns an entry must not cost it: of the wrong type, it counts as absent.
const flag = z.boolean().optional().catch(undefined);
const line = z
  .string()
  .transform((text) => text.slice(0, 4096))
  .optional()
  .catch(undefined);
const prose = (limit: number) =>
  z
    .string()
    .transform((text) => text.slice(0, limit))
    .optional()
    .catch(undefined);
const named = { name: z.string().min(1).max(4096), title: line, description: prose(DESCRIPTION_LIMIT) };
const mimeType = line;

const sentTool = z.object({
  ...named,
  annotations: z
    .object({
      title: line,
      readOnlyHint: flag,
      destructiveHint: flag,
      idempotentHint: flag,
      openWorldHint: flag,
    })
    .optional()
    .catch(undefined),
});
const sentResource = z.object({
  ...named,
  uri: z.string().min(1).max(4096),
  mimeType,
  size: z.number().nonnegative().optional().catch(undefined),
});
const sentTemplate = z.object({ ...named, uriTemplate: z.string().min(1).max(4096), mimeType });
const sentPrompt = z.object({
  ...named,
  arguments: z
    .array(
      z.object({
        name: z.string().min(1).max(4096),
        title: line,
        description: prose(2000),
        required: flag,
      }),
    )
    .max(ARGUMENT_LIMIT)
    .optional(),
});

/** A tool, its schemas within bounds; one without an input schema takes no arguments. */
export const parseTool: EntryParser<Tool> = (sent) => {
  if (!isObject(sent)) return null;
  const { inputSchema, outputSchema, ...rest } = sent;
  const size = jsonSize(rest, ENTRY_BOUNDS);
  if (size === null) return null;
  const parsed = sentTool.safeParse(rest);
  if (!parsed.success) return null;
  const input = schemaOf(inputSchema);
  const output = schemaOf(outputSchema);
  const { name, title = parsed.data.annotations?.title, description, annotations } = parsed.data;
  const hints = annotations && present(annotations);
  const entry = tool.safeParse(
    present({
      name,
      title,
      description,
      inputSchema: input.schema ?? { type: 'object' },
      outputSchema: output.schema,
      annotations: hints,
      schemaLeftOut: input.leftOut || output.leftOut || undefined,
    }),
  );
  return entry.success ? { entry: entry.data, size: size + input.size + output.size } : null;
};

export const parseResource: EntryParser<ResourceEntry> = (sent) =>
  parsedWith(sent, sentResource, ({ description, ...rest }) => ({
    schema: resourceEntry,
    entry: { ...rest, summary: summaryOf(description) },
  }));

export const parseTemplate: EntryParser<ResourceTemplate> = (sent) =>
  parsedWith(sent, sentTemplate, ({ description, ...rest }) => {
    const variables = variablesOf(rest.uriTemplate);
    return (
      variables && {
        schema: resourceTemplate,
        entry: { ...rest, variables, summary: summaryOf(description) },
      }
    );
  });

export const parsePrompt: EntryParser<PromptEntry> = (sent) =>
  parsedWith(sent, sentPrompt, ({ description, arguments: parameters = [], ...rest }) => ({
    schema: promptEntry,
    entry: {
      ...rest,
      summary: summaryOf(description),
      arguments: parameters.map((one) => present({ ...one, required: one.required ?? false })),
    },
  }));

/** A tool as lists show it. */
export function summaryOfTool({ name, title, description, annotations }: Tool): ToolSummary {
  const summary = summaryOf(description);
  return {
    name,
    ...(title !== undefined && { title }),
    ...(summary !== undefined && { summary }),
    ...(annotations && { annotations }),
  };
}

/** The names of a URI template's variables (RFC 6570), each once; null when it is no template we expand. */
export function variablesOf(uriTemplate: string): string[] | null {
  try {
    const names = [...new Set(new UriTemplate(uriTemplate).variableNames)];
    return names.length > VARIABLE_LIMIT ? null : names;
  } catch {
    return null;
  }
}

function parsedWith<Sent, Entry>(
  sent: unknown,
  schema: z.ZodType<Sent>,
  shape: (sent: Sent) => { schema: z.ZodType<Entry>; entry: object } | null,
): Parsed<Entry> | null {
  const size = jsonSize(sent, ENTRY_BOUNDS);
  if (size === null) return null;
  const parsed = schema.safeParse(sent);
  const shaped = parsed.success ? shape(parsed.data) : null;
  const entry = shaped?.schema.safeParse(present(shaped.entry));
  return entry?.success ? { entry: entry.data, size } : null;
}

function schemaOf(sent: unknown): {
  schema: Record<string, unknown> | undefined;
  leftOut: boolean;
  size: number;
} {
  if (!isObject(sent)) return { schema: undefined, leftOut: false, size: 0 };
  const size = jsonSize(sent, SCHEMA_BOUNDS);
  return size === null
    ? { schema: undefined, leftOut: true, size: 0 }
    : { schema: sent, leftOut: false, size };
}

function summaryOf(description: string | undefined): string | undefined {
  const first = description?.trimStart().split('\n', 1)[0]?.trim();
  return first ? first.slice(0, SUMMARY_LIMIT) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object without members that are undefined. */
function present<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
