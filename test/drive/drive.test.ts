import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { callbackOf, sandboxForTest, TEST_KEY } from '../support/core.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serverEverything } from '../support/server-everything.ts';
import { nobody, webServer } from '../support/servers.ts';
import { drive, exitCodes } from './drive.ts';
import { parseOptions } from './options.ts';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const everything = join(project, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');

type Line = { event: string } & Record<string, unknown>;

/** A run in this process, in a profile of this test's own. */
async function driven(argv: string[], folder?: string): Promise<{ code: number; lines: Line[] }> {
  const lines: Line[] = [];
  const code = await drive(parseOptions(argv), {
    folder: folder ?? (await temporaryFolder()),
    key: TEST_KEY,
    print: (line) => lines.push(line as Line),
    fetch,
    clientMetadataUrl: null,
  });
  return { code, lines };
}

/** A run of its own process, under way. */
function start(argv: string[], cwd = project) {
  return spawn(process.execPath, [join(project, 'test', 'drive', 'main.ts'), ...argv], {
    cwd,
    env: { ...process.env, GATEHOUSE_DRIVE_KEY: TEST_KEY, NODE_OPTIONS: '' },
  });
}

/** A run of its own process, to the end. */
async function spawned(argv: string[], cwd = project): Promise<{ code: number; out: string; err: string }> {
  const child = start(argv, cwd);
  child.stdin.end();
  const [code, out, err] = await Promise.all([
    new Promise<number>((resolve) => child.once('close', (value) => resolve(value ?? -1))),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, err };
}

const of = (lines: Line[], event: string) => lines.filter((line) => line.event === event);

test('a whole run signs in, lists, calls, renews, shows the account and signs out', async () => {
  const sandbox = await sandboxForTest();
  const folder = await temporaryFolder();
  const trace = join(folder, 'trace.json');
  const { code, lines } = await driven(
    [
      ...[sandbox.mcpUrl, '--list', '--call', 'echo', '--args', '{"text":"hello"}', '--refresh'],
      ...['--accounts', '--trace', trace],
    ],
    folder,
  );
  expect(code).toBe(exitCodes.done);
  expect(of(lines, 'sign-in').map(({ step, status }) => `${step} ${status}`)).toEqual([
    'discover working',
    'register working',
    'browser waiting-for-browser',
    'token working',
    'connect working',
    'connect succeeded',
  ]);
  expect(of(lines, 'tools')[0]?.tools).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: 'echo' })]),
  );
  expect(of(lines, 'result')).toMatchObject([{ tool: 'echo', content: [{ type: 'text', text: 'hello' }] }]);
  expect(of(lines, 'refresh')).toMatchObject([{ outcome: 'renewed', state: 'live' }]);
  expect(of(lines, 'account')).toMatchObject([{ issuer: sandbox.issuerUrl, state: 'live' }]);
  expect(lines.at(-1)).toEqual({ event: 'done' });
  expect(JSON.parse(await readFile(trace, 'utf8'))).not.toEqual([]);

  // The profile is kept: no second authorization request.
  sandbox.reset();
  const again = await driven([sandbox.mcpUrl, '--call', 'whoami', '--sign-out', '--accounts'], folder);
  expect(again.code).toBe(exitCodes.done);
  expect(sandbox.count({ path: '/authorize' })).toBe(0);
  expect(of(again.lines, 'sign-out')).toMatchObject([{ revocation: 'confirmed' }]);
  expect(of(again.lines, 'account')).toEqual([]);
});

test('a call is repeated, many at once', async () => {
  const sandbox = await sandboxForTest();
  const { code, lines } = await driven([
    ...[sandbox.mcpUrl, '--call', 'add', '--args', '{"a":1,"b":2}', '--times', '40', '--parallel', '20'],
  ]);
  expect(code).toBe(exitCodes.done);
  expect(of(lines, 'calls')).toEqual([{ event: 'calls', tool: 'add', succeeded: 40, failed: 0 }]);
});

test('a call that needs more is granted once and repeated', async () => {
  const sandbox = await sandboxForTest();
  const { code, lines } = await driven([sandbox.mcpUrl, '--call', 'admin_report']);
  expect(code).toBe(exitCodes.done);
  expect(of(lines, 'problem')).toMatchObject([{ code: 'scope-insufficient' }]);
  expect(of(lines, 'result')).toHaveLength(1);
});

