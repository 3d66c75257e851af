import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { carriedParts } from '../../../../src/main/servers/result-door.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { quietly, until } from '../../../support/time.ts';
import { connected, draft, localStage, program, textOf } from './stage.ts';

const everything = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);

test('server-everything over stdio: its tools are listed, and one is called', async () => {
  const stage = await localStage();
  const server = await stage.started(draft({ program: process.execPath, arguments: [everything, 'stdio'] }));
  const { core } = stage.app;
  const tools = await core.features.catalog.tools(core.connection(server.id, null));
  expect(tools.entries.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum']));
  const outcome = await core.calls.call(core.connection(server.id, null), {
    callId: 'call',
    name: 'echo',
    arguments: { message: 'hello' },
  });
  expect(textOf(outcome)).toBe('Echo: hello');
  expect(stage.connection(server).view).toMatchObject({ status: 'connected', protocolVersion: '2025-11-25' });
});

test('a program of the modern era is spoken to in it, over one process, and that is remembered', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('modern', '--modern-only')));
  await connected(stage, server);
  expect(stage.connection(server).view).toMatchObject({
    protocolVersion: '2026-07-28',
    serverName: 'modern',
  });
  expect(stage.app.core.servers.requireLocal(server.id).era).toBe('modern');
});

test('a program that ends at the first word of the new era is started once more, the old way, and never asked again', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('speaker', '--strict', '--log', stage.log)));
  await connected(stage, server);
  expect(await stage.logged()).toHaveLength(2);
  expect(stage.app.core.servers.requireLocal(server.id).era).toBe('legacy');
  await stage.connection(server).reconnect();
  await connected(stage, server);
  expect(await stage.logged()).toHaveLength(3);
});

test('an era that turns out wrong is looked for again', async () => {
  const stage = await localStage();
  const added = await stage.add(draft(program('modern', '--modern-only')));
  await stage.app.core.servers.put({ ...added, era: 'legacy' });
  await stage.approve(added);
  await connected(stage, added);
  expect(stage.connection(added).view.protocolVersion).toBe('2026-07-28');
  expect(stage.app.core.servers.requireLocal(added.id).era).toBe('modern');
});

test('arguments reach the program as they are: no shell reads them', async () => {
  const stage = await localStage();
  const odd = ['--', 'two words', '$HOME', '`id`', '"quoted"', '; exit 1', '*', '', 'π\n'];
  const folder = await realpath(await temporaryFolder());
  const server = await stage.started(draft({ ...program('speaker', ...odd), folder }));
  expect(JSON.parse(textOf(await stage.call(server, 'place')))).toEqual({ folder, arguments: odd });
});

test('without a folder of its own a program runs in the home folder', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  expect(JSON.parse(textOf(await stage.call(server, 'place')))).toMatchObject({
    folder: await realpath(homedir()),
  });
});

test('of Gatehouse’s own environment a program sees no more than a few harmless variables', async () => {
  process.env.GATEHOUSE_TEST_TOKEN = 'for nobody else';
  const stage = await localStage();
  const server = await stage.started(
    draft({
      environment: [
        { name: 'PLAIN', secret: false, value: 'a value' },
        { name: 'API_KEY', secret: true, value: 'a secret value' },
      ],
    }),
  );
  const environment = JSON.parse(textOf(await stage.call(server, 'environment')));
  delete process.env.GATEHOUSE_TEST_TOKEN;
  expect(environment).toMatchObject({ PLAIN: 'a value', API_KEY: 'a secret value', PATH: process.env.PATH });
  const allowed = [
    'HOME',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'LOGNAME',
    'PATH',
    'SHELL',
    'TERM',
    'TMPDIR',
    'TZ',
    'USER',
  ];
  const own = ['PLAIN', 'API_KEY', 'GATEHOUSE_PROCESS'];
  expect(Object.keys(environment).filter((name) => ![...allowed, ...own].includes(name))).toEqual([]);
});

test('a program that ends in the middle of a call: the call says how, and it comes back by itself', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('speaker', '--log', stage.log)));
  await connected(stage, server);
  for (const [what, value, how] of [
    ['exit', 7, 'exit code 7'],
    ['kill', 'SIGKILL', 'signal SIGKILL'],
  ] as const) {
    expect(await stage.call(server, what, value)).toMatchObject({
      kind: 'problem',
      problem: { code: 'command-ended', params: { name: 'Local', how } },
    });
    const { view } = stage.connection(server);
    expect(view).toMatchObject({ status: 'reconnecting', problem: { code: 'command-ended' } });
    stage.app.time.advance((view.nextAttemptAt ?? 0) - stage.app.time.now());
    await connected(stage, server);
  }
  // One start, two more; no call was repeated.
  const logged = await stage.logged();
  expect(logged.filter((line) => line.startsWith('start'))).toHaveLength(3);
  expect(logged.filter((line) => line.startsWith('call'))).toEqual(['call exit', 'call kill']);
});

test('a program that closes its output is over, and so is its process', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  await connected(stage, server);
  expect(await stage.call(server, 'close-output')).toMatchObject({
    kind: 'problem',
    problem: { code: 'command-ended', params: { how: 'exit code 0' } },
  });
  expect(stage.app.core.local.view(server.id).state).toMatchObject({ kind: 'ended', exitCode: 0 });
});

