import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AccountBook } from '../../src/main/accounts/account-book.ts';
import { ServerBook } from '../../src/main/servers/server-book.ts';
import type { Settings } from '../../src/shared/domain/settings.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { accountEntry, serverEntry } from '../support/entries.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { addAndSignIn, waitForConnected, writeSettings } from './window.ts';

let app: AppUnderTest | undefined;
const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
/** What the app writes for the desktop goes into a folder of the test's. */
const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config') };

beforeAll(async () => console.log((await runtimeInUse()).description));
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const profile = () => mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
const isLoaded = ({ page }: AppUnderTest) => page.getByTestId('add-server-button').first().waitFor();
const storedSettings = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { content: Settings }).content;

/** Closes the window as the person does, and answers the question with the button of this number. */
async function closeWindow({ electron }: AppUnderTest, answer = 2): Promise<string[]> {
  return electron.evaluate(async ({ BrowserWindow, dialog }, response) => {
    const asked: string[] = [];
    dialog.showMessageBox = async (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return { response, checkboxChecked: false };
    };
    BrowserWindow.getAllWindows()[0]?.close();
    // The answer is dealt with in turns of the loop that follow.
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return asked;
  }, answer);
}

const visible = ({ electron }: AppUnderTest) =>
  electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false);

describe.skipIf(process.platform === 'darwin')('closing the window', () => {
  test('asks once; “keep running” hides it, and a second start brings it back', async () => {
    app = await launchApp({ env });
    await isLoaded(app);
    expect(await closeWindow(app, 2)).toEqual(['Keep Gatehouse running?']);
    expect(await visible(app)).toBe(true);
    expect(await closeWindow(app, 0)).toHaveLength(1);
    await vi.waitFor(async () => expect(await visible(app as AppUnderTest)).toBe(false), 20_000);
    expect(storedSettings(app.folder).closeWindow).toBe('keep-running');
    await app.openLink();
    await vi.waitFor(async () => expect(await visible(app as AppUnderTest)).toBe(true), 20_000);
    expect(await closeWindow(app)).toEqual([]);
    expect(await visible(app)).toBe(false);
  });

  test('ends the app when the person chose so', async () => {
    const folder = profile();
    writeSettings(folder, { closeWindow: 'quit' });
    app = await launchApp({ folder, env });
    await isLoaded(app);
    const ended = new Promise((resolve) => app?.electron.process().once('exit', resolve));
    await closeWindow(app).catch(() => undefined);
    await ended;
  });
});

test('the window comes back where it was', async () => {
  const folder = profile();
  app = await launchApp({ folder, env });
  await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 120, y: 60, width: 900, height: 640 }),
  );
  await app.quit();
  app = await launchApp({ folder, env });
  const bounds = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(bounds).toMatchObject({ width: 900, height: 640 });
  // Some window managers place windows themselves.
  if (app.runtime.kind === 'stand-in') expect(bounds).toMatchObject({ x: 120, y: 60 });
});

test('a place that is on no screen any more is not taken', async () => {
  const folder = profile();
  const bounds = { x: 90_000, y: 90_000, width: 900, height: 640 };
  writeFileSync(join(folder, 'window.json'), JSON.stringify({ bounds, maximized: false }));
  app = await launchApp({ folder, env });
  const placed = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(placed?.x).toBeLessThan(10_000);
  expect(placed).toMatchObject({ width: 900, height: 640 });
});

describe.skipIf(process.platform !== 'linux')('starting with the computer', () => {
  test('is switched on and off in Settings', async () => {
    app = await launchApp({ env });
    await isLoaded(app);
    await app.page.keyboard.press('Control+,');
    const entry = join(env.XDG_CONFIG_HOME, 'autostart', 'gatehouse.desktop');
    expect(existsSync(entry)).toBe(false);
    await app.page.getByTestId('start-at-login').click();
    await vi.waitFor(() => expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.* --hidden$/m), 20_000);
    await app.page.getByTestId('start-at-login').click();
    await vi.waitFor(() => expect(existsSync(entry)).toBe(false), 20_000);
  });
});

