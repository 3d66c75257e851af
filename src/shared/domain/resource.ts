import * as z from 'zod';
import { outsideText } from './identifiers.ts';

/** What a resource holds, as far as it can be shown (MCP specification, resources). */
export const resourceContents = z.object({
  uri: outsideText,
  mimeType: outsideText.optional(),
  /** Absent: it is no text. */
  text: z.string().optional(),
  /** Base64, of pictures and sounds within bounds only. */
  data: z.string().optional(),
  /** Of the whole content, in bytes. */
  size: z.number().nonnegative(),
  /** Only the start of the text is here. */
  cut: z.boolean(),
});
export type ResourceContents = z.infer<typeof resourceContents>;

export const readResource = z.object({
  contents: z.array(resourceContents),
  /** How many parts there are beyond those. */
  leftOut: z.number().int().nonnegative(),
});
export type ReadResource = z.infer<typeof readResource>;
