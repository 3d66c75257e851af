import * as z from 'zod';
import { id } from '../domain/identifiers.ts';
import { jsonObject, tool, toolCallOutcome } from '../domain/tool.ts';
import { calls } from './define.ts';

const connection = z.object({ serverId: id, accountId: id.nullable() });

export const toolCalls = calls({
  'tools.list': { input: connection, output: z.array(tool) },
  'tools.call': {
    input: connection.extend({ callId: id, name: z.string().max(4096), arguments: jsonObject }),
    output: toolCallOutcome,
  },
  'tools.cancel': { input: z.object({ callId: id }), output: z.void() },
});
