import { McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SCHEMA_BOUNDS } from '../../../src/main/servers/catalog-entries.ts';
import type { Connection } from '../../../src/main/servers/connection.ts';
import type { Era } from '../../sandbox/mcp-endpoint.ts';
import { problemCodeOf, startCore, type TestCore } from '../../support/core.ts';
import { openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

/** A server with one entry of each kind; all of them may change. */
function small({ listChanged = true } = {}): McpServer {
  const server = new McpServer({ name: 'small', version: '1' });
  server.registerTool('one', { inputSchema: z.object({}) }, () => ({ content: [] }));
  server.registerResource('note', 'note://one', {}, () => ({ contents: [] }));
  server.registerPrompt('ask', {}, () => ({ messages: [] }));
  if (!listChanged) {
    server.server.registerCapabilities({
      tools: { listChanged: false },
      resources: { listChanged: false },
      prompts: { listChanged: false },
    });
  }
  return server;
}

interface Page {
  entries: unknown[];
  nextCursor?: string;
  ttlMs?: number;
  cacheScope?: string;
}

/** Answers `tools/list` in the server's stead, page by page. */
function answerTools(app: TestCore, page: (cursor: string | undefined) => Page | Response): void {
  app.wire.intercept = ({ body }) => {
    const message = body.startsWith('{') ? JSON.parse(body) : {};
    if (message.method !== 'tools/list') return undefined;
    const answer = page(message.params?.cursor);
    if (answer instanceof Response) return answer;
    const { entries, ...rest } = answer;
    const result = { resultType: 'complete', tools: entries, ...rest };
    return Response.json({ jsonrpc: '2.0', id: message.id, result });
  };
}

async function connectedTo(app: TestCore, url: string): Promise<Connection> {
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  return connection;
}

async function stage(era: Era = 'both', listChanged = true) {
  const app = await startCore();
  const { url, endpoint } = await openMcpServer(() => small({ listChanged }), era);
  const connection = await connectedTo(app, url);
  const { catalog } = app.core.features;
  return { app, endpoint, connection, catalog, asked: () => sentRequests(app.wire, 'tools/list').length };
}

const named = (...names: string[]) => names.map((name) => ({ name, inputSchema: { type: 'object' } }));

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: a list is asked for once, and again when the server announces a change`, async () => {
    const { app, endpoint, connection, catalog, asked } = await stage(era);
    await Promise.all([catalog.tools(connection), catalog.tools(connection)]);
    expect((await catalog.tools(connection)).entries.map(({ name }) => name)).toEqual(['one']);
    expect(asked()).toBe(1);
    endpoint.announce('tools');
    await until(() => app.payloads('catalog.changed').length === 1);
    expect(app.payloads('catalog.changed')).toMatchObject([{ accountId: null, kind: 'tools' }]);
    await catalog.tools(connection);
    await catalog.tools(connection);
    expect(asked()).toBe(2);
  });

  test(`${era}: resources announce for templates too, and prompts for prompts only`, async () => {
    const { app, endpoint, connection, catalog } = await stage(era);
    const all = () =>
      Promise.all([
        catalog.resources(connection),
        catalog.templates(connection),
        catalog.prompts(connection),
      ]);
    const counts = () =>
      ['resources/list', 'resources/templates/list', 'prompts/list'].map(
        (method) => sentRequests(app.wire, method).length,
      );
    const [resources, templates, prompts] = await all();
    expect([resources?.entries, templates?.entries, prompts?.entries]).toMatchObject([
      [{ uri: 'note://one' }],
      [],
      [{ name: 'ask', arguments: [] }],
    ]);
    endpoint.announce('resources');
    await until(() => app.payloads('catalog.changed').length === 1);
    await all();
    expect(counts()).toEqual([2, 2, 1]);
  });

  test(`${era}: a thousand announcements are told twice, not a thousand times`, async () => {
    const { app, endpoint, connection, catalog } = await stage(era);
    await catalog.tools(connection);
    for (let count = 0; count < 1000; count += 1) endpoint.announce('tools');
    await until(() => app.payloads('catalog.changed').length === 1);
    await quietly(200);
    app.time.advance(60_000);
    expect(app.payloads('catalog.changed').length).toBeLessThanOrEqual(2);
  });
}

test('without announcements and cache hints a list is asked for each time', async () => {
  const { connection, catalog, asked } = await stage('both', false);
  await catalog.tools(connection);
  await catalog.tools(connection);
  expect(asked()).toBe(2);
});

test('a cache hint holds for as long as it says, the shortest of all pages, and no longer than a day', async () => {
  const { app, connection, catalog, asked } = await stage('both', false);
  answerTools(app, (cursor) =>
    cursor ? { entries: named('b'), ttlMs: 60_000 } : { entries: named('a'), nextCursor: '2', ttlMs: 9e9 },
  );
  await catalog.tools(connection);
  app.time.advance(59_999);
  await catalog.tools(connection);
  expect(asked()).toBe(2);
  app.time.advance(1);
  await catalog.tools(connection);
  expect(asked()).toBe(4);
  answerTools(app, () => ({ entries: named('a'), ttlMs: Number.MAX_SAFE_INTEGER }));
  app.time.advance(60_000);
  await catalog.tools(connection);
  app.time.advance(24 * 3_600_000 - 1);
  await catalog.tools(connection);
  expect(asked()).toBe(5);
  app.time.advance(1);
  await catalog.tools(connection);
  expect(asked()).toBe(6);
});

test('an announcement ends a cache hint', async () => {
  const { app, endpoint, connection, catalog, asked } = await stage();
  answerTools(app, () => ({ entries: named('a'), ttlMs: 3_600_000 }));
  await catalog.tools(connection);
  endpoint.announce('tools');
  await until(() => app.payloads('catalog.changed').length === 1);
  await catalog.tools(connection);
  expect(asked()).toBe(2);
});

test('a list for everybody is shared by the accounts of a server, a private one is not', async () => {
  const { app, connection, catalog, asked } = await stage('both', false);
  const other = app.core.supervisor.connection(connection.server, 'somebody-else');
  answerTools(app, () => ({ entries: named('a'), ttlMs: 60_000, cacheScope: 'public' }));
  await catalog.tools(connection);
  expect((await catalog.tools(other)).entries).toHaveLength(1);
  expect(asked()).toBe(1);
  app.time.advance(60_000);
  answerTools(app, () => ({ entries: named('a'), ttlMs: 60_000, cacheScope: 'private' }));
  await catalog.tools(connection);
  // Nobody of that name has a token: had it not needed its own list, it would not have tried to connect.
  expect(await problemCodeOf(catalog.tools(other))).toBe('account-unknown');
});

test('what is no tool is left out and counted; what only adorns one does not cost it', async () => {
  const { app, connection, catalog } = await stage();
  const sent = [
    ...named('good'),
    { name: 'sloppy', title: 7, description: ['x'], annotations: { destructiveHint: 'yes' } },
    { name: 'titled', inputSchema: {}, annotations: { title: 'From annotations', readOnlyHint: true } },
    null,
    'a string',
    [],
    {},
    { name: '' },
    { name: 7 },
    { name: 'x'.repeat(5000) },
    ...named('good'),
  ];
  answerTools(app, () => ({ entries: sent }));
  const { entries, leftOut, note } = await catalog.tools(connection);
  expect(entries.map(({ name }) => name)).toEqual(['good', 'sloppy', 'titled']);
  expect(entries[1]).toEqual({ name: 'sloppy', inputSchema: { type: 'object' }, annotations: {} });
  expect(entries[2]).toMatchObject({ title: 'From annotations', annotations: { readOnlyHint: true } });
  expect([leftOut, note]).toEqual([8, null]);
});

test('names stay exactly as they are called by, however odd', async () => {
  const { app, connection, catalog } = await stage();
  const odd = ['\u202Egnp.exe', '__proto__', 'constructor', '<img src=x>', 'a\u0000b', ' '];
  answerTools(app, () => ({ entries: named(...odd) }));
  const { entries } = await catalog.tools(connection);
  expect(entries.map(({ name }) => name)).toEqual(odd);
  expect((await catalog.tool(connection, '__proto__')).name).toBe('__proto__');
  expect(await problemCodeOf(catalog.tool(connection, 'toString'))).toBe('tool-unknown');
});

test('a schema that is too deep or too large is left out; the tool is there all the same', async () => {
  const { app, connection, catalog } = await stage();
  const deep = `${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}`;
  const wide = {
    type: 'object',
    properties: { choice: { enum: Array(SCHEMA_BOUNDS.characters).fill('x') } },
  };
  answerTools(
    app,
    () =>
      new Response(
        `{"jsonrpc":"2.0","id":${JSON.stringify(idOfLast(app))},"result":{"resultType":"complete","tools":[
          {"name":"deep","inputSchema":${deep}},
          {"name":"wide","inputSchema":${JSON.stringify(wide)}},
          {"name":"deep-output","inputSchema":{"type":"object"},"outputSchema":${deep}},
          {"name":"deep-elsewhere","inputSchema":{"type":"object"},"_meta":${deep}}]}}`,
        { headers: { 'content-type': 'application/json' } },
      ),
  );
  const { entries, leftOut } = await catalog.tools(connection);
  expect(entries).toEqual([
    { name: 'deep', inputSchema: { type: 'object' }, schemaLeftOut: true },
    { name: 'wide', inputSchema: { type: 'object' }, schemaLeftOut: true },
    { name: 'deep-output', inputSchema: { type: 'object' }, schemaLeftOut: true },
  ]);
  expect(leftOut).toBe(1);
});

const idOfLast = ({ wire }: TestCore): unknown => JSON.parse(wire.exchanges.at(-1)?.body ?? '{}').id;

test('a cursor that comes again ends the list, with a note', async () => {
  const { app, connection, catalog, asked } = await stage();
  answerTools(app, (cursor) => ({ entries: named(`after-${cursor}`), nextCursor: 'again' }));
  const { entries, note } = await catalog.tools(connection);
  expect(entries.map(({ name }) => name)).toEqual(['after-undefined', 'after-again']);
  expect([note, asked()]).toEqual(['cursor-repeated', 2]);
});

test('ten thousand tools on one page, and on two hundred pages', async () => {
  const { app, connection, catalog } = await stage('both', false);
  const schema = { type: 'object', properties: { query: { type: 'string', description: 'What to find' } } };
  const tools = Array.from({ length: 10_000 }, (_, index) => ({
    name: `tool-${index}`,
    inputSchema: schema,
  }));
  answerTools(app, () => ({ entries: tools }));
  expect(await catalog.tools(connection)).toMatchObject({ leftOut: 0, note: null });
  expect(catalog.held(connection, 'tools')?.entries).toHaveLength(10_000);
  answerTools(app, (cursor) => {
    const start = Number(cursor ?? 0);
    const nextCursor = start + 50 < tools.length ? { nextCursor: String(start + 50) } : {};
    return { entries: tools.slice(start, start + 50), ...nextCursor };
  });
  expect((await catalog.tools(connection)).entries).toHaveLength(10_000);
});

test('a list the server refuses is a named problem', async () => {
  const { app, connection, catalog } = await stage();
  answerTools(app, () =>
    Response.json({ jsonrpc: '2.0', id: idOfLast(app), error: { code: -32603, message: 'Out of tools' } }),
  );
  expect(await problemCodeOf(catalog.tools(connection))).toBe('request-refused');
});

test('a server is not asked for what it does not offer', async () => {
  const app = await startCore();
  const bare = () => new McpServer({ name: 'bare', version: '1' });
  const { url } = await openMcpServer(bare);
  const connection = await connectedTo(app, url);
  const { catalog } = app.core.features;
  expect(await catalog.tools(connection)).toMatchObject({ entries: [], leftOut: 0, note: null });
  expect((await catalog.prompts(connection)).entries).toEqual([]);
  expect(sentRequests(app.wire, 'tools/list')).toEqual([]);
});

test('resources without templates have none; templates we can not expand are left out', async () => {
  const { app, connection, catalog } = await stage();
  const answer = (result: object) =>
    (app.wire.intercept = ({ body }) => {
      const message = body.startsWith('{') ? JSON.parse(body) : {};
      if (message.method !== 'resources/templates/list') return undefined;
      return Response.json({ jsonrpc: '2.0', id: message.id, ...result });
    });
  answer({ error: { code: -32601, message: 'Method not found' } });
  expect((await catalog.templates(connection)).entries).toEqual([]);
  catalog.changed(connection, 'resources');
  const sent = ['note://{name}', 'note://{', 'weather://{city}{?day*,unit}', 'plain://one'];
  const resourceTemplates = sent.map((uriTemplate) => ({ name: uriTemplate, uriTemplate }));
  answer({ result: { resultType: 'complete', resourceTemplates } });
  const { entries, leftOut } = await catalog.templates(connection);
  expect(entries.map(({ uriTemplate, variables }) => [uriTemplate, variables])).toEqual([
    ['note://{name}', ['name']],
    ['weather://{city}{?day*,unit}', ['city', 'day', 'unit']],
    ['plain://one', []],
  ]);
  expect(leftOut).toBe(1);
});
