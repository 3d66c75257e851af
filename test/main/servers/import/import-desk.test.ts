import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHandlers } from '../../../../src/main/ipc/handlers.ts';
import { createRouter } from '../../../../src/main/ipc/router.ts';
import { type ClientFile, clientFiles } from '../../../../src/main/servers/import/client-files.ts';
import type { CallInput, CallName, CallOutput } from '../../../../src/shared/contract/index.ts';
import type { ImportEntry } from '../../../../src/shared/domain/import.ts';
import type { Problem } from '../../../../src/shared/problems.ts';
import { startCore } from '../../../support/core.ts';
import { temporaryFolder } from '../../../support/folder.ts';

/** A core that finds these files, behind its router. */
async function withFiles(contents: Readonly<Record<string, string | object | null>>) {
  const folder = await temporaryFolder();
  const files: ClientFile[] = [];
  for (const [name, content] of Object.entries(contents)) {
    const path = join(folder, name);
    files.push({ client: 'cursor', path });
    if (content === null) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const app = await startCore({ clientFiles: files, fetch: async () => new Response(null, { status: 500 }) });
  const route = createRouter(
    createHandlers({
      core: app.core,
      views: app.views,
      clock: app.time,
      files: app.files,
      clipboard: { readText: async () => '', writeText: async () => undefined },
      app: { version: '0', runtime: 'test', platform: 'test', systemLanguage: 'en' },
      notices: [],
    }),
  );
  const call = async <Name extends CallName>(name: Name, input: CallInput<Name>) => {
    const answer = (await route(name, input)) as { value?: CallOutput<Name>; problem?: Problem };
    return { value: answer.value as CallOutput<Name>, code: answer.problem?.code };
  };
  const look = async () => (await call('imports.look', undefined)).value.files;
  const entries = async () => (await look()).flatMap((file) => file.entries);
  const add = (entry: ImportEntry | undefined, answers: Record<string, string> = {}) =>
    call('imports.add', { entryId: entry?.id ?? '', answers });
  return { app, folder, call, look, entries, add, paths: files.map(({ path }) => path) };
}

const stored = async (app: Awaited<ReturnType<typeof withFiles>>['app'], serverId: string) => {
  const reading = await app.core.vault.read(serverId, 'server');
  return reading.kind === 'found' ? reading.secrets : null;
};

describe('what is found', () => {
  test('is told without what is secret', async () => {
    const { entries } = await withFiles({
      'mcp.json': {
        mcpServers: {
          web: { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer hidden-1' } },
          files: {
            command: 'npx',
            args: ['-y', 'files'],
            env: { API_KEY: 'hidden-2', REGION: 'eu' },
            cwd: '/srv',
          },
          odd: { command: 'npx', envFile: '.env' },
        },
      },
    });
    const found = await entries();
    expect(JSON.stringify(found)).not.toContain('hidden');
    expect(found).toMatchObject([
      { kind: 'remote', name: 'web', url: 'https://a.example/mcp', obstacle: null, existingServerId: null },
      {
        kind: 'local',
        program: 'npx',
        arguments: ['-y', 'files'],
        folder: '/srv',
        environment: [
          { name: 'API_KEY', value: null, asked: null },
          { name: 'REGION', value: 'eu', asked: null },
        ],
      },
      { kind: 'unreadable', name: 'odd', error: 'member', what: 'envFile' },
    ]);
    expect(found[0]).toMatchObject({ headers: [{ name: 'Authorization', asked: null }] });
  });

  test('can’t be added where the address or the arguments hold a secret, or something is to be filled in', async () => {
    const place = '$' + '{workspaceFolder}';
    const { entries, add, app } = await withFiles({
      'mcp.json': {
        mcpServers: {
          query: { url: 'https://a.example/mcp?api_key=hidden' },
          person: { url: 'https://ada:hidden@a.example/mcp' },
          option: { command: 'npx', args: ['server', '--token', 'hidden'] },
          header: {
            command: 'npx',
            args: ['mcp-remote', 'https://a.example', '--header', 'Authorization: Bearer hidden'],
          },
          program: { command: 'env API_KEY=hidden npx' },
          folder: { command: 'npx', cwd: place },
          address: { url: `https://${place}/mcp` },
        },
      },
    });
    const found = await entries();
    expect(JSON.stringify(found)).not.toContain('hidden');
    expect(found.map((one) => one.kind !== 'unreadable' && one.obstacle)).toEqual([
      ...Array.from({ length: 5 }, () => 'secret'),
      'placeholder',
      'placeholder',
    ]);
    for (const entry of found) expect((await add(entry)).code).toBe('import-entry-refused');
    expect(app.core.servers.all()).toEqual([]);
  });

  test('is marked where it is in the list already, and keeps its identifier when looked at again', async () => {
    const { entries, add } = await withFiles({
      'a.json': {
        mcpServers: { web: { url: 'https://a.example/mcp' }, files: { command: 'npx', args: ['files'] } },
      },
      'b.json': {
        mcpServers: { same: { url: 'https://A.example:443/mcp' }, other: { command: 'npx', args: ['x'] } },
      },
    });
    const [web, files] = await entries();
    const webId = (await add(web)).value.serverId;
    const filesId = (await add(files)).value.serverId;
    const again = await entries();
    expect(again.map(({ name, existingServerId }) => [name, existingServerId])).toEqual([
      ['web', webId],
      ['files', filesId],
      ['same', webId],
      ['other', null],
    ]);
    expect(again[0]?.id).toBe(web?.id);
    expect((await add(again[2])).code).toBe('server-already-added');
  });
});

describe('a server that is taken over', () => {
  test('by its address: its headers go to the vault', async () => {
    const { entries, add, app, paths } = await withFiles({
      'mcp.json': { mcpServers: { web: { url: 'https://a.example/mcp', headers: { 'X-Key': 'hidden' } } } },
    });
    const { value } = await add((await entries())[0]);
    expect(value.kind).toBe('remote');
    expect(app.core.servers.requireRemote(value.serverId)).toMatchObject({
      name: 'web',
      url: 'https://a.example/mcp',
      settings: { headers: ['X-Key'] },
    });
    expect(await stored(app, value.serverId)).toMatchObject({ headers: { 'X-Key': 'hidden' } });
    for (const path of paths) expect(await readFile(path, 'utf8')).toContain('hidden');
  });

  test('as a command: nobody has approved it, and its secrets go to the vault', async () => {
    const { entries, add, app } = await withFiles({
      'mcp.json': {
        mcpServers: { files: { command: process.execPath, env: { API_KEY: 'hidden', REGION: 'eu' } } },
      },
    });
    const { value } = await add((await entries())[0]);
    const server = app.core.servers.requireLocal(value.serverId);
    expect(server).toMatchObject({ name: 'files', approval: null });
    expect(server.command.environment).toEqual([
      { name: 'API_KEY', secret: true },
      { name: 'REGION', value: 'eu' },
    ]);
    expect(await stored(app, value.serverId)).toMatchObject({ environment: { API_KEY: 'hidden' } });
    expect(app.core.connection(value.serverId, null).view.problem?.code).toBe('command-not-approved');
  });

  test('is completed with what the person enters; what they leave empty is left out', async () => {
    const asked = (id: string) => `$\{input:${id}}`;
    const { entries, add, app } = await withFiles({
      'mcp.json': {
        inputs: [{ id: 'key', description: 'Key of Acme', password: true }],
        servers: {
          web: {
            url: 'https://a.example/mcp',
            headers: { Authorization: `Bearer ${asked('key')}`, 'X-Y': asked('no') },
          },
          files: { command: 'npx', env: { KEY: asked('key'), OTHER: `${asked('a')}-${asked('b')}` } },
        },
      },
    });
    const [web, files] = await entries();
    expect(web).toMatchObject({ headers: [{ asked: { hint: 'Key of Acme' } }, {}] });
    const remote = (await add(web, { Authorization: 'abc', 'X-Y': '' })).value.serverId;
    expect(await stored(app, remote)).toMatchObject({ headers: { Authorization: 'Bearer abc' } });
    expect(app.core.servers.requireRemote(remote).settings.headers).toEqual(['Authorization']);
    const local = (await add(files, { KEY: 'def', OTHER: 'g' })).value.serverId;
    expect(await stored(app, local)).toMatchObject({ environment: { KEY: 'def', OTHER: 'g' } });
  });

  test('is refused where a value can’t be one there, or the entry is gone', async () => {
    const { entries, add, call, app } = await withFiles({
      'mcp.json': {
        servers: {
          web: { url: 'https://a.example', headers: { 'X-Y': `$\{input:a}` } },
          files: { command: 'npx', env: { KEY: `$\{input:a}` } },
        },
      },
    });
    const [web, files] = await entries();
    expect((await add(web, { 'X-Y': 'a\r\nB: c' })).code).toBe('import-value-refused');
    expect((await add(files, { KEY: 'a\0b' })).code).toBe('import-value-refused');
    await call('imports.forget', undefined);
    expect((await add(web)).code).toBe('import-entry-gone');
    expect(app.core.servers.all()).toEqual([]);
  });
});

describe('a file', () => {
  test('that can’t be read is told with its path; one that is not there is not', async () => {
    const { look, paths, folder } = await withFiles({
      'absent.json': null,
      'no-json.json': '{"mcpServers": ',
      'large.json': ' '.repeat(1_048_577),
      'many.json': { servers: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [n, {}])) },
      'none.json': { mcpServers: {} },
      'blank.json': '',
      'settings.json': '{"editor.fontSize": 12} // nothing else',
      'broken/settings.json': '{"editor.fontSize": ',
      'mcp/settings.json': '{"mcp": {"servers": ',
    });
    const found = (await look()).map(({ path, problem }) => [
      path.slice(folder.length + 1),
      problem?.code ?? null,
    ]);
    expect(found).toEqual([
      ['no-json.json', 'import-file-invalid'],
      ['large.json', 'import-file-too-large'],
      ['many.json', 'import-file-too-large'],
      ['none.json', null],
      ['blank.json', null],
      ['mcp/settings.json', 'import-file-invalid'],
    ]);
    expect(paths).toHaveLength(9);
  });

  test.skipIf(process.platform === 'win32')(
    'that is a folder, a pipe or a device is not waited for',
    async () => {
      const { app, folder } = await withFiles({});
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const link = join(folder, 'link');
      await symlink('/dev/zero', link);
      const { ImportDesk } = await import('../../../../src/main/servers/import/import-desk.ts');
      const desk = new ImportDesk({
        files: [folder, pipe, link].map((path) => ({ client: 'cursor', path })),
        servers: app.core.servers,
        randomness: { id: () => crypto.randomUUID(), fraction: () => 0 },
      });
      const { files } = await desk.look();
      expect(files.map(({ problem }) => problem?.code)).toEqual(Array(3).fill('import-file-unreadable'));
    },
  );

  test('is never changed', async () => {
    const { entries, add, paths } = await withFiles({
      'mcp.json': { mcpServers: { a: { command: 'npx' } } },
    });
    const [path = ''] = paths;
    const before = [await readFile(path, 'utf8'), (await stat(path)).mtimeMs];
    await add((await entries())[0]);
    await entries();
    expect([await readFile(path, 'utf8'), (await stat(path)).mtimeMs]).toEqual(before);
  });
});

