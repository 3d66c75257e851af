import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import type { Era } from '../../sandbox/mcp-endpoint.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { notesStage, openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

type Stage = Pick<Awaited<ReturnType<typeof notesStage>>, 'features' | 'connection'>;

const call = (
  { features, connection }: Stage,
  name: string,
  values = {},
  callId: string = crypto.randomUUID(),
) => features.calls.call(connection, { callId, name, arguments: values });

/** A core in front of a server of this test's own. */
async function served(create: (server: McpServer) => void, era: Era = 'both') {
  const app = await startCore();
  const { url } = await openMcpServer(() => {
    const server = new McpServer({ name: 'tested', version: '1' }, { capabilities: { tools: {} } });
    create(server);
    return server;
  }, era);
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  return { app, server, connection, features: app.core.features };
}

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: each kind of content is kept as what it is`, async () => {
    const outcome = await call(await notesStage(era), 'show_everything');
    expect(outcome).toMatchObject({
      kind: 'result',
      isError: false,
      content: [
        { type: 'text', text: 'One of each:' },
        { type: 'image', mimeType: 'image/png' },
        { type: 'audio', mimeType: 'audio/wav' },
        { type: 'resource', uri: 'note://sandbox/welcome', text: '# Welcome', size: 9, cut: false },
        { type: 'resource_link', uri: 'note://sandbox/groceries', name: 'groceries' },
      ],
    });
  });

  test(`${era}: progress is told, at most ten times a second, and the last is never lost`, async () => {
    const stage = await notesStage(era);
    await call(stage, 'slow', { steps: 300, delayMs: 0 }, 'call');
    const told = stage.app.payloads('call.progress');
    expect(told[0]).toEqual({ callId: 'call', progress: 1, total: 300, message: 'Step 1 of 300' });
    expect(told.at(-1)).toMatchObject({ progress: 300 });
    expect(told).toHaveLength(2);
  });

  test(`${era}: a call that gives no sign of life ends with the time limit, one that does goes on`, async () => {
    const stage = await notesStage(era);
    const silent = call(stage, 'slow', { steps: 1, delayMs: 60_000 });
    await until(() => sentRequests(stage.app.wire, 'tools/call').length === 1);
    await quietly();
    stage.app.time.advance(60_000);
    expect(await silent).toMatchObject({ kind: 'problem', problem: { code: 'call-timeout' } });

    const lively = call(stage, 'slow', { steps: 4, delayMs: 20 }, 'lively');
    const steps = () => stage.app.payloads('call.progress').filter(({ callId }) => callId === 'lively');
    for (let step = 1; step <= 3; step += 1) {
      await until(() => (steps().at(-1)?.progress ?? 0) >= step);
      stage.app.time.advance(59_000);
    }
    expect((await lively).kind).toBe('result');
  });

  test(`${era}: a cancelled call ends at once, and the server hears of it`, async () => {
    const heard: boolean[] = [];
    const stage = await served((server) => {
      server.registerTool('wait', { inputSchema: z.object({}) }, async (_, ctx) => {
        await new Promise((resolve) => ctx.mcpReq.signal.addEventListener('abort', resolve));
        heard.push(ctx.mcpReq.signal.aborted);
        return { content: [] };
      });
    }, era);
    const outcome = call(stage, 'wait', {}, 'waiting');
    await until(() => sentRequests(stage.app.wire, 'tools/call').length === 1);
    await quietly();
    stage.features.calls.cancel('waiting');
    expect(await outcome).toEqual({ kind: 'cancelled' });
    await until(() => heard.length === 1);
  });
}

test('a tool that says it failed is told apart from a call the server refused', async () => {
  const stage = await served((server) => {
    server.registerTool('fail', { inputSchema: z.object({}) }, () => {
      throw new Error('out of ink');
    });
  });
  expect(await call(stage, 'fail')).toMatchObject({
    kind: 'result',
    isError: true,
    content: [{ type: 'text', text: 'out of ink' }],
  });
  const { features, connection } = await notesStage('modern');
  expect(await call({ features, connection }, 'no_such_tool')).toMatchObject({
    kind: 'problem',
    problem: { code: 'call-refused' },
  });
});

const result = (app: Awaited<ReturnType<typeof served>>['app'], value: object) => {
  app.wire.intercept = ({ body }) => {
    const message = body.startsWith('{') ? JSON.parse(body) : {};
    if (message.method !== 'tools/call') return undefined;
    const answer = { resultType: 'complete', content: [], ...value };
    return Response.json({ jsonrpc: '2.0', id: message.id, result: answer });
  };
};

test('structured content that does not fit its schema is shown, not refused', async () => {
  const stage = await served((server) => {
    server.registerTool('count', { outputSchema: z.object({ count: z.number() }) }, () => ({
      content: [],
      structuredContent: { count: 1 },
    }));
  });
  expect((await stage.features.catalog.tool(stage.connection, 'count')).outputSchema).toMatchObject({
    required: ['count'],
  });
  result(stage.app, { structuredContent: { count: 'many' } });
  expect(await call(stage, 'count')).toMatchObject({
    kind: 'result',
    structuredContent: { count: 'many' },
  });
  result(stage.app, {});
  expect((await call(stage, 'count')).kind).toBe('result');
  result(stage.app, { structuredContent: [1, 'two', null] });
  expect(await call(stage, 'count')).toMatchObject({ structuredContent: [1, 'two', null] });
});

test('an answer of any size is shown as far as there is room', async () => {
  const stage = await served(() => undefined);
  const shown = async (value: object) => {
    result(stage.app, value);
    const outcome = await call(stage, 'any');
    if (outcome.kind !== 'result') throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const long = await shown({ content: [{ type: 'text', text: 'x'.repeat(5_000_000) }] });
  expect(long.content).toEqual([{ type: 'text', text: 'x'.repeat(1_000_000), cut: true }]);
  const many = await shown({ content: Array(600).fill({ type: 'text', text: 'y' }) });
  expect([many.content.length, many.leftOut]).toEqual([500, { blocks: 100, structuredContent: false }]);
  const deep = await shown({ structuredContent: JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) });
  expect([deep.structuredContent, deep.leftOut]).toEqual([undefined, { blocks: 0, structuredContent: true }]);
  const picture = { type: 'image', mimeType: 'image/png', data: 'A'.repeat(13 * 1024 * 1024) };
  const large = await shown({ content: [picture, { type: 'text', text: 'after' }] });
  expect(large.content).toEqual([
    { type: 'unknown', json: expect.stringContaining('"characters":13631488') },
    { type: 'text', text: 'after' },
  ]);
});

test('parameters a tool wants as headers are sent as headers; after a mismatch the list is asked for again', async () => {
  const stage = await served((server) => {
    const inputSchema = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) });
    server.registerTool('locate', { inputSchema }, async ({ region }) => ({
      content: [{ type: 'text', text: region }],
    }));
  }, 'modern');
  const headers = () =>
    stage.app.wire.exchanges
      .filter(({ body }) => body.includes('"tools/call"'))
      .map((exchange) => exchange.headers.get('mcp-param-region'));
  // Nobody looked at the list: the server refuses, and nothing has run yet.
  const outcome: ToolCallOutcome = await call(stage, 'locate', { region: 'north' });
  expect(outcome).toMatchObject({ kind: 'result', content: [{ text: 'north' }] });
  expect(headers()).toEqual([null, 'north']);
  expect(await call(stage, 'locate', { region: 'south' })).toMatchObject({ kind: 'result' });
  expect(headers()).toEqual([null, 'north', 'south']);
});

test('a token the server repeats as progress gets no further', async () => {
  const app = await startCore({ sandbox: await sandboxForTest() });
  const { server, account } = await app.signedIn();
  const connection = app.core.connection(server.id, account.id);
  await connection.client();
  app.wire.intercept = ({ url, headers, body }) => {
    const { id, method, params } = url.pathname === '/mcp' && body ? JSON.parse(body) : {};
    if (method !== 'tools/call') return undefined;
    const { progressToken } = params._meta;
    const progress = { progressToken, progress: 1, message: `with ${headers.get('authorization')}` };
    const result = { resultType: 'complete', content: [] };
    const messages = [
      { jsonrpc: '2.0', method: 'notifications/progress', params: progress },
      { jsonrpc: '2.0', id, result },
    ];
    const text = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  };
  const stage = { features: app.core.features, connection };
  expect(await call(stage, 'whoami')).toMatchObject({ kind: 'result' });
  expect(app.payloads('call.progress').map(({ message }) => message)).toEqual(['with Bearer •••']);
});
