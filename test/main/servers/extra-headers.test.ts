import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { McpServer } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { addExtraHeaders, changedHeaders } from '../../../src/main/servers/extra-headers.ts';
import { headerName, headerValue } from '../../../src/shared/domain/extra-header.ts';
import type { RemoteServer } from '../../../src/shared/domain/server.ts';
import { McpEndpoint } from '../../sandbox/mcp-endpoint.ts';
import { problemCodeOf, sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { filesBelow } from '../../support/folder.ts';
import { webServer } from '../../support/servers.ts';
import { until } from '../../support/time.ts';

const KEY = 'sk-a-key-that-nobody-else-may-see';

/** An MCP server that lets in who has the key, and says what it was sent. */
async function keyServer(
  refuse: (res: ServerResponse) => void = (res) => res.writeHead(401).end(),
  name = 'behind-a-key',
) {
  const seen: IncomingHttpHeaders[] = [];
  const endpoint = new McpEndpoint('both', () => {
    const server = new McpServer({ name, version: '1' });
    server.registerTool('leak', { inputSchema: z.object({}) }, async () => {
      throw new Error(`your key is ${KEY}`);
    });
    return server;
  });
  onTestFinished(() => endpoint.close());
  const origin = await webServer((req: IncomingMessage, res) => {
    seen.push(req.headers);
    if (req.headers['x-api-key'] !== KEY && req.headers.authorization !== `Bearer ${KEY}`) return refuse(res);
    void endpoint.handle(req, res);
  });
  return { url: `${origin}/mcp`, seen };
}

async function connected(app: TestCore, server: RemoteServer) {
  const connection = app.core.connection(server.id, null);
  connection.start();
  await until(() => !['connecting', 'disconnected'].includes(connection.view.status));
  return connection.view;
}

/** Everything the app shows or keeps, as one text. */
async function everythingOf(app: TestCore): Promise<string> {
  const traces = app.core.traces.list(null).map(({ id }) => app.core.traces.get(id));
  const shown = JSON.stringify([app.events, traces, app.core.supervisor.views(), app.core.servers.all()]);
  await app.core.stop();
  return [shown, ...[...(await filesBelow(app.folder)).values()].map(String)].join('\n');
}

for (const headers of [{ 'X-Api-Key': KEY }, { Authorization: `Bearer ${KEY}` }]) {
  const [name] = Object.keys(headers);
  test(`a key in ${name} opens a server, at the first look and ever after; it is kept nowhere but in the vault`, async () => {
    const { url, seen } = await keyServer();
    const app = await startCore();
    expect(await app.core.inquiry.probe(url, headers)).toMatchObject({
      kind: 'open',
      suggestedName: 'behind-a-key',
    });
    const server = await app.core.addServer(url, 'Keyed', undefined, headers);
    expect(server.settings.headers).toEqual([name]);
    expect(await connected(app, server)).toMatchObject({ status: 'connected' });
    // Every request carried it, the stream of changes too.
    await app.core.features.catalog.tools(app.core.connection(server.id, null));
    expect(seen.length).toBeGreaterThan(2);
    const sent = seen.map((one) => one[(name ?? '').toLowerCase()]);
    expect(new Set(sent)).toEqual(new Set(Object.values(headers)));
    expect(await everythingOf(app)).not.toContain(KEY);
    expect(app.core.traces.list(server.id)).not.toEqual([]);
  });
}

test('a key a server repeats in what it says gets no further', async () => {
  const { url } = await keyServer((res) =>
    res.writeHead(403, { 'x-echo': KEY }).end(`{"bad key": "${KEY}"}`),
  );
  const app = await startCore();
  const server = await app.core.addServer(url, 'Keyed', undefined, { 'X-Other': KEY, 'X-Pin': '12' });
  expect(await connected(app, server)).toMatchObject({ status: 'failed', problem: { code: 'not-mcp' } });
  const [{ id } = { id: '' }] = app.core.traces.list(server.id);
  // However short it is, a trace holds no value of such a header.
  expect(app.core.traces.get(id)?.steps[0]?.request?.headers).toMatchObject({
    'x-other': '•••',
    'x-pin': '•••',
  });
  expect(await everythingOf(app)).not.toContain(KEY);
});

test('a server that calls itself by the key it was sent has another name here', async () => {
  const { url } = await keyServer(undefined, KEY);
  const app = await startCore();
  const server = await app.core.addServer(url, 'Keyed', undefined, { 'X-Api-Key': KEY });
  expect(await connected(app, server)).toMatchObject({ status: 'connected', serverName: '•••' });
  expect(await everythingOf(app)).not.toContain(KEY);
});

test('a key that is refused is named as such, and nothing is tried again by itself', async () => {
  const { url, seen } = await keyServer();
  const app = await startCore();
  const server = await app.core.addServer(url, 'Keyed', undefined, { 'X-Api-Key': 'an old key' });
  expect(await connected(app, server)).toMatchObject({
    status: 'failed',
    problem: { code: 'key-refused', params: { headers: 'X-Api-Key' } },
  });
  const requests = seen.length;
  app.time.advance(3_600_000);
  expect(seen).toHaveLength(requests);
  // The right one, entered in the settings, opens it.
  await app.core.changeServerSettings(server.id, server.settings, { 'x-api-key': KEY });
  expect(app.core.servers.requireRemote(server.id).settings.headers).toEqual(['x-api-key']);
  await until(() => app.core.connection(server.id, null).view.status === 'connected');
  await app.core.changeServerSettings(server.id, app.core.servers.requireRemote(server.id).settings, {
    'X-API-KEY': null,
  });
  expect(app.core.servers.requireRemote(server.id).settings.headers).toEqual([]);
  await until(() => app.core.connection(server.id, null).view.status !== 'connected');
});

test('a server that asks for a sign-in beside a key gets one', async () => {
  const { url } = await keyServer((res) =>
    res.writeHead(401, { 'www-authenticate': 'Bearer scope="a"' }).end(),
  );
  const app = await startCore();
  const server = await app.core.addServer(url, 'Keyed', undefined, { 'X-Gateway': 'known' });
  expect(await connected(app, server)).toMatchObject({ status: 'waiting-for-sign-in' });
});

test('a redirect to another origin takes no key along', async () => {
  const elsewhere: IncomingHttpHeaders[] = [];
  const other = await webServer((req, res) => {
    elsewhere.push(req.headers);
    res.end('{}');
  });
  const origin = await webServer((_req, res) => res.writeHead(307, { location: `${other}/mcp` }).end());
  const app = await startCore();
  const server = await app.core.addServer(`${origin}/mcp`, 'Keyed', undefined, { 'X-Api-Key': KEY });
  expect(await connected(app, server)).toMatchObject({ status: 'failed' });
  expect(elsewhere).toEqual([]);
});

test('issuers, and metadata wherever it is, are asked without the key', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const server = await app.core.addServer(sandbox.mcpUrl, 'Keyed', undefined, { 'X-Api-Key': KEY });
  expect(await app.signIn(server)).toMatchObject({ status: { kind: 'succeeded' } });
  const carried = app.wire.exchanges.filter(({ headers }) => headers.has('x-api-key'));
  expect(new Set(carried.map(({ url }) => url.href))).toEqual(new Set([sandbox.mcpUrl]));
  expect(app.wire.exchanges.length).toBeGreaterThan(carried.length);
  // With the account, requests carry both.
  expect(carried.some(({ headers }) => headers.get('authorization')?.startsWith('Bearer '))).toBe(true);
});