describe('where other clients keep their files', () => {
  const places = (platform: NodeJS.Platform, home: string, environment = {}) =>
    clientFiles({ platform, home, environment }).map(({ client, path }) => `${client} ${path}`);

  test('macOS', () => {
    const found = places('darwin', '/Users/ada');
    const settings = '/Users/ada/Library/Application Support';
    expect(found).toEqual([
      `claude-desktop ${settings}/Claude/claude_desktop_config.json`,
      'cursor /Users/ada/.cursor/mcp.json',
      `vs-code ${settings}/Code/User/mcp.json`,
      `vs-code ${settings}/Code/User/settings.json`,
      `cline ${settings}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json`,
      `vs-code-insiders ${settings}/Code - Insiders/User/mcp.json`,
      `vs-code-insiders ${settings}/Code - Insiders/User/settings.json`,
      `cline ${settings}/Code - Insiders/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json`,
      'windsurf /Users/ada/.codeium/windsurf/mcp_config.json',
    ]);
  });

  test('Windows', () => {
    const found = places('win32', 'C:\\Users\\ada', { APPDATA: 'D:\\Roaming' });
    expect(found).toContain('claude-desktop D:\\Roaming\\Claude\\claude_desktop_config.json');
    expect(found).toContain('cursor C:\\Users\\ada\\.cursor\\mcp.json');
    expect(places('win32', 'C:\\Users\\ada')).toContain(
      'vs-code C:\\Users\\ada\\AppData\\Roaming\\Code\\User\\mcp.json',
    );
  });

  test('Linux', () => {
    expect(places('linux', '/home/ada')).toContain('vs-code /home/ada/.config/Code/User/mcp.json');
    expect(places('linux', '/home/ada', { XDG_CONFIG_HOME: '/cfg' })).toContain(
      'vs-code /cfg/Code/User/mcp.json',
    );
    expect(places('linux', '/home/ada', { XDG_CONFIG_HOME: 'relative' })).toContain(
      'claude-desktop /home/ada/.config/Claude/claude_desktop_config.json',
    );
  });
});