test('copying diagnostics puts them on the clipboard', async () => {
  app = await launchApp({ env });
  await isLoaded(app);
  await app.page.keyboard.press('ControlOrMeta+,');
  await app.page.getByTestId('copy-diagnostics').click();
  const text = () => (app as AppUnderTest).electron.evaluate(({ clipboard }) => clipboard.readText());
  await vi.waitFor(async () => expect(await text()).toContain('# Gatehouse diagnostics'), 20_000);
  expect(readFileSync(join(app.folder, 'logs', 'main.log'), 'utf8')).toMatch(
    / info Gatehouse \S+ starts on /,
  );
});

describe('outside the window', () => {
  /** A profile with a server that is not there and an account of it whose grant was revoked. */
  async function withRevokedAccount(): Promise<string> {
    const folder = profile();
    const servers = new ServerBook(folder);
    const accounts = new AccountBook(folder);
    await servers.put(serverEntry({ name: 'Linear', url: 'https://mcp.gatehouse.invalid/mcp' }));
    await accounts.put(accountEntry({ state: { kind: 'revoked', at: 1, reason: 'invalid_grant' } }));
    await Promise.all([servers.settled(), accounts.settled()]);
    return folder;
  }

  test('the menu’s entries lead where they say', async () => {
    app = await launchApp({ env });
    await isLoaded(app);
    const click = (id: string) =>
      (app as AppUnderTest).electron.evaluate(
        ({ Menu }, entry) => Menu.getApplicationMenu()?.getMenuItemById(entry)?.click(),
        id,
      );
    await click('settings');
    await app.page.getByTestId('start-at-login').waitFor();
    await click('add-server');
    await app.page.getByRole('dialog').getByTestId('server-url-input').waitFor();
    expect(await app.page.getByTestId('server-url-input').inputValue()).toBe('');
  });

  test('started hidden there is no window, until a second start asks for one', async () => {
    const folder = profile();
    app = await launchApp({
      folder,
      env,
      args: ['--hidden'],
      beforeWindow: async ({ electron, openLink }) => {
        // The log begins when everything behind the window does.
        await vi.waitFor(() => readFileSync(join(folder, 'logs', 'main.log')), 20_000);
        expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
        await openLink();
      },
    });
    await isLoaded(app);
    expect(await visible(app)).toBe(true);
  });

  test('the badge counts accounts that need a sign-in', async () => {
    app = await launchApp({ folder: await withRevokedAccount(), env });
    await isLoaded(app);
    const badge = () =>
      (app as AppUnderTest).electron.evaluate(({ app: electronApp }) => electronApp.getBadgeCount());
    if (app.runtime.kind === 'stand-in' || process.platform === 'darwin') {
      await vi.waitFor(async () => expect(await badge()).toBe(1), 20_000);
    }
  });

  test('an account whose grant ends is told of by a notification that leads to its server', async (context) => {
    const sandbox = await startSandbox();
    const person = await BrowserPerson.start();
    try {
      app = await launchApp({ env });
      // Electron shows nobody which notifications there are.
      if (app.runtime.kind === 'electron') return context.skip();
      const { page, electron } = app;
      await addAndSignIn(page, sandbox.mcpUrl);
      await person.visit(await app.nextOpened());
      await waitForConnected(page);
      await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur());
      sandbox.issuer.revokeAllGrants();
      await page.getByRole('tab', { name: /^Overview/ }).click();
      await page.getByTestId('refresh-now').click();
      await page.locator('[data-status=revoked]').first().waitFor();
      const shown = () =>
        electron.evaluate(({ Notification }) => {
          const { shown: all } = Notification as unknown as { shown: Set<{ title: string }> };
          return [...all].map(({ title }) => title);
        });
      await vi.waitFor(
        async () => expect(await shown()).toEqual([expect.stringMatching(/^Sign in to .+ again$/)]),
        20_000,
      );
      await page
        .getByRole('link', { name: /^Settings/ })
        .first()
        .click();
      await electron.evaluate(({ Notification }) => {
        const [only] = (Notification as unknown as { shown: Set<Electron.Notification> }).shown;
        only?.emit('click');
      });
      await page.getByRole('tab', { name: /^Overview/ }).waitFor();
    } finally {
      await person.close();
      await sandbox.close();
    }
  });
});
