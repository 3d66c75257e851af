import { inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Tools that ask the person in the middle of the call, in either protocol era. */
export function offerQuestions(server: McpServer): void {
  server.registerTool(
    'book_table',
    {
      title: 'Book a table',
      description: 'Asks for the details, then pretends to book',
      inputSchema: z.object({ restaurant: z.string().default('Chez Ada') }),
      annotations: { destructiveHint: false, openWorldHint: false },
    },
    async ({ restaurant }, ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'details');
      if (answer.kind !== 'elicit') {
        return inputRequired({
          inputRequests: {
            details: inputRequired.elicit({
              message: `For whom is the table at ${restaurant}?`,
              requestedSchema: {
                type: 'object',
                properties: {
                  name: { type: 'string', title: 'Name', minLength: 1 },
                  people: { type: 'integer', title: 'How many', minimum: 1, maximum: 12, default: 2 },
                  seating: { type: 'string', title: 'Where', enum: ['inside', 'outside'] },
                  quiet: { type: 'boolean', title: 'A quiet corner', default: false },
                },
                required: ['name', 'people'],
              },
            }),
          },
        });
      }
      const text =
        answer.action === 'accept'
          ? `Booked at ${restaurant}: ${JSON.stringify(answer.content ?? {})}`
          : `Not booked: ${answer.action}`;
      return { content: [{ type: 'text', text }] };
    },
  );

  server.registerTool(
    'connect_calendar',
    {
      title: 'Connect a calendar',
      description: 'Wants an address opened before it goes on',
      inputSchema: z.object({ url: z.string().default('https://calendar.example/connect?session=1') }),
      annotations: { destructiveHint: false, openWorldHint: true },
    },
    async ({ url }, ctx) => {
      const answer = inputResponse(ctx.mcpReq.inputResponses, 'connect');
      if (answer.kind !== 'elicit') {
        const message = 'Connect your calendar on its own page, then come back.';
        return inputRequired({ inputRequests: { connect: inputRequired.elicitUrl({ message, url }) } });
      }
      return { content: [{ type: 'text', text: `Calendar: ${answer.action}` }] };
    },
  );
}
