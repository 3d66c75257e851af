import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { LOG_LIMIT } from '../../../src/main/servers/server-logs.ts';
import { LOG_TEXT_LIMIT } from '../../../src/shared/domain/server-log.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { notesStage, openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

type Stage = Awaited<ReturnType<typeof notesStage>>;

async function speak({ features, connection }: Stage, level: string, text: string): Promise<void> {
  const options = { callId: crypto.randomUUID(), name: 'speak', arguments: { level, text } };
  expect(await features.calls.call(connection, options)).toMatchObject({ kind: 'result', isError: false });
}

const texts = ({ features, server }: Stage) =>
  features.logs.log(server.id).entries.map(({ level, text }) => `${level}: ${text}`);

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: messages are kept as text, with level, logger and time`, async () => {
    const stage = await notesStage(era);
    await speak(stage, 'warning', 'Milk is out');
    await until(() => texts(stage).length > 0);
    expect(stage.features.logs.log(stage.server.id).entries[0]).toEqual({
      number: 1,
      at: stage.app.time.now(),
      accountId: null,
      level: 'warning',
      logger: 'sandbox',
      text: 'Milk is out',
      source: 'server',
    });
    expect(stage.app.payloads('log.changed')[0]).toEqual({ serverId: stage.server.id });
  });

  test(`${era}: the level asked for holds, also after a reconnect`, async () => {
    const stage = await notesStage(era);
    const { features, server, connection } = stage;
    await features.logs.setLevel(server.id, 'debug', [connection]);
    await speak(stage, 'info', 'one');
    await until(() => texts(stage).length === 2);
    expect(texts(stage)).toEqual(['info: one', 'debug: {"said":"one","at":"the lowest level"}']);
    await features.logs.setLevel(server.id, 'error', [connection]);
    await connection.reconnect();
    await until(() => connection.view.status === 'connected');
    await quietly();
    features.logs.clear(server.id);
    await speak(stage, 'warning', 'not asked for');
    await speak(stage, 'error', 'asked for');
    await until(() => texts(stage).length === 1);
    expect(texts(stage)).toEqual(['error: asked for']);
    expect(features.logs.log(server.id).level).toBe('error');
    expect(sentRequests(stage.app.wire, 'logging/setLevel')).toHaveLength(era === 'legacy' ? 3 : 0);
  });
}

test('a server that offers no log is not told of levels', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(() => {
    const server = new McpServer({ name: 'quiet', version: '1' });
    server.registerTool('one', { inputSchema: z.object({}) }, () => ({ content: [] }));
    return server;
  });
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  await app.core.features.logs.setLevel(server.id, 'debug', [connection]);
  await app.core.calls.call(connection, { callId: 'a', name: 'one', arguments: {} });
  expect(app.wire.exchanges.some(({ body }) => body.includes('logLevel'))).toBe(false);
});

test('of a thousand messages the newest are kept, and told together', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(() => {
    const server = new McpServer({ name: 'noisy', version: '1' }, { capabilities: { logging: {} } });
    server.registerTool('shout', { inputSchema: z.object({}) }, async (_, ctx) => {
      for (let count = 1; count <= 1000; count += 1) await ctx.mcpReq.log('info', `message ${count}`);
      await ctx.mcpReq.log('info', 'x'.repeat(1_000_000));
      await ctx.mcpReq.log('info', { deep: JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) });
      return { content: [] };
    });
    return server;
  }, 'legacy');
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await app.core.calls.call(connection, { callId: 'a', name: 'shout', arguments: {} });
  const { logs } = app.core.features;
  await until(() => logs.log(server.id).dropped === 1002 - LOG_LIMIT);
  const { entries } = logs.log(server.id);
  expect([entries.length, entries.at(0)?.text, entries.at(-1)?.text]).toEqual([
    LOG_LIMIT,
    'message 503',
    '(too large to show)',
  ]);
  expect(entries.at(-2)?.text).toHaveLength(LOG_TEXT_LIMIT);
  app.time.advance(60_000);
  expect(app.payloads('log.changed').length).toBeLessThanOrEqual(2);
});

test('a token the server repeats in its log gets no further', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const { accessToken } = await app.core.keeper.authorization(account.id);
  const connection = app.core.connection(server.id, account.id);
  const values = { level: 'error', text: `your token is ${accessToken}, keep it` };
  await app.core.calls.call(connection, { callId: 'a', name: 'speak', arguments: values });
  await until(() => app.core.features.logs.log(server.id).entries.length > 0);
  expect(app.core.features.logs.log(server.id).entries[0]).toMatchObject({
    accountId: account.id,
    text: 'your token is •••, keep it',
  });
});

test('nothing of a removed server is kept', async () => {
  const stage = await notesStage('modern');
  await speak(stage, 'error', 'once');
  await until(() => texts(stage).length === 1);
  await stage.app.core.leaving.removeServer(stage.server.id);
  expect(texts(stage)).toEqual([]);
});
