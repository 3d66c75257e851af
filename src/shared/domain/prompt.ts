import * as z from 'zod';
import { contentBlock } from './tool.ts';

/** One message of a prompt (MCP specification, prompts). */
export const promptMessage = z.object({ role: z.enum(['user', 'assistant']), content: contentBlock });
export type PromptMessage = z.infer<typeof promptMessage>;

export const filledPrompt = z.object({
  description: z.string().max(16_384).optional(),
  messages: z.array(promptMessage),
  /** How many messages there are beyond those. */
  leftOut: z.number().int().nonnegative(),
});
export type FilledPrompt = z.infer<typeof filledPrompt>;