test('exit 2: the sign-in failed', async () => {
  const sandbox = await sandboxForTest();
  sandbox.issuer.failNext({ endpoint: 'token', status: 400, body: { error: 'invalid_grant' } });
  const { code, lines } = await driven([sandbox.mcpUrl]);
  expect(code).toBe(exitCodes.signInFailed);
  expect(of(lines, 'problem')).toMatchObject([{ code: 'token-refused', sentence: expect.any(String) }]);
  expect(of(lines, 'done')).toEqual([]);
});

test('exit 2: the issuer shows a page that wants a person', async () => {
  const sandbox = await sandboxForTest({ consent: 'click' });
  const { code, lines } = await driven([sandbox.mcpUrl]);
  expect(code).toBe(exitCodes.signInFailed);
  expect(of(lines, 'browser')).toMatchObject([
    { status: 200, advice: expect.stringContaining('--browser print') },
  ]);
});

test('exit 2: a renewal failed', async () => {
  const sandbox = await sandboxForTest();
  const folder = await temporaryFolder();
  expect((await driven([sandbox.mcpUrl], folder)).code).toBe(exitCodes.done);
  sandbox.issuer.failNext({ endpoint: 'token', status: 503 });
  const { code, lines } = await driven([sandbox.mcpUrl, '--refresh'], folder);
  expect(code).toBe(exitCodes.signInFailed);
  expect(of(lines, 'problem')).toMatchObject([{ code: 'refresh-delayed' }]);
});

test('exit 3: the connection failed', async () => {
  const refused = await driven([`${await nobody()}/mcp`]);
  expect(refused.code).toBe(exitCodes.connectionFailed);
  expect(of(refused.lines, 'problem')).toMatchObject([{ code: 'connection-refused' }]);
  const page = await webServer((_request, response) => void response.end('<h1>Hello</h1>'));
  const notMcp = await driven([page]);
  expect(notMcp.code).toBe(exitCodes.connectionFailed);
  expect(of(notMcp.lines, 'problem')).toMatchObject([{ code: 'not-mcp' }]);
});

test('exit 4: a call failed', async () => {
  const sandbox = await sandboxForTest();
  const { code, lines } = await driven([sandbox.mcpUrl, '--call', 'no_such_tool', '--times', '3']);
  expect(code).toBe(exitCodes.callFailed);
  expect(of(lines, 'calls')).toMatchObject([{ succeeded: 0, failed: 3 }]);
});

test('exit 64: not a server address', async () => {
  const { code, lines } = await driven(['ftp://mcp.example/']);
  expect(code).toBe(exitCodes.usage);
  expect(of(lines, 'problem')).toMatchObject([{ code: 'url-scheme-refused' }]);
});

test('exit 64: misuse prints what is wrong and how it is used, on standard error alone', async () => {
  const { code, out, err } = await spawned(['--please']);
  expect(code).toBe(64);
  expect(out).toBe('');
  expect(err).toContain('Usage:');
});

test('printed as JSON, one object per line, by a process that ends by itself', async () => {
  const sandbox = await sandboxForTest();
  const { code, out } = await spawned([sandbox.mcpUrl, '--call', 'whoami']);
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(lines.at(-1)).toEqual({ event: 'done' });
  expect(of(lines, 'result')).toHaveLength(1);
});

test('a command can be the browser; the redirect comes by loopback', async () => {
  const sandbox = await sandboxForTest();
  const browser = join(await temporaryFolder(), 'browser.mjs');
  await writeFile(browser, 'await fetch(process.argv.at(-1));');
  const { code } = await driven([sandbox.mcpUrl, '--browser', `${process.execPath} ${browser}`]);
  expect(code).toBe(exitCodes.done);
});

test('the URL is printed, and the callback read from standard input; a wrong one is named', async () => {
  const sandbox = await sandboxForTest();
  const child = start([sandbox.mcpUrl, '--browser', 'print', '--redirect', 'custom', '--callback-stdin']);
  const lines: Line[] = [];
  for await (const json of createInterface({ input: child.stdout })) {
    const line = JSON.parse(json) as Line;
    lines.push(line);
    if (line.event === 'browser') {
      child.stdin.write('app.gatehouse.desktop:/oauth/callback?code=c&state=s\n');
      child.stdin.write(`${await callbackOf(new URL(String(line.url)))}\n`);
    }
  }
  expect(of(lines, 'problem')).toMatchObject([{ code: 'callback-unknown' }]);
  expect(lines.at(-1)).toEqual({ event: 'done' });
});

