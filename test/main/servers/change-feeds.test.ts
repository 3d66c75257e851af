import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemCodeOf, startCore } from '../../support/core.ts';
import { openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

function small(): McpServer {
  const server = new McpServer({ name: 'small', version: '1' });
  server.registerTool('one', { inputSchema: z.object({}) }, () => ({ content: [] }));
  return server;
}

/** A stream the test writes, in place of the server's answer to `subscriptions/listen`. */
function writtenStream() {
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      writer = controller;
    },
  });
  const send = (message: object) =>
    writer?.enqueue(
      new TextEncoder().encode(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`),
    );
  const meta = (id: unknown) => ({ _meta: { 'io.modelcontextprotocol/subscriptionId': id } });
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    acknowledge: (id: unknown, notifications: object) =>
      send({
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications, ...meta(id) },
      }),
    announce: (id: unknown) => send({ method: 'notifications/tools/list_changed', params: meta(id) }),
    end: () => writer?.close(),
  };
}

/** A core that relies on feeds, which are streams of this test, one after the other. */
async function stage() {
  const app = await startCore({ randomness: { id: () => crypto.randomUUID(), fraction: () => 0 } });
  const { url } = await openMcpServer(small, 'modern');
  const streams: (ReturnType<typeof writtenStream> & { id: unknown })[] = [];
  app.wire.intercept = ({ body }) => {
    const message = body.startsWith('{') ? JSON.parse(body) : {};
    if (message.method !== 'subscriptions/listen') return undefined;
    const stream = { ...writtenStream(), id: message.id };
    streams.push(stream);
    stream.acknowledge(message.id, { toolsListChanged: true });
    return stream.response;
  };
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  const { catalog } = app.core.features;
  await catalog.tools(connection);
  return { app, connection, streams, catalog };
}

const asked = (app: Awaited<ReturnType<typeof startCore>>) => sentRequests(app.wire, 'tools/list').length;

test('a feed that broke makes lists doubtful and is opened again, later each time it breaks at once', async () => {
  const { app, connection, streams, catalog } = await stage();
  await catalog.tools(connection);
  expect(asked(app)).toBe(1);
  const pauses: number[] = [];
  for (let round = 1; round <= 4; round += 1) {
    streams.at(-1)?.end();
    await until(() => app.time.nextDue !== null);
    pauses.push((app.time.nextDue ?? 0) - app.time.now());
    app.time.advance(pauses.at(-1) ?? 0);
    await until(() => streams.length === round + 1);
  }
  expect(pauses).toEqual([1000, 2000, 4000, 8000]);
  await catalog.tools(connection);
  expect(asked(app)).toBe(2);
  // What was opened again is heard.
  await quietly();
  streams.at(-1)?.announce(streams.at(-1)?.id);
  await until(() => app.payloads('catalog.changed').length === 1);
  expect(connection.view.status).toBe('connected');
});

test('a feed that held for a while is opened again soon', async () => {
  const { app, streams } = await stage();
  for (let round = 1; round <= 3; round += 1) {
    app.time.advance(60_000);
    streams.at(-1)?.end();
    await until(() => app.time.nextDue !== null);
    expect((app.time.nextDue ?? 0) - app.time.now()).toBe(1000);
    app.time.advance(1000);
    await until(() => streams.length === round + 1);
    await quietly();
  }
});

test('a connection nobody looks at has no feed; who asks for a list is heard from before it is asked for', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(small, 'modern');
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  const call = { callId: 'one', name: 'one', arguments: {} };
  expect((await app.core.calls.call(connection, call)).kind).toBe('result');
  expect(sentRequests(app.wire, 'subscriptions/listen')).toHaveLength(0);
  await Promise.all([
    app.core.features.catalog.tools(connection),
    app.core.features.catalog.tools(connection),
  ]);
  const methods = app.wire.exchanges.map(({ body }) => /"method":"([^"]+)"/.exec(body)?.[1]);
  expect(methods.slice(-2)).toEqual(['subscriptions/listen', 'tools/list']);
  // Whoever opens the connection again hears at once.
  await connection.stop();
  await connection.client();
  expect(sentRequests(app.wire, 'subscriptions/listen')).toHaveLength(2);
});

test('a server that never acknowledges delays the first list by three seconds, not every list for ever', async () => {
  const app = await startCore();
  const { url } = await openMcpServer(small, 'modern');
  let waiting = false;
  app.wire.intercept = ({ body }) => {
    if (!body.includes('subscriptions/listen')) return undefined;
    waiting = true;
    return new Promise<undefined>(() => undefined);
  };
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  const { catalog } = app.core.features;
  const first = catalog.tools(connection);
  await until(() => waiting);
  await quietly();
  expect(asked(app)).toBe(0);
  app.time.advance(3000);
  expect((await first).entries).toHaveLength(1);
  expect((await catalog.tools(connection)).entries).toHaveLength(1);
});

test('what is followed at once is followed together; what the server does not carry is not followed', async () => {
  const { app, connection, streams } = await stage();
  const { subscriptions } = app.core.features;
  app.wire.intercept = ({ body }) => {
    const message = body.startsWith('{') ? JSON.parse(body) : {};
    if (message.method !== 'subscriptions/listen') return undefined;
    const stream = { ...writtenStream(), id: message.id };
    streams.push(stream);
    const wanted: string[] = message.params.notifications.resourceSubscriptions ?? [];
    const resourceSubscriptions = wanted.filter((uri) => uri.startsWith('note:'));
    stream.acknowledge(message.id, { toolsListChanged: true, resourceSubscriptions });
    return stream.response;
  };
  await Promise.all(['note:a', 'note:b', 'note:c'].map((uri) => subscriptions.subscribe(connection, uri)));
  expect(subscriptions.uris(connection)).toEqual(['note:a', 'note:b', 'note:c']);
  expect(await problemCodeOf(subscriptions.subscribe(connection, 'other:d'))).toBe('resource-not-followed');
  expect(subscriptions.uris(connection)).toEqual(['note:a', 'note:b', 'note:c']);
});

test('a connection that is stopped opens no feed any more', async () => {
  const { app, connection, streams } = await stage();
  await connection.stop();
  await quietly();
  app.time.advance(3_600_000);
  await quietly();
  expect(streams).toHaveLength(1);
});
