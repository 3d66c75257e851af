import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { policyPath, readPolicy } from '../../../src/main/policy/policy-file.ts';
import { temporaryFolder } from '../../support/folder.ts';

const whole = {
  version: 1,
  organization: 'Example Corp IT',
  allowedServers: ['mcp.example.com', '*.example.com', 'localhost:8080', '10.0.0.7', '[::1]:9000'],
  allowedIssuers: ['login.example.com'],
  localCommands: false,
  allowedPrograms: ['/opt/tickets/mcp', 'C:\\Tickets\\mcp.exe', 'd:/mcp.exe', '\\\\share\\mcp.exe'],
  forcedServers: [{ name: 'Tickets', url: 'https://tickets.example.com/mcp' }],
  updates: 'off',
  vault: 'memory-only',
};

async function policyOf(text: string) {
  const path = join(await temporaryFolder(), 'policy.json');
  await writeFile(path, text);
  return readPolicy({ path });
}

test('each system has its own place, and Windows’ is where its administrator put it', () => {
  expect(policyPath('linux', {})).toBe('/etc/gatehouse/policy.json');
  expect(policyPath('darwin', {})).toBe('/Library/Application Support/Gatehouse/policy.json');
  expect(policyPath('win32', { ProgramData: 'D:\\Data' })).toBe('D:\\Data\\Gatehouse\\policy.json');
  expect(policyPath('win32', {})).toBe('C:\\ProgramData\\Gatehouse\\policy.json');
});

test('a whole policy is in force, with or without a byte order mark', async () => {
  expect(await policyOf(JSON.stringify(whole))).toMatchObject({ kind: 'in-force', policy: whole });
  expect((await policyOf(`\uFEFF${JSON.stringify(whole)}`)).kind).toBe('in-force');
  expect((await policyOf('{"version":1}')).kind).toBe('in-force');
});

test('no file, no policy', async () => {
  const folder = await temporaryFolder();
  expect(await readPolicy({ path: join(folder, 'policy.json') })).toEqual({ kind: 'none' });
  await writeFile(join(folder, 'file'), '');
  expect(await readPolicy({ path: join(folder, 'file', 'policy.json') })).toEqual({ kind: 'none' });
});

const broken: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /not JSON/],
  ['cut short', '{"version":1,', /not JSON/],
  ['another version', '{"version":2}', /^version: /],
  ['no object', '[]', /^policy\.json: /],
  ['a rule nobody knows', '{"version":1,"allowedServer":["a.example"]}', /allowedServer/],
  [
    'a pattern in capitals',
    '{"version":1,"allowedServers":["MCP.example.com"]}',
    /^allowedServers\.0: must be a host/,
  ],
  ['a pattern with a star inside', '{"version":1,"allowedServers":["mcp.*.com"]}', /^allowedServers\.0/],
  [
    'a program without its path',
    '{"version":1,"allowedPrograms":["node"]}',
    /^allowedPrograms\.0: must be a full/,
  ],
  ['a program of a folder', '{"version":1,"allowedPrograms":["./mcp"]}', /^allowedPrograms\.0/],
  ['a program of a drive', '{"version":1,"allowedPrograms":["C:mcp.exe"]}', /^allowedPrograms\.0/],
  ['a pattern for everything', '{"version":1,"allowedServers":["*"]}', /^allowedServers\.0/],
  [
    'an address in place of a host',
    '{"version":1,"allowedIssuers":["https://login.example.com"]}',
    /^allowedIssuers\.0/,
  ],
  [
    'a forced server over plain http',
    '{"version":1,"forcedServers":[{"name":"x","url":"http://x.example"}]}',
    /^forcedServers\.0\.url/,
  ],
  [
    'a forced server with a member too many',
    '{"version":1,"forcedServers":[{"name":"x","url":"https://x.example","pin":1}]}',
    /pin/,
  ],
  ['updates on', '{"version":1,"updates":"on"}', /^updates/],
  ['a vault of another kind', '{"version":1,"vault":"plain"}', /^vault/],
  ['one of a megabyte', ' '.repeat(1_000_000), /too large/],
];

test.each(broken)(
  'a policy file that can’t be used is a broken one, not a missing one: %s',
  async (_, text, reason) => {
    const state = await policyOf(text);
    if (state.kind !== 'broken') throw new Error(state.kind);
    expect(state.reason).toMatch(reason);
  },
);

test('a folder in its place is broken too', async () => {
  const path = join(await temporaryFolder(), 'policy.json');
  await mkdir(path);
  expect((await readPolicy({ path })).kind).toBe('broken');
});

test.skipIf(process.platform === 'win32')(
  'a file others may change is not taken for the administrator’s',
  async () => {
    const path = join(await temporaryFolder(), 'policy.json');
    await writeFile(path, JSON.stringify(whole), { mode: 0o644 });
    const me = process.getuid?.() ?? 0;
    expect((await readPolicy({ path, owners: [me] })).kind).toBe('in-force');
    expect((await readPolicy({ path, owners: [me + 1] })).kind).toBe('broken');
    await chmod(path, 0o666);
    expect((await readPolicy({ path, owners: [me] })).kind).toBe('broken');
  },
);

test('whatever is in the file, it is in force, or broken with a reason', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'policy.json');
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), async (text) => {
      await writeFile(path, text);
      const state = await readPolicy({ path });
      expect(state.kind).toBe('broken');
      if (state.kind === 'broken') expect(state.reason).not.toBe('');
    }),
    { numRuns: 300 },
  );
});
