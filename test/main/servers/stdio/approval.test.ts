import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandDigest } from '../../../../src/main/servers/stdio/command-digest.ts';
import type { Command, CommandDraft } from '../../../../src/shared/domain/command.ts';
import { problemCodeOf, startCore } from '../../../support/core.ts';
import { filesBelow, temporaryFolder } from '../../../support/folder.ts';
import { quietly, until } from '../../../support/time.ts';
import { connected, draft, type LocalStage, localStage, program } from './stage.ts';

/** Tries everything that starts an approved command. */
async function tryEverything(stage: LocalStage, serverId: string): Promise<void> {
  const { core, time } = stage.app;
  await core.start();
  const connection = core.connection(serverId, null);
  expect(await problemCodeOf(connection.client())).toBe('command-not-approved');
  await connection.reconnect();
  core.wake();
  time.advance(3_600_000);
  await quietly();
  await until(() => connection.view.status === 'failed');
  expect(connection.view.problem?.code).toBe('command-not-approved');
}

test('a command nobody approved never starts', async () => {
  const stage = await localStage();
  const server = await stage.add(draft(program('speaker', '--log', stage.log)));
  await tryEverything(stage, server.id);
  expect(await stage.logged()).toEqual([]);
});

const changes: [string, Partial<CommandDraft>][] = [
  ['program', { program: '/bin/sh' }],
  ['arguments', { arguments: ['-e', ''] }],
  ['folder', { folder: '/' }],
  ['environment', { environment: [{ name: 'NODE_OPTIONS', secret: false, value: '--title=x' }] }],
  ['secret', { environment: [{ name: 'TOKEN', secret: true, value: 'another secret' }] }],
];
test.each(changes)('a change of the %s voids the approval, and ends what ran', async (_, change) => {
  const stage = await localStage();
  const environment = [{ name: 'TOKEN', secret: true, value: 'the first secret' }];
  const first = draft({ ...program('speaker', '--log', stage.log), environment });
  const server = await stage.started(first);
  await connected(stage, server);
  await stage.app.core.commands.change(server.id, { ...first, ...change }, server.settings);
  await until(() => stage.app.core.local.processes.all().length === 0);
  expect(stage.app.core.servers.requireLocal(server.id).approval).toBeNull();
  await tryEverything(stage, server.id);
  expect(await stage.logged()).toHaveLength(1);
});

test('a change of something else keeps the approval: the command is the one that was shown', async () => {
  const stage = await localStage();
  const environment = [{ name: 'TOKEN', secret: true, value: 'the first secret' }];
  const first = draft({ environment });
  const server = await stage.started(first);
  await connected(stage, server);
  const same = { ...first, environment: [{ name: 'TOKEN', secret: true, value: null }] };
  await stage.app.core.commands.change(server.id, same, { requestTimeoutSeconds: 5 });
  await connected(stage, server);
  expect(stage.connection(server).endpoint.timeoutMs).toBe(5000);
});

test('what changed between showing and approving is refused', async () => {
  const stage = await localStage();
  const server = await stage.add(draft(program('speaker', '--log', stage.log)));
  const shown = commandDigest(server.command);
  const { commands, servers } = stage.app.core;
  await commands.change(
    server.id,
    draft(program('speaker', '--stubborn', '--log', stage.log)),
    server.settings,
  );
  expect(await problemCodeOf(commands.approve(server.id, shown))).toBe('command-changed');
  expect(servers.requireLocal(server.id).approval).toBeNull();
  expect(await stage.logged()).toEqual([]);
});

test('going back to a command that was approved once needs a new approval', async () => {
  const stage = await localStage();
  const { commands } = stage.app.core;
  const [one, other] = [draft(program('speaker', '--log', stage.log)), draft({ program: 'other' })];
  const server = await stage.started(one);
  await connected(stage, server);
  await commands.change(server.id, other, server.settings);
  await commands.change(server.id, one, server.settings);
  await tryEverything(stage, server.id);
  expect(await stage.logged()).toHaveLength(1);
});

test('a command changed in the file behind Gatehouse’s back does not start', async () => {
  const stage = await localStage();
  const server = await stage.started(draft(program('speaker', '--log', stage.log)));
  await connected(stage, server);
  await stage.app.core.stop();
  const path = join(stage.app.folder, 'servers.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"--log"', '"--gol"'));
  const again = await startCore({ folder: stage.app.folder });
  await again.core.start();
  const connection = again.core.connection(server.id, null);
  await until(() => connection.view.status === 'failed');
  expect(connection.view.problem?.code).toBe('command-not-approved');
  expect(await stage.logged()).toHaveLength(1);
});

