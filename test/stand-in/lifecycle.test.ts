import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as asar from '@electron/asar';
import { describe, expect, test } from 'vitest';
import { makeDist } from './make-dist.ts';
import { electron, environment, fixture, type Run, start, temporaryFolder } from './run-fixture.ts';

async function runFixture(then = '', userData = temporaryFolder(), args: string[] = []): Promise<Run> {
  const env = environment({ FIXTURE_THEN: then, TMPDIR: temporaryFolder() });
  return start(await electron(), [fixture, `--user-data-dir=${userData}`, ...args], { env });
}

/** Runs `then` in the loaded fixture and returns what it returns. */
async function resultOf(then: string, args: string[] = []): Promise<unknown> {
  const run = await runFixture(`${then}`, undefined, args);
  await run.printed('result: ');
  run.child.kill('SIGTERM');
  await run.ended;
  return JSON.parse(/^result: (.*)$/m.exec(run.output())?.[1] ?? 'null');
}

/** Process IDs of a run's Chromium: those whose command line names its temporary profile. */
function chromiumOf(temporary: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${temporary}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const gone = (look: () => unknown) => expect.poll(look, { timeout: 120_000 });

describe('a run', () => {
  test('says what it is', async () => {
    const run = await runFixture();
    await run.printed('stand-in, not Electron: Node ');
    run.child.kill('SIGTERM');
    await run.ended;
  });

  test('looks like Electron from the inside', async () => {
    const seen = await resultOf(
      `return { argv: process.argv, execPath: process.execPath, type: process.type, defaultApp: process.defaultApp,
        electron: process.versions.electron, chrome: process.versions.chrome, resources: process.resourcesPath,
        packaged: electron.app.isPackaged, appPath: electron.app.getAppPath(), name: electron.app.getName(),
        version: electron.app.getVersion(), fromRequire: process.getBuiltinModule('module').createRequire(import.meta?.url ?? '/x.js')('electron').app === electron.app }`.replace(
        'import.meta?.url ?? ',
        '',
      ),
      ['--flag', 'word'],
    );
    const executable = await electron();
    expect(seen).toMatchObject({
      argv: [executable, fixture, expect.stringMatching(/^--user-data-dir=/), '--flag', 'word'],
      execPath: executable,
      type: 'browser',
      defaultApp: true,
      electron: '45.4.1',
      chrome: expect.stringMatching(/^156\./),
      resources: join(executable, '../resources'),
      packaged: false,
      appPath: fixture,
      name: 'Stand-in Fixture',
      version: '1.2.3',
      fromRequire: true,
    });
  });

  test('quits in order when asked by a signal', async () => {
    const run = await runFixture();
    await run.printed('fixture: loaded');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    const order = ['before-quit', 'will-quit', 'quit'].map((name) =>
      run.output().indexOf(`fixture: ${name}\n`),
    );
    expect(order.every((at, index) => index === 2 || at >= 0)).toBe(true);
    expect(order[0]).toBeLessThan(order[1] ?? -1);
  });

  test('keeps running while a window refuses to close', async () => {
    const seen = await resultOf(`
      const refused = new Promise((resolve) => window.once('close', (event) => { event.preventDefault(); resolve(); }));
      electron.app.quit();
      await refused;
      return { destroyed: window.isDestroyed(), windows: electron.BrowserWindow.getAllWindows().length };`);
    expect(seen).toEqual({ destroyed: false, windows: 1 });
  });

  test('ends with the code given to app.exit', async () => {
    const run = await runFixture('electron.app.exit(7)');
    expect(await run.ended).toBe(7);
    expect(run.output()).not.toContain('will-quit');
  });

  test('goes on after an uncaught error, as Electron does', async () => {
    const run = await runFixture(
      `setTimeout(() => { throw new Error('nobody caught this') }); await new Promise((done) => setTimeout(done)); return 'still here'`,
    );
    await run.printed('nobody caught this');
    await run.printed('result: "still here"');
    run.child.kill('SIGTERM');
    await run.ended;
  });
});

describe('windows', () => {
  test('that are hidden are so for the page too', async () => {
    const seen = await resultOf(`
      const state = () => window.webContents.executeJavaScript(
        "new Promise((done) => document.visibilityState === WANTED ? done(true) : document.addEventListener('visibilitychange', () => done(document.visibilityState === WANTED), { once: true }))".replaceAll('WANTED', JSON.stringify(wanted)));
      let wanted = 'visible';
      const first = await state();
      wanted = 'hidden';
      window.hide();
      const second = [await state(), window.isVisible()];
      wanted = 'visible';
      window.show();
      return [first, second, await state(), window.isVisible()];`);
    expect(seen).toEqual([true, [true, false], true, true]);
  });

  test('that the page may not open do not open; those it may, do', async () => {
    const seen = await resultOf(`
      globalThis.fixture.decisions.window = 'allow';
      const created = new Promise((resolve) => window.webContents.once('did-create-window', resolve));
      await window.webContents.executeJavaScript("void window.open('other.html')", true);
      const child = await created;
      await new Promise((resolve) => child.webContents.once('did-finish-load', resolve));
      return child.webContents.getURL();`);
    expect(seen).toBe('app://gatehouse/other.html');
  });

  test('tell when their page has crashed', async () => {
    const run = await runFixture(`window.webContents.forcefullyCrashRenderer(); return 'crashing'`);
    await run.printed('fixture: render-process-gone');
    run.child.kill('SIGTERM');
    await run.ended;
  });

  test('cannot be made before the app is ready', async () => {
    const app = temporaryFolder();
    writeFileSync(join(app, 'package.json'), '{"main":"main.cjs","name":"early"}');
    writeFileSync(
      join(app, 'main.cjs'),
      `const { app, BrowserWindow, safeStorage, protocol } = require('electron');
       const refused = (action) => { try { action(); return 'went through' } catch (error) { return error.message } };
       console.log(JSON.stringify([app.isReady(), refused(() => new BrowserWindow()), safeStorage.isEncryptionAvailable(),
         safeStorage.getSelectedStorageBackend(), refused(() => safeStorage.encryptString('x'))]));
       app.whenReady().then(() => { console.log(refused(() => protocol.registerSchemesAsPrivileged([]))); app.quit() });`,
    );
    const run = start(await electron(), [app, `--user-data-dir=${temporaryFolder()}`]);
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain(
      '[false,"Cannot create BrowserWindow before app is ready",false,"unknown","safeStorage.encryptString cannot be used before app is ready"]',
    );
    expect(run.output()).toContain(
      'protocol.registerSchemesAsPrivileged should be called before app is ready',
    );
  });
});

describe('the single instance lock', () => {
  test('hands a second instance’s arguments and folder to the first, and the second ends', async () => {
    const userData = temporaryFolder();
    const first = await runFixture(
      `return await globalThis.fixture.entry({ event: 'second-instance' })`,
      userData,
    );
    await first.printed('fixture: loaded');
    const folder = temporaryFolder();
    const second = start(
      await electron(),
      [fixture, `--user-data-dir=${userData}`, 'app.gatehouse.desktop:/oauth/callback?code=1'],
      {
        cwd: folder,
      },
    );
    expect(await second.ended).toBe(0);
    await first.printed('result: ');
    const seen = JSON.parse(/^result: (.*)$/m.exec(first.output())?.[1] ?? 'null');
    expect(seen.argv.at(-1)).toBe('app.gatehouse.desktop:/oauth/callback?code=1');
    expect(seen.workingDirectory).toBe(folder);
    expect(seen.additionalData).toEqual({ from: expect.any(Number) });
    first.child.kill('SIGTERM');
    await first.ended;
  });

  test('is taken over from an owner that was killed', async () => {
    const userData = temporaryFolder();
    const first = await runFixture('', userData);
    await first.printed('fixture: loaded');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await runFixture('', userData);
    await second.printed('fixture: loaded');
    second.child.kill('SIGTERM');
    await second.ended;
  });

  test('is one per user data folder', async () => {
    const [one, two] = [await runFixture(), await runFixture()];
    await Promise.all([one.printed('fixture: loaded'), two.printed('fixture: loaded')]);
    for (const run of [one, two]) run.child.kill('SIGTERM');
    await Promise.all([one.ended, two.ended]);
  });
});

describe('Chromium', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`ends with the main process on ${signal}, and leaves nothing behind`, async () => {
      const temporary = temporaryFolder();
      const run = start(await electron(), [fixture, `--user-data-dir=${temporaryFolder()}`], {
        env: environment({ TMPDIR: temporary }),
      });
      await run.printed('fixture: loaded');
      expect(chromiumOf(temporary).length).toBeGreaterThan(0);
      run.child.kill(signal);
      await run.ended;
      await gone(() => chromiumOf(temporary)).toEqual([]);
      await gone(() => readdirSync(temporary).filter((name) => name.includes('chromium'))).toEqual([]);
    });
  }

  test('takes the app along when it ends', async () => {
    const temporary = temporaryFolder();
    const run = start(await electron(), [fixture, `--user-data-dir=${temporaryFolder()}`], {
      env: environment({ TMPDIR: temporary }),
    });
    await run.printed('fixture: loaded');
    for (const pid of chromiumOf(temporary)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went with its parent.
      }
    }
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('fixture: render-process-gone');
  });
});

