import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Policy, PolicyState } from '../../../src/main/policy/policy-file.ts';
import { commandDigest } from '../../../src/main/servers/stdio/command-digest.ts';
import { callbackOf, problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { stopInTime } from '../../support/processes.ts';
import { quietly, SimulatedTime, until } from '../../support/time.ts';

const inForce = (policy: Omit<Policy, 'version'>): PolicyState => ({
  kind: 'in-force',
  path: '/etc/gatehouse/policy.json',
  policy: { version: 1, ...policy },
});
const broken: PolicyState = { kind: 'broken', path: '/etc/gatehouse/policy.json', reason: 'it is not JSON' };
const hostOf = (url: string) => new URL(url).host;
const program = { program: process.execPath, arguments: ['--version'], folder: null, environment: [] };

describe('allowed servers', () => {
  test('another one is neither looked at nor added, and nothing is sent to it', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: inForce({ allowedServers: ['mcp.example.com'] }) });
    expect(await app.core.inquiry.probe(sandbox.mcpUrl)).toMatchObject({
      problem: { code: 'policy-server-refused' },
    });
    expect(await problemCodeOf(app.addServer())).toBe('policy-server-refused');
    expect(app.wire.exchanges).toEqual([]);
    expect(app.core.servers.all()).toEqual([]);
  });

  test('one of them is added and signed in to as ever', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: inForce({ allowedServers: [hostOf(sandbox.mcpUrl)] }) });
    await app.signedIn();
  });

  test('one that was added before the policy is neither connected nor signed in to, and stays in the list', async () => {
    const sandbox = await sandboxForTest();
    const folder = await temporaryFolder();
    const time = new SimulatedTime();
    const before = await startCore({ sandbox, folder, time });
    const { server, account } = await before.signedIn();
    await before.core.stop();
    const app = await startCore({ sandbox, folder, time, policy: inForce({ allowedServers: [] }) });
    await app.core.start();
    await until(() => app.core.connection(server.id, account.id).view.status === 'failed');
    expect(app.core.connection(server.id, account.id).view.problem?.code).toBe('policy-server-refused');
    const signIn = async () =>
      app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
    expect(await problemCodeOf(signIn())).toBe('policy-server-refused');
    await quietly();
    expect(app.wire.exchanges).toEqual([]);
    expect(app.core.accounts.all()).toHaveLength(1);
  });
});

describe('allowed issuers', () => {
  test('a server that sends people to another one is refused before that issuer hears anything', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: inForce({ allowedIssuers: ['login.example.com'] }) });
    const server = await app.addServer();
    const { status } = await app.signIn(server);
    expect(status).toMatchObject({ kind: 'failed', problem: { code: 'policy-issuer-refused' } });
    expect(app.wire.exchanges.map(({ url }) => url.host)).not.toContain(hostOf(sandbox.issuerUrl));
    expect(app.visits).toEqual([]);
  });

  test('an account at one that is refused now is not renewed there, and can still be signed out', async () => {
    const sandbox = await sandboxForTest();
    const folder = await temporaryFolder();
    const time = new SimulatedTime();
    const before = await startCore({ sandbox, folder, time });
    const { account } = await before.signedIn();
    await before.core.stop();
    const app = await startCore({ sandbox, folder, time, policy: inForce({ allowedIssuers: [] }) });
    expect(await problemCodeOf(app.core.keeper.refreshNow(account.id))).toBe('policy-issuer-refused');
    expect(app.core.accounts.require(account.id).state.kind).toBe('live');
    expect(app.wire.exchanges).toEqual([]);
    const report = await app.core.leaving.signOut(account.id, { forgetRegistration: false });
    expect(report.revocation).toBe('confirmed');
  });
});

