import * as z from 'zod';
import { listing, promptEntry } from '../domain/catalog.ts';
import { id } from '../domain/identifiers.ts';
import { filledPrompt } from '../domain/prompt.ts';
import { calls } from './define.ts';

const connection = z.object({ serverId: id, accountId: id.nullable() });

export const promptCalls = calls({
  'prompts.list': { input: connection, output: listing(promptEntry), asText: true },
  'prompts.get': {
    input: connection.extend({
      name: z.string().min(1).max(4096),
      arguments: z.record(z.string().max(4096), z.string().max(65_536)),
    }),
    output: filledPrompt,
    asText: true,
  },
  /** Puts a prompt's text on the clipboard. */
  'prompts.copy': { input: z.object({ text: z.string().max(900_000) }), output: z.void() },
});