describe('a packaged app', () => {
  test('runs from its archive beside a renamed executable', async () => {
    const folder = join(temporaryFolder(), 'linux-unpacked');
    const executable = await makeDist(folder);
    const renamed = join(folder, 'fixture');
    renameSync(executable, renamed);
    const source = temporaryFolder();
    cpSync(fixture, source, { recursive: true });
    mkdirSync(join(folder, 'resources'), { recursive: true });
    await asar.createPackage(source, join(folder, 'resources/app.asar'));
    const run = start(renamed, [`--user-data-dir=${temporaryFolder()}`, 'word'], {
      env: environment({
        FIXTURE_THEN: `return { packaged: electron.app.isPackaged, argv: process.argv, defaultApp: process.defaultApp ?? null, appPath: electron.app.getAppPath() }`,
      }),
    });
    await run.printed('result: ');
    const seen = JSON.parse(/^result: (.*)$/m.exec(run.output())?.[1] ?? 'null');
    expect(seen).toMatchObject({
      packaged: true,
      argv: [renamed, expect.stringMatching(/^--user/), 'word'],
      defaultApp: null,
      appPath: expect.stringMatching(/app\.asar$/),
    });
    run.child.kill('SIGTERM');
    await run.ended;
    expect(existsSync(seen.appPath)).toBe(false);
  });
});

test('an app that is not there is refused', async () => {
  const run = start(await electron(), ['/nowhere/at/all']);
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain('Unable to find Electron app at /nowhere/at/all');
});