test('local commands: none is added or approved, and one approved before does not start', async () => {
  const folder = await temporaryFolder();
  const before = await startCore({ folder });
  const local = await before.core.commands.add('Local', program);
  await before.core.commands.approve(local.id, commandDigest(local.command));
  await before.core.stop();
  const app = await startCore({ folder, policy: inForce({ localCommands: false }) });
  await app.core.start();
  expect(await problemCodeOf(app.core.commands.add('Another', program))).toBe('policy-commands-refused');
  expect(await problemCodeOf(app.core.commands.approve(local.id, commandDigest(local.command)))).toBe(
    'policy-commands-refused',
  );
  await until(() => app.core.connection(local.id, null).view.status === 'failed');
  expect(app.core.connection(local.id, null).view.problem?.code).toBe('policy-commands-refused');
  expect(app.core.local.view(local.id).lines).toEqual([]);
});

describe('allowed programs', () => {
  test('another one is neither added, approved nor taken over from an import, and one approved before does not start', async () => {
    const folder = await temporaryFolder();
    const before = await startCore({ folder });
    const local = await before.core.commands.add('Local', program);
    await before.core.commands.approve(local.id, commandDigest(local.command));
    await before.core.stop();
    const app = await startCore({ folder, policy: inForce({ allowedPrograms: ['/opt/tickets/mcp'] }) });
    await app.core.start();
    expect(await problemCodeOf(app.core.commands.add('Another', program))).toBe('policy-program-refused');
    expect(await problemCodeOf(app.core.commands.approve(local.id, commandDigest(local.command)))).toBe(
      'policy-program-refused',
    );
    await until(() => app.core.connection(local.id, null).view.status === 'failed');
    expect(app.core.connection(local.id, null).view.problem?.code).toBe('policy-program-refused');
    // Changed to another program it has to be approved again, and can't be.
    const draft = { ...program, program: '/bin/sh' };
    await app.core.commands.change(local.id, draft, local.settings);
    expect(app.core.servers.requireLocal(local.id).approval).toBeNull();
    expect(await problemCodeOf(app.core.commands.approve(local.id, commandDigest(draft)))).toBe(
      'policy-program-refused',
    );
    expect(app.core.local.view(local.id).lines).toEqual([]);
  });

  test('one of them is added, approved and started as ever', async () => {
    const app = await startCore({ policy: inForce({ allowedPrograms: [process.execPath] }) });
    const local = await app.core.commands.add('Local', program);
    await app.core.commands.approve(local.id, commandDigest(local.command));
    await until(() => app.core.local.view(local.id).lines.length > 0);
    await stopInTime(app);
  });
});

describe('forced servers', () => {
  const forcing = (url: string) => inForce({ organization: 'IT', forcedServers: [{ name: 'Tickets', url }] });

  test('are there at the first start, and neither removed nor switched off', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: forcing(sandbox.mcpUrl) });
    const [server] = app.core.servers.all();
    if (!server) throw new Error('no server');
    expect(server).toMatchObject({ name: 'Tickets', enabled: true });
    expect(await problemCodeOf(app.core.leaving.removeServer(server.id))).toBe('policy-locked');
    const off = app.core.changeServer(server.id, (one) => ({ ...one, enabled: false }));
    expect(await problemCodeOf(off)).toBe('policy-locked');
    expect((await app.signIn(server)).status.kind).toBe('succeeded');
    const snapshot = await app.views.snapshot([], {
      version: '',
      runtime: '',
      platform: '',
      systemLanguage: 'en',
    });
    expect(snapshot.policy).toMatchObject({ organization: 'IT', forcedServers: [server.id] });
  });

  test('one the person added and switched off is switched on, and not added twice', async () => {
    const sandbox = await sandboxForTest();
    const folder = await temporaryFolder();
    const before = await startCore({ sandbox, folder });
    const { id } = await before.addServer();
    await before.core.changeServer(id, (one) => ({ ...one, enabled: false }));
    await before.core.stop();
    const app = await startCore({ sandbox, folder, policy: forcing(sandbox.mcpUrl) });
    expect(app.core.servers.all()).toMatchObject([{ id, name: 'Sandbox', enabled: true }]);
  });

  test('erasing everything erases their accounts too, and leaves the server itself', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: forcing(sandbox.mcpUrl) });
    const [server] = app.core.servers.all();
    if (!server) throw new Error('no server');
    await app.signIn(server);
    const report = await app.core.leaving.eraseEverything();
    expect(report.signOuts).toHaveLength(1);
    expect(app.core.accounts.all()).toEqual([]);
    expect(app.core.servers.all()).toMatchObject([{ name: 'Tickets' }]);
  });
});

