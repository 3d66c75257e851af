import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';
import { definedEnvironment, recordingBrowser, root, TEST_KEY } from '../e2e/app.ts';

/** A package made for these tests. */
export interface Packed {
  /** The executable, or the bundle on macOS, as scripts/fuses.ts wants it. */
  readonly fuseTarget: string;
  readonly executable: string;
  /** The folder that holds `app.asar`. */
  readonly resources: string;
  /** The folder that would be shipped. */
  readonly folder: string;
  /** What was printed while packing. */
  readonly output: string;
  dispose(): void;
}

/**
 * Runs `npm run package -- --dir` into a folder of its own.
 * @throws with its output when it fails
 */
export function pack(): Packed {
  const out = mkdtempSync(join(tmpdir(), 'gatehouse-package-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'package.ts'), '--dir', `-c.directories.output=${out}`],
    { cwd: root, encoding: 'utf8', env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' } },
  );
  const output = `${stdout}${stderr}`;
  const dispose = () => rmSync(out, { recursive: true, force: true });
  if (status !== 0) {
    dispose();
    throw new Error(`packing failed:\n${output}`);
  }
  const arm = process.arch === 'arm64' ? '-arm64' : '';
  if (process.platform === 'darwin') {
    const folder = join(out, `mac${arm}`);
    const bundle = join(folder, 'Gatehouse.app');
    const contents = join(bundle, 'Contents');
    return {
      folder,
      output,
      dispose,
      fuseTarget: bundle,
      executable: join(contents, 'MacOS', 'Gatehouse'),
      resources: join(contents, 'Resources'),
    };
  }
  const windows = process.platform === 'win32';
  const folder = join(out, `${windows ? 'win' : 'linux'}${arm}-unpacked`);
  const executable = join(folder, windows ? 'Gatehouse.exe' : 'gatehouse');
  return {
    folder,
    output,
    dispose,
    executable,
    fuseTarget: executable,
    resources: join(folder, 'resources'),
  };
}

/** A started package, as a person starts it: nothing of it but its pages can be reached from outside. */
export interface PackagedApp {
  readonly page: Page;
  readonly child: ChildProcess;
  nextOpened(): Promise<URL>;
  end(): Promise<void>;
}

/** Starts a package with arguments; what it prints is read line by line. */
export function startPackage(packed: Packed, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(packed.executable, args, {
    env: { ...definedEnvironment(), STAND_IN_KEY_STORE: TEST_KEY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.resume();
  const lines: string[] = [];
  const errors = createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  return { child, lines, errors };
}

/** Starts a package with a profile of its own and connects to its page, over the DevTools protocol. */
export async function launchPackage(packed: Packed): Promise<PackagedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const recorder = await recordingBrowser();
  const args = [`--user-data-dir=${folder}`, '--remote-debugging-port=0'];
  const { child, lines, errors } = startPackage(packed, args, recorder.env);
  const address = await new Promise<string>((resolve, reject) => {
    errors.on('line', (line) => {
      const found = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The package ended:\n${lines.join('\n')}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  if (!context) throw new Error('The package has no page');
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  page.setDefaultTimeout(20_000);
  return {
    page,
    child,
    nextOpened: () => recorder.next(),
    end: async () => {
      const ended = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGTERM');
      await ended;
      recorder.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
