import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import { makeDist } from '../stand-in/make-dist.ts';
import { root, runtimeInUse } from './app.ts';

/** What stands where the library would send an identifier of the installation. */
const NOBODY = '00000000-0000-5000-8000-000000000000';

/** A place that offers a newer version, and notes who asks for what. */
class UpdateHost {
  readonly requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  readonly content = Buffer.from('a newer AppImage, as far as anybody can tell'.repeat(1000));
  sha512 = createHash('sha512').update(this.content).digest('base64');
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const { pathname: path } = new URL(request.url ?? '/', 'http://localhost');
      this.requests.push({ path, headers: request.headers });
      if (path === '/latest-linux.yml') response.end(this.#feed());
      else if (path === '/Gatehouse-9.9.9.AppImage') response.end(this.content);
      else response.writeHead(404).end();
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  asked = (path: string): number => this.requests.filter((request) => request.path === path).length;

  #feed(): string {
    return [
      'version: 9.9.9',
      'files:',
      '  - url: Gatehouse-9.9.9.AppImage',
      `    sha512: ${this.sha512}`,
      `    size: ${this.content.length}`,
      'path: Gatehouse-9.9.9.AppImage',
      `sha512: ${this.sha512}`,
      "releaseDate: '2026-11-20T12:00:00.000Z'",
      'releaseNotes: "<h2>New</h2><ul><li>Calmer<img src=x onerror=alert(1)></li></ul>"',
      '',
    ].join('\n');
  }
}

const { kind, description } = await runtimeInUse();

// Electron itself would have to be packed for this; the stand-in's folder becomes a package by copying the app into it.
describe.skipIf(kind === 'electron')('a packed app, installed as an AppImage', () => {
  let folder: string;
  let host: UpdateHost;
  let electron: ElectronApplication;
  let page: Page;
  const appImage = () => join(folder, 'Gatehouse.AppImage');

  beforeAll(() => console.log(description));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-updates-'));
    host = new UpdateHost();
    const address = await host.start();
    const executable = await makeDist(join(folder, 'dist'));
    const resources = join(folder, 'dist', 'resources');
    const app = join(resources, 'app');
    mkdirSync(app);
    cpSync(join(root, 'package.json'), join(app, 'package.json'));
    for (const part of ['main', 'preload', 'renderer']) {
      cpSync(join(root, 'out', part), join(app, 'out', part), { recursive: true });
    }
    writeFileSync(
      join(resources, 'app-update.yml'),
      `provider: generic\nurl: ${address}\nupdaterCacheDirName: gatehouse-updater\n`,
    );
    writeFileSync(appImage(), 'the version that runs', { mode: 0o755 });
    electron = await _electron.launch({
      executablePath: executable,
      args: [`--user-data-dir=${join(folder, 'profile')}`],
      env: {
        ...(process.env as Record<string, string>),
        APPIMAGE: appImage(),
        HOME: folder,
        XDG_CACHE_HOME: join(folder, 'cache'),
        XDG_CONFIG_HOME: join(folder, 'config'),
        XDG_DATA_HOME: join(folder, 'data'),
        STAND_IN_KEY_STORE: 'memory:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
      },
      colorScheme: 'no-override' as unknown as null,
    });
    page = await electron.firstWindow();
    page.setDefaultTimeout(30_000);
    await page.getByTestId('add-server-button').first().waitFor();
    await page.keyboard.press('Control+,');
  });

  afterEach(async () => {
    await electron.close();
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const update = (state: string) => page.locator(`[data-testid=update][data-kind=${state}]`).waitFor();

  test('asks at start, tells what is new as text, and fetches and installs only when told to', async () => {
    // Asked by itself, some seconds after the start.
    await update('available');
    expect(host.asked('/latest-linux.yml')).toBe(1);
    expect(await page.getByTestId('update-notes').textContent()).toBe('New\n• Calmer');
    expect(await page.locator('[data-testid=update-notes] img').count()).toBe(0);
    expect(host.asked('/Gatehouse-9.9.9.AppImage')).toBe(0);

    await page.getByTestId('update-download').click();
    await update('ready');
    expect(host.asked('/Gatehouse-9.9.9.AppImage')).toBe(1);
    // Ready is not installed, and quitting installs nothing either.
    expect(readFileSync(appImage(), 'utf8')).toBe('the version that runs');
    await electron.close();
    expect(readFileSync(appImage(), 'utf8')).toBe('the version that runs');

    // The host learns nothing that tells this installation from another.
    expect(host.requests[0]?.headers['x-user-staging-id']).toBe(NOBODY);
    for (const { headers } of host.requests) {
      expect(headers['x-user-staging-id'] ?? NOBODY).toBe(NOBODY);
      expect(headers.cookie).toBeUndefined();
    }
    expect(readdirSync(join(folder, 'profile'))).not.toContain('.updaterId');
  });

  test('a file that is not the one the feed names is not taken', async () => {
    host.sha512 = createHash('sha512').update('another file').digest('base64');
    await page.getByTestId('update-check').click();
    await update('available');
    await page.getByTestId('update-download').click();
    await update('failed');
    expect(await page.getByTestId('problem').getAttribute('data-code')).toBe('update-download-failed');
    expect(readFileSync(appImage(), 'utf8')).toBe('the version that runs');
  });

  test('switched off nobody is asked any more', async () => {
    await page.getByTestId('update-checks').click();
    await page.locator('[data-testid=update]').waitFor({ state: 'detached' });
    const stored = () => readFileSync(join(folder, 'profile', 'settings.json'), 'utf8');
    await vi.waitFor(() => expect(stored()).toContain('"updateChecks":false'), 20_000);
    const state = await page.evaluate(async () => {
      const { gatehouse } = window as unknown as {
        gatehouse: { call(name: string, input: unknown): Promise<{ value: Snapshot }> };
      };
      // Asking by hand is of no use either.
      await gatehouse.call('updates.check', undefined);
      return (await gatehouse.call('app.snapshot', undefined)).value.update;
    });
    expect(state).toEqual({ kind: 'off' });
    expect(host.requests).toEqual([]);
  });
});