test('the digest tells every two commands apart that look different', () => {
  const base: Command = { program: 'a', arguments: ['b', 'c'], folder: null, environment: [] };
  const variants: Command[] = [
    base,
    { ...base, program: 'a b' },
    { ...base, arguments: ['c', 'b'] },
    { ...base, arguments: ['b c'] },
    { ...base, arguments: ['b', 'c', ''] },
    { ...base, folder: '/' },
    { ...base, environment: [{ name: 'A', value: '' }] },
    { ...base, environment: [{ name: 'A', secret: true }] },
    { ...base, environment: [{ name: 'A', value: 'B=C' }] },
    {
      ...base,
      environment: [
        { name: 'A', value: 'B' },
        { name: 'C', value: '' },
      ],
    },
  ];
  expect(new Set(variants.map(commandDigest)).size).toBe(variants.length);
});

test('secret values rest in the vault only, and are neither in a file, an event nor a trace', async () => {
  const stage = await localStage();
  const { app } = stage;
  const secrets = [
    'hunter2',
    'sk-0123456789abcdef',
    '-----BEGIN KEY-----\nbWFueSBsaW5lcyBvZiBpdA==\n-----END KEY-----',
  ];
  const environment = secrets.map((value, index) => ({ name: `SECRET_${index}`, secret: true, value }));
  const server = await stage.started(
    draft({ ...program('speaker', '--named', secrets[1] ?? ''), environment }),
  );
  // As hostile as it gets: it repeats everything it knows wherever it can.
  const said = secrets.join('\n');
  await stage.call(server, 'log', `${said}\n${JSON.stringify(said)}\n${said.repeat(400)}`);
  await stage.call(server, 'refuse', said);
  await stage.call(server, 'log', `last words: ${said}\n`);
  expect(await stage.call(server, 'exit', 1)).toMatchObject({ problem: { code: 'command-ended' } });
  app.time.advance(1000);
  await connected(stage, server);
  const shown = JSON.stringify([
    app.core.local.view(server.id),
    app.events,
    stage.connection(server).view,
    app.views.server(server),
    app.core.traces.list(null).map(({ id }) => app.core.traces.get(id)),
  ]);
  await app.core.stop();
  const files = [...(await filesBelow(app.folder)).entries()]
    // The secret the program was given as its name is an argument, which is no place for one.
    .map(([path, bytes]) => (path === 'servers.json' ? '' : bytes.toString()))
    .join('\n');
  for (const secret of [...secrets, 'bWFueSBsaW5lcyBvZiBpdA==']) {
    expect(
      shown.split(JSON.stringify(app.core.servers.requireLocal(server.id).command)).join(''),
    ).not.toContain(secret);
    expect(files).not.toContain(secret);
  }
  expect(shown).toContain('last words: •••');
});

test('a secret that is gone from the vault is asked for, and nothing starts without it', async () => {
  const stage = await localStage();
  const environment = [{ name: 'TOKEN', secret: true, value: 'a secret' }];
  const server = await stage.started(draft({ ...program('speaker', '--log', stage.log), environment }));
  await connected(stage, server);
  await stage.app.core.vault.delete(server.id);
  await stage.connection(server).reconnect();
  await until(() => stage.connection(server).view.status === 'failed');
  expect(stage.connection(server).view.problem).toMatchObject({
    code: 'secret-value-missing',
    params: { name: 'TOKEN' },
  });
  expect(await stage.logged()).toHaveLength(1);
});

test('removing a local server ends its program and leaves no secret', async () => {
  const stage = await localStage();
  const environment = [{ name: 'TOKEN', secret: true, value: 'a secret' }];
  const server = await stage.started(draft({ environment }));
  await connected(stage, server);
  await stage.app.core.leaving.removeServer(server.id);
  expect(stage.app.core.local.processes.all()).toEqual([]);
  expect(await stage.app.core.vault.read(server.id, 'server')).toEqual({ kind: 'absent' });
});

test('servers stored before there were local ones are read as remote ones', async () => {
  const folder = await temporaryFolder();
  const old = {
    id: 'old',
    name: 'Old',
    url: 'https://mcp.example/mcp',
    enabled: false,
    addedAt: 1,
    settings: { redirect: 'loopback', requestTimeoutSeconds: 60 },
  };
  await writeFile(join(folder, 'servers.json'), JSON.stringify({ version: 1, content: [old] }));
  const { core, notices } = await startCore({ folder });
  expect(notices).toEqual([]);
  expect(core.servers.requireRemote('old')).toMatchObject({
    kind: 'remote',
    url: old.url,
    settings: { redirect: 'loopback', headers: [] },
  });
});
