import * as z from 'zod';
import { listing, toolSummary } from '../domain/catalog.ts';
import { id } from '../domain/identifiers.ts';
import { jsonObject, tool, toolCallOutcome } from '../domain/tool.ts';
import { calls } from './define.ts';

const connection = z.object({ serverId: id, accountId: id.nullable() });

export const toolCalls = calls({
  'tools.list': { input: connection, output: listing(toolSummary), asText: true },
  /** One tool with its schemas: lists come without them. */
  'tools.get': { input: connection.extend({ name: z.string().max(4096) }), output: tool, asText: true },
  'tools.call': {
    input: connection.extend({
      callId: id,
      name: z.string().max(4096),
      arguments: jsonObject,
      /** The call is repeated after the person granted more: it does not ask again. */
      afterStepUp: z.boolean().default(false),
    }),
    output: toolCallOutcome,
    asText: true,
  },
  'tools.cancel': { input: z.object({ callId: id }), output: z.void() },
});
