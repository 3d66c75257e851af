import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { complete } from '../../../src/main/servers/completions.ts';
import { problemCodeOf, startCore } from '../../support/core.ts';
import { notesStage, openMcpServer, sentRequests } from '../../support/mcp-server.ts';

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: a prompt is listed with its arguments and got with their values`, async () => {
    const { features, connection } = await notesStage(era);
    expect((await features.catalog.prompts(connection)).entries).toEqual([
      {
        name: 'summarize_note',
        title: 'Summarize a note',
        summary: 'Asks for a summary of one of the notes',
        arguments: [
          { name: 'note', description: 'Which note', required: true },
          { name: 'tone', description: 'How it should sound', required: false },
        ],
      },
    ]);
    const values = { note: 'groceries', tone: 'cheerful' };
    const { description, messages } = await features.prompts.get(connection, 'summarize_note', values);
    expect(description).toBe('A summary of groceries');
    expect(messages).toMatchObject([
      { role: 'user', content: { type: 'text', text: expect.stringContaining('in a cheerful tone') } },
      { role: 'user', content: { type: 'resource', uri: 'note://sandbox/groceries', size: 29 } },
    ]);
  });

  test(`${era}: an argument is completed, with what is filled in beside it`, async () => {
    const { app, features, connection } = await notesStage(era);
    const of = { kind: 'prompt', name: 'summarize_note' } as const;
    const completion = await complete(connection, of, { name: 'note', value: 'w' }, { tone: 'dry' });
    expect(completion).toEqual({ values: ['welcome'], more: false });
    expect(sentRequests(app.wire, 'completion/complete')).toMatchObject([
      { ref: { type: 'ref/prompt' }, context: { arguments: { tone: 'dry' } } },
    ]);
    expect(features.catalog.held(connection, 'prompts')).toBeNull();
  });

  test(`${era}: a prompt the server refuses is a named problem`, async () => {
    const { features, connection } = await notesStage(era);
    expect(await problemCodeOf(features.prompts.get(connection, 'nothing', {}))).toBe('prompt-refused');
    expect(await problemCodeOf(features.prompts.get(connection, 'summarize_note', {}))).toBe(
      'prompt-refused',
    );
  });
}

test('a server that offers no completion is not asked for any', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(() => new McpServer({ name: 'bare', version: '1' }));
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  const of = { kind: 'prompt', name: 'any' } as const;
  expect(await complete(connection, of, { name: 'x', value: '' }, {})).toEqual({ values: [], more: false });
  expect(sentRequests(app.wire, 'completion/complete')).toEqual([]);
});

test('a prompt of many messages is shown as far as there is room', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(() => {
    const server = new McpServer({ name: 'talkative', version: '1' });
    const content = { type: 'text' as const, text: 'word '.repeat(10) };
    server.registerPrompt('long', {}, () => ({
      messages: Array.from({ length: 700 }, () => ({ role: 'user' as const, content })),
    }));
    return server;
  });
  const server = await app.addServer({ url });
  const prompt = await app.core.features.prompts.get(app.core.connection(server.id, null), 'long', {});
  expect([prompt.messages.length, prompt.leftOut]).toEqual([500, 200]);
});