test('a memory-only vault writes no secret to disk, even where there is a key store', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, policy: inForce({ vault: 'memory-only' }) });
  const { account } = await app.signedIn();
  expect(await app.core.vault.protectionOf(account.id)).toEqual({
    kind: 'memory',
    reason: 'the policy of this computer',
  });
  expect(await readdir(join(app.folder, 'vault')).catch(() => [])).toEqual([]);
  await app.core.keeper.refreshNow(account.id);
});

test('updates off: the setting says so, can’t be changed, and comes back when the policy goes', async () => {
  const folder = await temporaryFolder();
  const app = await startCore({ folder, policy: inForce({ updates: 'off' }) });
  expect(app.core.settings.current.updateChecks).toBe(false);
  expect(await problemCodeOf(app.core.changeAppSettings({ updateChecks: true }))).toBe('policy-locked');
  await app.core.changeAppSettings({ theme: 'dark' });
  await app.core.stop();
  const later = await startCore({ folder });
  expect(later.core.settings.current).toMatchObject({ updateChecks: true, theme: 'dark' });
});

describe('a broken policy file', () => {
  test('is said, and nothing is added, looked at or signed in to', async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox, policy: broken });
    expect(app.notices).toMatchObject([{ code: 'policy-broken', params: { reason: 'it is not JSON' } }]);
    expect(await app.core.inquiry.probe(sandbox.mcpUrl)).toMatchObject({
      problem: { code: 'policy-broken' },
    });
    expect(await problemCodeOf(app.addServer())).toBe('policy-broken');
    expect(await problemCodeOf(app.core.commands.add('Local', program))).toBe('policy-broken');
    await app.core.start();
    await quietly();
    expect(app.wire.exchanges).toEqual([]);
  });

  test('keeps what there is: nothing is connected or renewed, and all of it works once it is mended', async () => {
    const sandbox = await sandboxForTest();
    const folder = await temporaryFolder();
    const time = new SimulatedTime();
    const before = await startCore({ sandbox, folder, time });
    const { server, account } = await before.signedIn();
    await before.core.stop();

    const during = await startCore({ sandbox, folder, time, policy: broken });
    await during.core.start();
    await until(() => during.core.connection(server.id, account.id).view.status === 'failed');
    time.advance(24 * 3_600_000);
    await quietly();
    expect(during.wire.exchanges).toEqual([]);
    expect(during.core.accounts.require(account.id).state.kind).toBe('live');
    await during.core.stop();

    const after = await startCore({ sandbox, folder, time });
    await after.core.start();
    await until(() => after.core.connection(server.id, account.id).view.status === 'connected');
  });

  test('a sign-in whose browser is out waits, and goes on once it is mended', async () => {
    const sandbox = await sandboxForTest();
    const folder = await temporaryFolder();
    const time = new SimulatedTime();
    const before = await startCore({ sandbox, folder, time, browser: 'hold' });
    const server = await before.addServer();
    before.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
    await until(() => before.visits.length === 1);
    await before.core.stop();
    const link = await callbackOf(before.visits[0]);

    const during = await startCore({ sandbox, folder, time, policy: broken });
    await during.core.start();
    expect(during.open(link)).toBe(false);
    await during.core.stop();

    const after = await startCore({ sandbox, folder, time });
    await after.core.start();
    expect(after.open(link)).toBe(true);
    await until(() => after.core.accounts.all().length === 1);
  });
});
