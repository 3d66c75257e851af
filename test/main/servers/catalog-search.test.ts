import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { HIT_LIMIT } from '../../../src/main/servers/catalog-search.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { notesStage, openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { until } from '../../support/time.ts';

const find = ({ core }: TestCore, query: string) => core.features.search.find(query, core.supervisor.all());

/** The result once every list is there. */
async function settled(app: TestCore, query: string) {
  await until(async () => (await find(app, query)).loading === 0);
  return find(app, query);
}

const keys = ({ hits }: Awaited<ReturnType<typeof find>>) => hits.map(({ kind, key }) => `${kind} ${key}`);

function tools(...names: string[]) {
  return () => {
    const server = new McpServer({ name: 'tools', version: '1' });
    for (const name of names) {
      server.registerTool(name, { description: `Does ${name}`, inputSchema: z.object({}) }, () => ({
        content: [],
      }));
    }
    return server;
  };
}

async function add(app: TestCore, create: () => McpServer): Promise<string> {
  const { url } = await openMcpServer(create, 'modern');
  const server = await app.addServer({ url });
  await app.core.connection(server.id, null).client();
  return server.id;
}

test('tools, resources, templates and prompts of all servers are found, lists being asked for on the way', async () => {
  const { app, server } = await notesStage('modern');
  const other = await add(app, tools('note_taker', 'unrelated'));
  expect(await find(app, 'note')).toMatchObject({ hits: [], total: 0, loading: 2 });
  const result = await settled(app, 'note');
  expect(new Set(result.hits.map(({ serverId }) => serverId))).toEqual(new Set([server.id, other]));
  expect(keys(result)).toEqual(
    expect.arrayContaining([
      'tools note_taker',
      'tools write_note',
      'resources note://sandbox/welcome',
      'templates note://sandbox/{name}',
      'prompts summarize_note',
    ]),
  );
  expect(result.total).toBe(result.hits.length);
});

test('all words must be there; the name counts more than the description', async () => {
  const app = await startCore();
  await add(app, tools('note', 'note_list', 'list', 'old_note', 'other'));
  expect(keys(await settled(app, 'NOTE'))).toEqual(['tools note', 'tools note_list', 'tools old_note']);
  expect(keys(await find(app, 'list note'))).toEqual(['tools note_list']);
  expect(keys(await find(app, 'does'))).toHaveLength(5);
  expect(keys(await find(app, 'nothing like it'))).toEqual([]);
  expect(keys(await find(app, '   '))).toEqual([]);
});

test('searching again asks for nothing again', async () => {
  const { app } = await notesStage('modern');
  await settled(app, 'note');
  const asked = app.wire.exchanges.length;
  for (const query of ['n', 'no', 'not', 'note']) await find(app, query);
  expect(app.wire.exchanges.length).toBe(asked);
});

test('a server that is not connected is neither searched nor connected', async () => {
  const { app, connection } = await notesStage('modern');
  await settled(app, 'note');
  await connection.stop();
  const asked = app.wire.exchanges.length;
  expect(await find(app, 'note')).toMatchObject({ hits: [], loading: 0 });
  expect(app.wire.exchanges.length).toBe(asked);
});

test('a list that failed is asked for by a search half a minute later, not by every letter typed', async () => {
  const { app } = await notesStage('modern');
  app.wire.intercept = ({ body }) =>
    body.includes('"tools/list"') ? new Response('no', { status: 500 }) : undefined;
  expect(keys(await settled(app, 'write'))).toEqual([]);
  const asked = sentRequests(app.wire, 'tools/list').length;
  app.wire.intercept = () => undefined;
  app.time.advance(29_999);
  expect(keys(await settled(app, 'write'))).toEqual([]);
  expect(sentRequests(app.wire, 'tools/list').length).toBe(asked);
  app.time.advance(1);
  expect(keys(await settled(app, 'write'))).toEqual(['tools write_note']);
});

test('of ten thousand hits the best are listed, all are counted', async () => {
  const app = await startCore();
  const id = await add(app, tools('one'));
  app.wire.intercept = ({ body }) => {
    const message = body.startsWith('{') ? JSON.parse(body) : {};
    if (message.method !== 'tools/list') return undefined;
    const entries = Array.from({ length: 10_000 }, (_, index) => ({
      name: `tool-${index}`,
      description: 'x'.repeat(500),
      inputSchema: { type: 'object' },
    }));
    const result = { resultType: 'complete', tools: entries };
    return Response.json({ jsonrpc: '2.0', id: message.id, result });
  };
  const result = await settled(app, 'tool-9999');
  expect([result.total, result.hits[0]]).toMatchObject([1, { serverId: id, key: 'tool-9999' }]);
  const all = await find(app, 'tool');
  expect([all.total, all.hits.length]).toEqual([10_000, HIT_LIMIT]);
});
