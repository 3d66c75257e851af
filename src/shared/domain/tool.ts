import * as z from 'zod';
import { outsideText } from './identifiers.ts';
import { problem } from './problem.ts';
import { resourceContents } from './resource.ts';

/** A JSON object as it came from a server or a form; its meaning is the tool's own. */
export const jsonObject = z.record(z.string(), z.unknown());

export const tool = z.object({
  name: outsideText,
  title: outsideText.optional(),
  description: z.string().max(65_536).optional(),
  inputSchema: jsonObject,
  outputSchema: jsonObject.optional(),
  /** A schema was too large or too deep to be taken; arguments can only be written as JSON. */
  schemaLeftOut: z.boolean().optional(),
  annotations: z
    .object({
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
});
export type Tool = z.infer<typeof tool>;

/** One block of a tool's answer, as the MCP specification names them. Unknown kinds are kept as JSON. */
export const contentBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), cut: z.boolean().optional() }),
  z.object({ type: z.literal('image'), data: z.string(), mimeType: outsideText }),
  z.object({ type: z.literal('audio'), data: z.string(), mimeType: outsideText }),
  z.object({
    type: z.literal('resource_link'),
    uri: outsideText,
    name: outsideText,
    description: z.string().max(65_536).optional(),
  }),
  resourceContents.extend({ type: z.literal('resource') }),
  z.object({ type: z.literal('unknown'), json: z.string() }),
]);
export type ContentBlock = z.infer<typeof contentBlock>;

export const toolCallOutcome = z.discriminatedUnion('kind', [
  /** The tool answered; `isError` when the tool itself says it failed. */
  z.object({
    kind: z.literal('result'),
    isError: z.boolean(),
    content: z.array(contentBlock),
    /** Any JSON value (MCP 2026-07-28); before, an object. */
    structuredContent: z.unknown().optional(),
    /** What the answer had beyond what is shown. */
    leftOut: z.object({ blocks: z.number().int(), structuredContent: z.boolean() }).optional(),
    durationMs: z.number(),
  }),
  z.object({ kind: z.literal('cancelled') }),
  /** The server wants more than was granted: the person may agree, then the call is repeated once. */
  z.object({
    kind: z.literal('more-scope'),
    wantedScopes: z.array(outsideText),
    /** Those of them not granted yet. */
    newScopes: z.array(outsideText),
  }),
  /** The protocol, the connection or the account failed. */
  z.object({ kind: z.literal('problem'), problem }),
]);
export type ToolCallOutcome = z.infer<typeof toolCallOutcome>;