test('an account’s token is the only Authorization: a key there is refused, and not sent', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server } = await app.signedIn();
  const { settings } = server;
  expect(
    await problemCodeOf(
      app.core.changeServerSettings(server.id, settings, { authorization: `Bearer ${KEY}` }),
    ),
  ).toBe('key-beside-accounts');
  const headers = new Headers({ authorization: 'Bearer token' });
  addExtraHeaders(headers, { AUTHORIZATION: KEY, 'X-Api-Key': KEY }, true);
  expect(Object.fromEntries(headers)).toEqual({ authorization: 'Bearer token', 'x-api-key': KEY });
  const bare = new Headers();
  addExtraHeaders(bare, { Authorization: KEY }, true);
  expect(bare.has('authorization')).toBe(false);
});

test('headers of the protocol can be neither named nor overridden', () => {
  const reserved = [
    'Host',
    'content-length',
    'Content-Type',
    'ACCEPT',
    'Cookie',
    'Mcp-Session-Id',
    'mcp-anything',
  ];
  reserved.push(
    'MCP-Protocol-Version',
    'Transfer-Encoding',
    'Connection',
    'Proxy-Authorization',
    'Sec-Fetch-Site',
  );
  reserved.push('Last-Event-ID', 'DPoP', 'Origin', 'TE', 'Upgrade', 'Set-Cookie', 'Expect');
  for (const name of reserved) {
    expect(headerName.safeParse(name).success, name).toBe(false);
    // Not even when it got into the vault some other way.
    const headers = new Headers({ accept: 'text/event-stream' });
    addExtraHeaders(headers, { [name]: 'evil' }, false);
    expect(Object.fromEntries(headers), name).toEqual({ accept: 'text/event-stream' });
  }
  const headers = new Headers({ 'x-set-by-the-protocol': 'ours' });
  addExtraHeaders(headers, { 'X-Set-By-The-Protocol': 'theirs' }, false);
  expect(headers.get('x-set-by-the-protocol')).toBe('ours');
});