test('what is no message is shown with the program’s output and disturbs nothing', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  expect(textOf(await stage.call(server, 'garbage'))).toBe('after garbage');
  expect(stage.app.core.local.view(server.id).lines).toMatchObject([
    { from: 'stdout', text: 'this is no message' },
    { from: 'stdout', text: '{"jsonrpc":"1.0","id":1}' },
    { from: 'stdout', text: '[1,2,3]' },
    { from: 'stdout', text: '"text"' },
  ]);
});

test('messages nested without end disturb nothing', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  expect(textOf(await stage.call(server, 'deep'))).toBe('after the depths');
  expect(textOf(await stage.call(server, 'deep'))).toBe('after the depths');
});

test('a message just below the limit arrives', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  const size = 15 * 1024 * 1024;
  const { client } = await stage.connection(server).client();
  const result = await client.callTool({ name: 'run', arguments: { what: 'large', value: size } });
  const [block] = carriedParts(result) as { text: string }[];
  expect(block?.text).toHaveLength(size);
});

test('a line without an end: the program is ended long before 100 MB were read', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('speaker', '--log', stage.log)));
  await connected(stage, server);
  expect(await stage.call(server, 'endless', 100)).toMatchObject({
    kind: 'problem',
    problem: { code: 'message-too-long', params: { limit: '16 MiB' } },
  });
  // The pipe holds a little more than was read.
  const wrote = (await stage.logged()).filter((line) => line.startsWith('wrote')).length;
  expect(wrote).toBeGreaterThanOrEqual(15);
  expect(wrote).toBeLessThanOrEqual(18);
  await until(() => stage.app.core.local.processes.all().length === 0);
});

test('a result of 100 MB is refused by name, and the next call works', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  await connected(stage, server);
  expect(await stage.call(server, 'large', 100 * 1024 * 1024)).toMatchObject({
    kind: 'problem',
    problem: { code: 'message-too-long' },
  });
  expect(textOf(await stage.call(server, 'log', ''))).toBe('logged');
});

test('a flood of errors: the last 200 lines are kept, each cut, and the page hears of it now and then', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  expect(textOf(await stage.call(server, 'stderr-flood', 20_000))).toBe('flooded');
  const { lines } = stage.app.core.local.view(server.id);
  await until(
    () => stage.app.core.local.view(server.id).lines.at(-1)?.text.startsWith('line 19999 ') === true,
  );
  expect(lines).toHaveLength(200);
  expect(Math.max(...lines.map(({ text }) => text.length))).toBe(2001);
  stage.app.time.advance(1000);
  expect(stage.app.payloads('process.changed').length).toBeLessThanOrEqual(2);
});

test('invisible and control characters of a program’s output are made visible', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  await stage.call(server, 'log', '\u001b[31mred\u001b[0m\tand \u202etxet\n');
  await until(() => stage.app.core.local.view(server.id).lines.length > 0);
  expect(stage.app.core.local.view(server.id).lines).toMatchObject([
    { from: 'stderr', text: '\\u{1b}[31mred\\u{1b}[0m  and \\u{202e}txet' },
  ]);
});

test('what a tool refuses is told apart from a program that ended', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  expect(await stage.call(server, 'refuse', 'not today')).toMatchObject({
    kind: 'problem',
    problem: { code: 'call-refused', params: { message: expect.stringContaining('not today') } },
  });
  expect(stage.connection(server).view.status).toBe('connected');
});

test('a program that answers, but not as an MCP server, is named as such, and ended', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('speaker', '--rude')));
  await until(() => stage.connection(server).view.status === 'failed');
  expect(stage.connection(server).view.problem).toMatchObject({
    code: 'program-not-mcp',
    params: { what: 'error -32603' },
    detail: expect.stringContaining('no database'),
  });
  expect(stage.app.core.local.processes.all()).toEqual([]);
});

test('the trace of a connection names what was exchanged', async () => {
  const stage = await localStage();
  const server = await stage.started(draft());
  await connected(stage, server);
  const [summary] = stage.app.core.traces.list(server.id);
  expect(summary).toMatchObject({ kind: 'connection', outcome: 'succeeded' });
  const titles = stage.app.core.traces
    .get(summary?.id ?? '')
    ?.steps.map(({ from, title }) => `${from}: ${title}`);
  expect(titles).toEqual(
    expect.arrayContaining([
      'gatehouse: MCP server/discover',
      'server: MCP error',
      'gatehouse: MCP initialize',
    ]),
  );
});

test.each([
  ['a program that does not exist', { program: 'no-such-program-anywhere' }, 'program-not-found'],
  ['a program that is a folder', { program: '/' }, 'program-not-started'],
  ['a folder that does not exist', { folder: '/no/such/folder' }, 'folder-not-found'],
  ['a folder that is a file', { folder: process.execPath }, 'folder-not-found'],
  ['a folder that is no full path', { folder: 'src' }, 'folder-not-found'],
])('%s is named, and nothing is tried again by itself', async (_, over, code) => {
  const stage = await localStage();
  const server = await stage.started(draft(over));
  await until(() => stage.connection(server).view.status === 'failed');
  expect(stage.connection(server).view.problem?.code).toBe(code);
  stage.app.time.advance(3_600_000);
  await quietly();
  expect(stage.connection(server).view.status).toBe('failed');
  expect(stage.app.core.local.processes.all()).toEqual([]);
});
