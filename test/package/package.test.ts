import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as asar from '@electron/asar';
import { Arch, build, Platform } from 'electron-builder';
import { _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFuses, isStandIn } from '../../scripts/fuses.ts';
import { ServerBook } from '../../src/main/servers/server-book.ts';
import { appIdentity } from '../../src/shared/app-identity.ts';
import { definedEnvironment, launchApp, root, runtimeInUse } from '../e2e/app.ts';
import { BrowserPerson } from '../e2e/browser-person.ts';
import { addAndSignIn, callTool, waitForConnected } from '../e2e/window.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { serverEntry } from '../support/entries.ts';
import { launchPackage, type Packed, pack, startPackage } from './packaged-app.ts';

const runtime = await runtimeInUse();
const onStandIn = runtime.kind === 'stand-in';
let packed: Packed;

beforeAll(() => {
  console.log(runtime.description);
  packed = pack();
});
afterAll(() => packed.dispose());

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );

/** The files in `app.asar`, with their sizes in bytes. */
function packedFiles(): Map<string, number> {
  const archive = join(packed.resources, 'app.asar');
  const files = new Map<string, number>();
  for (const name of asar.listPackage(archive, { isPack: false })) {
    const path = name.replaceAll('\\', '/').replace(/^\//, '');
    const entry = asar.statFile(archive, path);
    if ('size' in entry) files.set(path, Number(entry.size));
  }
  return files;
}

describe('what is in it', () => {
  // Everything else is a mistake: a test, a source, a map, a dependency.
  const shapes = [
    /^(LICENSE|package\.json)$/,
    /^out\/main\/index\.js$/,
    /^out\/main\/chunks\/[\w.-]+\.js$/,
    /^out\/preload\/index\.cjs$/,
    /^out\/renderer\/index\.html$/,
    /^out\/renderer\/assets\/[\w.-]+-[\w-]{8}\.(js|css|woff2|svg|png)$/,
  ];

  test('the build’s output, the licence and package.json, and nothing else', () => {
    const files = packedFiles();
    const built = ['main', 'preload', 'renderer'].flatMap((part) =>
      filesIn(join(root, 'out', part)).map((file) => `out/${part}/${file}`),
    );
    expect([...files.keys()].sort()).toEqual(['LICENSE', 'package.json', ...built].sort());
    expect([...files.keys()].filter((file) => !shapes.some((shape) => shape.test(file)))).toEqual([]);
    const total = [...files.values()].reduce((sum, size) => sum + size, 0);
    console.log(`app.asar: ${files.size} files, ${(total / 1e6).toFixed(2)} MB`);
  });

  test('nothing in it refers to a source map, and nothing is loaded from outside it', () => {
    const archive = join(packed.resources, 'app.asar');
    for (const file of packedFiles().keys()) {
      if (!/\.(js|cjs|css)$/.test(file)) continue;
      const text = asar.extractFile(archive, file).toString('utf8');
      expect([file, /[#@] sourceMappingURL=/.test(text)]).toEqual([file, false]);
    }
    const { devDependencies, dependencies, scripts } = JSON.parse(
      asar.extractFile(archive, 'package.json').toString('utf8'),
    ) as Record<string, unknown>;
    expect({ devDependencies, dependencies, scripts }).toEqual({});
  });

  test('beside it: the licences of what is bundled, and no other app to start', () => {
    const beside = readdirSync(packed.resources);
    expect(beside).toContain('LICENSES.bundled.txt');
    expect(statSync(join(packed.resources, 'LICENSES.bundled.txt')).size).toBeGreaterThan(10_000);
    expect(beside).not.toContain('default_app.asar');
    expect(beside).not.toContain('app');
  });
});

describe('its executable', () => {
  test('has its fuses set, or says that it is the stand-in', async () => {
    if (onStandIn) {
      expect(await isStandIn(packed.executable)).toBe(true);
      expect(packed.output).toContain('no fuses: this executable is the stand-in');
    } else {
      await checkFuses(packed.fuseTarget);
      expect(packed.output).toContain('fuses set and read back');
    }
  });

  // On macOS and Windows nothing stands between a package and the person's own browser.
  test.runIf(process.platform === 'linux')('does the main job from app.asar', async () => {
    const sandbox = await startSandbox();
    const person = await BrowserPerson.start();
    const app = await launchPackage(packed);
    try {
      await addAndSignIn(app.page, sandbox.mcpUrl);
      await person.visit(await app.nextOpened());
      await waitForConnected(app.page);
      expect(await callTool(app.page, 'whoami')).toContain('alice');
    } finally {
      await app.end();
      await person.close();
      await sandbox.close();
    }
  });

  test.skipIf(process.platform === 'linux')('starts, with its page', async () => {
    const app = await launchPackage(packed);
    await app.page.getByTestId('add-server-button').first().waitFor();
    await app.end();
  });

  // Electron's package can't be asked from outside: its fuses see to that.
  test.runIf(onStandIn)('has no developer tools, which development has', async () => {
    const open = async (electron: Awaited<ReturnType<typeof _electron.launch>>) => {
      await electron.firstWindow();
      return electron.evaluate(({ webContents }) => {
        const [contents] = webContents.getAllWebContents();
        contents?.openDevTools();
        return contents?.isDevToolsOpened();
      });
    };
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
    const app = await _electron.launch({
      executablePath: packed.executable,
      args: [`--user-data-dir=${folder}`],
      env: definedEnvironment(),
    });
    expect(await open(app)).toBe(false);
    await app.close();
    rmSync(folder, { recursive: true, force: true });
    const development = await launchApp();
    expect(await open(development.electron)).toBe(true);
    await development.dispose();
  });

  test.runIf(process.platform === 'linux')(
    'lets nobody drive the pages of the person’s own profile',
    async () => {
      const sandbox = await startSandbox();
      const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
      const profile = join(home, appIdentity.productName);
      const book = new ServerBook(profile);
      await book.put(serverEntry({ id: 'here', name: 'Here', url: sandbox.mcpUrl }));
      await book.settled();
      const { child, lines } = startPackage(packed, ['--remote-debugging-port=0'], { XDG_CONFIG_HOME: home });
      try {
        // The app is up: it has asked the profile's server.
        await expect.poll(() => sandbox.count({ host: 'server' }), { timeout: 60_000 }).toBeGreaterThan(0);
        expect(lines.filter((line) => line.includes('DevTools listening'))).toEqual([]);
        expect(existsSync(profile)).toBe(true);
        expect(profile.startsWith(homedir())).toBe(false);
      } finally {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
        await sandbox.close();
        rmSync(home, { recursive: true, force: true });
      }
    },
  );
});

describe.runIf(process.platform === 'linux')('what the desktop is told', () => {
  /** What electron-builder would write for a target, asked just before it would fetch its tools. */
  async function entryFor(target: string): Promise<Record<string, string>> {
    let desktop = '';
    const output = mkdtempSync(join(tmpdir(), 'gatehouse-target-'));
    await build({
      projectDir: root,
      prepackaged: packed.folder,
      targets: Platform.LINUX.createTarget(target, process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
      publish: 'never',
      config: { directories: { output } },
      effectiveOptionComputed: async (options: { desktop: string } | [arguments: string[], file: string]) => {
        desktop = Array.isArray(options) ? readFileSync(options[1], 'utf8') : options.desktop;
        return true;
      },
    } as Parameters<typeof build>[0]);
    rmSync(output, { recursive: true, force: true });
    return Object.fromEntries(
      desktop.split('\n').flatMap((line) => {
        const at = line.indexOf('=');
        return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
      }),
    );
  }

  test.each(['AppImage', 'deb', 'rpm'])(
    '%s: our scheme is ours, and no switch turns the sandbox off',
    async (target) => {
      const entry = await entryFor(target);
      expect(entry).toMatchObject({
        Name: 'Gatehouse',
        Type: 'Application',
        Icon: 'gatehouse',
        StartupWMClass: 'gatehouse',
        MimeType: `x-scheme-handler/${appIdentity.scheme};`,
        Categories: 'Development;',
      });
      expect(entry.Exec).toMatch(target === 'AppImage' ? /^AppRun +%U$/ : /^\/opt\/Gatehouse\/gatehouse %U$/);
    },
  );
});