test('--command prints one plain command that works from any other folder', async () => {
  const sandbox = await sandboxForTest();
  const folder = await temporaryFolder();
  const { code, out } = await spawned(['--command'], folder);
  expect(code).toBe(0);
  const [program = '', ...parts] = out.trim().split(' ');
  expect(out.trim().split('\n')).toHaveLength(1);
  const { stdout } = await run(program, [...parts, sandbox.mcpUrl, '--list'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(stdout).toContain('"event":"done"');
});

test('server-everything is used over Streamable HTTP without a sign-in', async () => {
  const url = await serverEverything();
  const { code, lines } = await driven([
    url,
    '--list',
    '--call',
    'echo',
    '--args',
    '{"message":"hi"}',
    '--accounts',
  ]);
  expect(code).toBe(exitCodes.done);
  expect(of(lines, 'sign-in')).toEqual([]);
  expect(of(lines, 'account')).toEqual([]);
  expect(of(lines, 'result')).toMatchObject([{ content: [{ type: 'text', text: 'Echo: hi' }] }]);
});

test('what a server lists beside tools is printed; resources are read, prompts filled, questions answered', async () => {
  const url = await serverEverything();
  const name = 'trigger-elicitation-request';
  const { code, lines } = await driven([
    ...[url, '--list', '--read', 'demo://resource/dynamic/text/7', '--call', name],
    ...['--answer', '{"name":"Ada"}'],
  ]);
  expect(code).toBe(exitCodes.done);
  expect(of(lines, 'resources')[0]?.resources).toHaveLength(7);
  expect(of(lines, 'templates')[0]?.templates).toHaveLength(2);
  expect(of(lines, 'prompts')[0]?.prompts).toHaveLength(4);
  expect(of(lines, 'resource')).toMatchObject([
    { contents: [{ text: expect.stringContaining('Resource 7') }] },
  ]);
  expect(of(lines, 'question')).toMatchObject([{ mode: 'form', answer: 'accept' }]);
  expect(JSON.stringify(of(lines, 'result'))).toContain('Name: Ada');

  const prompt = ['--prompt', 'args-prompt', '--args', '{"city":"Paris"}'];
  const filled = await driven([url, ...prompt]);
  expect(JSON.stringify(of(filled.lines, 'prompt'))).toContain('Paris');
  const unanswered = await driven([url, '--call', name]);
  expect(of(unanswered.lines, 'question')).toMatchObject([{ answer: 'cancel' }]);
  expect(JSON.stringify(of(unanswered.lines, 'result'))).toContain('cancelled');
  const missing = await driven([url, '--read', 'demo://nothing']);
  expect(missing.code).toBe(exitCodes.callFailed);
  expect(of(missing.lines, 'problem')).toMatchObject([{ code: 'resource-refused' }]);
});

test('server-everything is used over stdio, and nothing of it is left afterwards', async () => {
  const folder = await temporaryFolder();
  const command = ['--stdio', '--list', '--call', 'echo', '--args', '{"message":"hi"}'];
  for (const run of [1, 2]) {
    const { code, lines } = await driven([...command, '--', process.execPath, everything, 'stdio'], folder);
    expect(code).toBe(exitCodes.done);
    expect(of(lines, 'result'), `run ${run}`).toMatchObject([
      { content: [{ type: 'text', text: 'Echo: hi' }] },
    ]);
  }
  const stored = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8')).content;
  expect(await stored('servers.json')).toHaveLength(1);
  expect(await stored('processes.json')).toEqual([]);
});

test('an interrupted run ends the program it started, however stubborn', async () => {
  const log = join(await temporaryFolder(), 'log');
  const speaker = join(project, 'test/main/servers/stdio/programs/speaker.ts');
  const wanted = [process.execPath, speaker, '--stubborn', '--log', log];
  const child = start(['--stdio', '--call', 'run', '--args', '{"what":"never"}', '--', ...wanted]);
  const closed = new Promise((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"connected"')) child.kill('SIGTERM');
  }
  expect(await closed).toBe(exitCodes.interrupted);
  const pid = Number((await readFile(log, 'utf8')).split(/\s/)[1]);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