test('what passes as a name and a value is a header of one line, whatever is typed', () => {
  for (const name of ['', 'a b', 'a:b', 'a\r\nb', 'ä', 'x\u0000', '(x)', `${'x'.repeat(201)}`]) {
    expect(headerName.safeParse(name).success, name).toBe(false);
  }
  for (const value of ['', ' ', ' a', 'a ', 'a\r\nX-Evil: 1', 'a\nb', 'a\u0000', 'ключ', 'a\u007f']) {
    expect(headerValue.safeParse(value).success, value).toBe(false);
  }
  let accepted = 0;
  const typed = fc.string({
    unit: fc.constantFrom(...'aB1-!~: \t\r\n\u0000é\u202e'),
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(typed, typed, (name, value) => {
      if (!headerName.safeParse(name).success || !headerValue.safeParse(value).success) return;
      accepted += 1;
      expect([...new Headers({ [name]: value })]).toEqual([[name.toLowerCase(), value]]);
    }),
    { numRuns: 5_000 },
  );
  expect(accepted).toBeGreaterThan(10);
});

test('headers that differ in case only are one, and fifty are enough', async () => {
  expect(changedHeaders({ 'X-A': '1', 'x-b': '2' }, { 'x-a': '3', 'X-B': null, 'X-C': '4' })).toEqual({
    'x-a': '3',
    'X-C': '4',
  });
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`x-${index}`, 'v']));
  expect(await problemCodeOf(Promise.resolve().then(() => changedHeaders({}, many)))).toBe(
    'too-many-headers',
  );
});

test('a key that is gone from the vault is asked for', async () => {
  const { url, seen } = await keyServer();
  const app = await startCore();
  const server = await app.core.addServer(url, 'Keyed', undefined, { 'X-Api-Key': KEY });
  await app.core.vault.delete(server.id);
  expect(await connected(app, server)).toMatchObject({
    status: 'failed',
    problem: { code: 'secret-value-missing', params: { name: 'X-Api-Key' } },
  });
  expect(seen).toEqual([]);
});
