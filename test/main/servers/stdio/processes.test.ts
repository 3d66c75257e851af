import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MARK_NAME, processTable } from '../../../../src/main/servers/stdio/process-table.ts';
import type { ToolCallOutcome } from '../../../../src/shared/domain/tool.ts';
import { startCore } from '../../../support/core.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { endAfterTest, isAlive, passGrace, stopInTime } from '../../../support/processes.ts';
import { quietly, until } from '../../../support/time.ts';
import { connected, draft, type LocalStage, localStage, program } from './stage.ts';

/** Numbers of the program and everything it started, from its log. */
async function familyOf(stage: Pick<LocalStage, 'logged'>): Promise<number[]> {
  const pids = (await stage.logged())
    .flatMap((line) => /^(?:start|child) (\d+)$/.exec(line)?.slice(1) ?? [])
    .map(Number);
  endAfterTest(...pids);
  return pids;
}

async function allDead(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(isAlive))).every((alive) => !alive);
}

describe.runIf(process.platform === 'linux')('processes', () => {
  test('stopping ends a program with its child, a child in a session of its own, and one whose parent is gone', async () => {
    const stage = await localStage();
    const server = await stage.started(draft(program('speaker', '--family', '--log', stage.log)));
    await connected(stage, server);
    const family = await familyOf(stage);
    expect(family).toHaveLength(4);
    expect(await Promise.all(family.map(isAlive))).toEqual([true, true, true, true]);
    await stopInTime(stage.app);
    expect(await allDead(family)).toBe(true);
    expect(JSON.parse(await readFile(join(stage.app.folder, 'processes.json'), 'utf8')).content).toEqual([]);
  });

  test('a program that ignores the end of its input and SIGTERM is ended by force after both graces', async () => {
    const stage = await localStage();
    const server = await stage.started(
      draft(program('speaker', '--family', '--stubborn', '--log', stage.log)),
    );
    await connected(stage, server);
    const family = await familyOf(stage);
    const begun = stage.app.time.now();
    await stopInTime(stage.app);
    expect(await allDead(family)).toBe(true);
    expect(stage.app.time.now() - begun).toBeGreaterThanOrEqual(4_000);
  });

  test('what a program left behind ends with it when it ends by itself', async () => {
    const stage = await localStage();
    const server = await stage.started(draft(program('speaker', '--family', '--log', stage.log)));
    await connected(stage, server);
    const family = await familyOf(stage);
    let outcome: ToolCallOutcome | null = null;
    void stage.call(server, 'exit', 1).then((value) => {
      outcome = value;
    });
    await until(() => {
      if (outcome === null) passGrace(stage.app.time);
      return outcome !== null;
    });
    expect(outcome).toMatchObject({ problem: { code: 'command-ended' } });
    expect(await allDead(family)).toBe(true);
  });

  test('a server switched off has no process; one switched on again has one', async () => {
    const stage = await localStage();
    const server = await stage.started(draft(program('speaker', '--log', stage.log)));
    await connected(stage, server);
    const { core } = stage.app;
    await core.changeServer(server.id, (one) => ({ ...one, enabled: false }));
    expect(await allDead(await familyOf(stage))).toBe(true);
    expect(core.local.view(server.id).state).toMatchObject({ kind: 'ended', signal: null });
    await core.changeServer(server.id, (one) => ({ ...one, enabled: true }));
    await connected(stage, server);
    expect(core.local.view(server.id).state.kind).toBe('running');
  });

  test('after kill -9 of the app everything it left behind is ended at the next start, before anything new starts', async () => {
    const folder = await temporaryFolder();
    const log = join(await temporaryFolder(), 'log');
    const logged = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const command = program('speaker', '--family', '--stubborn', '--log', log);
    const host = fileURLToPath(new URL('programs/host.ts', import.meta.url));
    const app = spawn(process.execPath, [host, folder, command.program, ...command.arguments], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endAfterTest(app.pid ?? 0);
    await once(app.stdout, 'data');
    const family = await familyOf({ logged });
    app.kill('SIGKILL');
    await once(app, 'exit');
    // Nobody ended them: all four live on.
    expect(await Promise.all(family.map(isAlive))).toEqual([true, true, true, true]);

    const next = await startCore({ folder });
    const [server] = next.core.servers.all();
    await next.core.start();
    await until(() => next.core.supervisor.views()[0]?.status === 'connected');
    // The new one was started after the old ones had ended.
    expect(await allDead(family)).toBe(true);
    const again = (await logged()).filter((line) => line.startsWith('start'));
    expect(again).toHaveLength(2);
    await familyOf({ logged });
    void next.core.changeServer(server?.id ?? '', (one) => ({ ...one, enabled: false }));
    await until(() => {
      passGrace(next.time);
      return next.core.local.processes.all().length === 0;
    });
  });

  test('a process that got the number of one of ours is left alone', async () => {
    const folder = await temporaryFolder();
    const stranger = spawn(process.execPath, program('sleeper').arguments, {
      stdio: 'ignore',
      detached: true,
    });
    endAfterTest(stranger.pid ?? 0);
    const entry = (id: string, startedAt: string | null) => ({
      id,
      program: 'node',
      pid: stranger.pid,
      startedAt,
    });
    const startedAt = await processTable(process.platform).startOf(stranger.pid ?? 0);
    const content = [entry('later', 'another start'), entry('unknown', null)];
    await writeFile(join(folder, 'processes.json'), JSON.stringify({ version: 1, content }));
    const { core } = await startCore({ folder });
    await core.start();
    await until(() => core.local.processes.all().length === 0);
    expect(await isAlive(stranger.pid ?? 0)).toBe(true);
    // The same record with the right start is one of ours.
    await core.local.processes.put(entry('ours', startedAt) as never);
    core.local.start();
    await until(async () => !(await isAlive(stranger.pid ?? 0)));
  });

  test('a program started in the very moment the app was killed is found by its mark', async () => {
    const folder = await temporaryFolder();
    const environment = { ...process.env, [MARK_NAME]: 'a-mark' };
    const [ours, other] = [environment, { ...environment, [MARK_NAME]: 'a-mark-2' }].map((env) =>
      spawn(process.execPath, program('sleeper').arguments, { stdio: 'ignore', detached: true, env }),
    );
    const pids = [ours?.pid ?? 0, other?.pid ?? 0];
    endAfterTest(...pids);
    const content = [{ id: 'a-mark', program: 'node', pid: null, startedAt: null }];
    await writeFile(join(folder, 'processes.json'), JSON.stringify({ version: 1, content }));
    const { core } = await startCore({ folder });
    await core.start();
    await until(() => core.local.processes.all().length === 0);
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, true]);
  });

  test('stopping while a program is being started leaves nothing', async () => {
    const stage = await localStage();
    const server = await stage.started(draft(program('speaker', '--log', stage.log)));
    await until(() => stage.app.core.local.processes.all().length > 0);
    await stage.app.core.stop();
    expect(await allDead(await familyOf(stage))).toBe(true);
    expect(stage.app.core.local.processes.all()).toEqual([]);
    expect(stage.connection(server).view.status).toBe('disconnected');
  });

  test('five endings in a row, and a program is left alone until the person starts it again', async () => {
    const stage = await localStage();
    const command = draft(
      program('speaker', '--say', 'no configuration found', '--die', '2', '--log', stage.log),
    );
    const added = await stage.add(command);
    // Its era is known, so that each attempt is one start.
    await stage.app.core.servers.put({ ...added, era: 'legacy' });
    await stage.approve(added);
    const connection = stage.connection(added);
    const statuses: (string | undefined)[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await until(() => connection.view.nextAttemptAt !== null || connection.view.status === 'failed');
      statuses.push(connection.view.problem?.code);
      stage.app.time.advance(Math.max(0, (connection.view.nextAttemptAt ?? 0) - stage.app.time.now()));
    }
    expect(statuses).toEqual([...Array(4).fill('command-ended'), 'command-keeps-ending']);
    expect(connection.view).toMatchObject({
      status: 'failed',
      nextAttemptAt: null,
      problem: {
        params: { how: 'exit code 2', times: '5' },
        detail: expect.stringContaining('no configuration found'),
      },
    });
    expect(await stage.logged()).toHaveLength(5);
    // Quiet, whatever happens around it.
    stage.app.core.wake();
    stage.app.time.advance(3_600_000);
    expect(await stage.call(added, 'place')).toMatchObject({ problem: { code: 'command-keeps-ending' } });
    await quietly();
    expect(await stage.logged()).toHaveLength(5);
    await connection.reconnect();
    await until(() => connection.view.nextAttemptAt !== null);
    expect(await stage.logged()).toHaveLength(6);
    expect(connection.view.problem?.code).toBe('command-ended');
  });

  test('endings after a steady while are no crash loop', async () => {
    const stage = await localStage();
    const server = await stage.started(draft(program('speaker', '--log', stage.log)));
    for (let ending = 1; ending <= 7; ending += 1) {
      await connected(stage, server);
      stage.app.time.advance(60_000);
      await stage.call(server, 'exit', 1);
      const { view } = stage.connection(server);
      expect(view).toMatchObject({ status: 'reconnecting', problem: { code: 'command-ended' } });
      // Each time it waits for the first pause only.
      const pause = (view.nextAttemptAt ?? 0) - stage.app.time.now();
      expect(pause).toBeLessThanOrEqual(1_000);
      stage.app.time.advance(pause);
    }
    await connected(stage, server);
  });
});
