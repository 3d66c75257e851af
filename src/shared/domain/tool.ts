import * as z from 'zod';
import { problem } from '../problems.ts';
import { outsideText } from './identifiers.ts';

/** A JSON object as it came from a server or a form; its meaning is the tool's own. */
export const jsonObject = z.record(z.string(), z.unknown());

export const tool = z.object({
  name: outsideText,
  title: outsideText.optional(),
  description: z.string().max(65_536).optional(),
  inputSchema: jsonObject,
  outputSchema: jsonObject.optional(),
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
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: z.string(), mimeType: outsideText }),
  z.object({ type: z.literal('audio'), data: z.string(), mimeType: outsideText }),
  z.object({
    type: z.literal('resource_link'),
    uri: outsideText,
    name: outsideText,
    description: z.string().max(65_536).optional(),
  }),
  z.object({
    type: z.literal('resource'),
    uri: outsideText,
    mimeType: outsideText.optional(),
    text: z.string().optional(),
  }),
  z.object({ type: z.literal('unknown'), json: z.string() }),
]);
export type ContentBlock = z.infer<typeof contentBlock>;

export const toolCallOutcome = z.discriminatedUnion('kind', [
  /** The tool answered; `isError` when the tool itself says it failed. */
  z.object({
    kind: z.literal('result'),
    isError: z.boolean(),
    content: z.array(contentBlock),
    structuredContent: jsonObject.optional(),
    durationMs: z.number(),
  }),
  z.object({ kind: z.literal('cancelled') }),
  /** The protocol, the connection or the account failed. */
  z.object({ kind: z.literal('problem'), problem }),
]);
export type ToolCallOutcome = z.infer<typeof toolCallOutcome>;
