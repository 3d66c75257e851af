import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { type ElectronRuntime, electronRuntime } from '../../scripts/electron-runtime.ts';

export const root = join(import.meta.dirname, '..', '..');

let runtime: Promise<ElectronRuntime> | undefined;

/** What the app runs on here; asked once per process. */
export function runtimeInUse(): Promise<ElectronRuntime> {
  runtime ??= electronRuntime();
  return runtime;
}

export interface AppOptions {
  /** User data folder; absent: a new one that is removed with {@link AppUnderTest.dispose}. */
  readonly folder?: string;
  /** False: the system has no key store. */
  readonly keyStore?: boolean;
  readonly args?: readonly string[];
  /** Arguments for Electron itself, before the app's folder. */
  readonly before?: readonly string[];
  readonly env?: Record<string, string>;
  /** Called when the app runs, before its window is waited for. */
  readonly beforeWindow?: (running: Pick<AppUnderTest, 'electron' | 'openLink'>) => Promise<void>;
}

/** The built app with a page, a profile of its own and a system browser that only writes down what it is asked. */
export interface AppUnderTest {
  readonly folder: string;
  readonly page: Page;
  readonly electron: ElectronApplication;
  readonly runtime: ElectronRuntime;
  /** Addresses the system browser was asked to open, oldest first. */
  readonly opened: readonly string[];
  /** The next address the system browser is asked to open, from now on or already waiting. */
  nextOpened(): Promise<URL>;
  /** Starts the app a second time with links, as the operating system does with one. Resolves when that process ended. */
  openLink(...links: string[]): Promise<void>;
  /** Quits the app, keeping its folder. */
  quit(): Promise<void>;
  /** Kills the app at once, keeping its folder. */
  kill(): Promise<void>;
  dispose(): Promise<void>;
}

/** Key for the stand-in's substitute of a key store: tests must not depend on the desktop they run on. */
export const TEST_KEY = 'memory:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

/** Starts the built app. `npm run build` must have run. */
export async function launchApp(options: AppOptions = {}): Promise<AppUnderTest> {
  const used = await runtimeInUse();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const browser = await recordingBrowser();
  const env = {
    ...definedEnvironment(),
    ...browser.env,
    ...(options.keyStore === false ? {} : { STAND_IN_KEY_STORE: TEST_KEY }),
    ...options.env,
  };
  const switches = [
    `--user-data-dir=${folder}`,
    ...(options.keyStore === false ? ['--password-store=basic'] : []),
  ];
  const electron = await _electron.launch({
    executablePath: used.executable,
    args: [...(options.before ?? []), root, ...switches, ...(options.args ?? [])],
    env,
    colorScheme: 'no-override' as unknown as null,
  });
  if (used.kind === 'electron') await recordOpenExternal(electron, browser.address);
  const ended = (child: ChildProcess) =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
  const openLink = async (...links: string[]) => {
    const second = spawn(used.executable, [root, ...switches, '--', ...links], { env, stdio: 'ignore' });
    await ended(second);
  };
  await options.beforeWindow?.({ electron, openLink });
  const page = await electron.firstWindow();
  page.setDefaultTimeout(20_000);
  const process = electron.process();
  const quit = async () => {
    await electron.close();
    await ended(process);
    browser.close();
  };
  return {
    folder,
    page,
    electron,
    runtime: used,
    opened: browser.opened,
    nextOpened: () => browser.next(),
    openLink,
    quit,
    kill: async () => {
      process.kill('SIGKILL');
      await ended(process);
      browser.close();
    },
    dispose: async () => {
      await quit().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program in place of the system's browser opener that reports what it was asked to open. */
export async function recordingBrowser() {
  const opened: string[] = [];
  const waiting: ((url: URL) => void)[] = [];
  let taken = 0;
  const hand = () => {
    while (waiting.length > 0 && taken < opened.length) {
      const url = opened[taken];
      taken += 1;
      if (url !== undefined) waiting.shift()?.(new URL(url));
    }
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      opened.push(body);
      response.end();
      hand();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
  const program = join(folder, 'xdg-open');
  mkdirSync(folder, { recursive: true });
  const report = `fetch(${JSON.stringify(address)},{method:'POST',body:process.argv[1]})`;
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' -e ${JSON.stringify(report)} "$1"\n`);
  chmodSync(program, 0o755);
  return {
    address,
    opened,
    env: { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` },
    next: () =>
      new Promise<URL>((resolve, reject) => {
        const giveUp = setTimeout(
          () => reject(new Error('the system browser was not asked for anything')),
          20_000,
        );
        waiting.push((url) => {
          clearTimeout(giveUp);
          resolve(url);
        });
        hand();
      }),
    close: () => {
      server.close();
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** On macOS and Windows nothing on the path stands between Electron and the browser: shell itself reports. */
async function recordOpenExternal(electron: ElectronApplication, address: string): Promise<void> {
  await electron.evaluate(({ shell }, target) => {
    shell.openExternal = async (url: string) => {
      await fetch(target, { method: 'POST', body: url });
    };
  }, address);
}

export function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
