import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';

const SECRET = 'a-key-of-another-client-nobody-may-see';
const home = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-home-'));
const file = join(home, '.cursor', 'mcp.json');
const env = { HOME: home, USERPROFILE: home, APPDATA: home, XDG_CONFIG_HOME: home };
/** Nobody listens there. */
const unreachable = (name: string) => `http://127.0.0.1:9/${name}`;
const found = `{
  // as people write it
  "mcpServers": {
    "notes": { "url": "${unreachable('notes')}", "headers": { "X-Key": "${SECRET}" } },
    "files": { "command": ${JSON.stringify(process.execPath)}, "args": ["--version"], "env": { "API_KEY": "${SECRET}" } },
    "tools": { "command": ${JSON.stringify(process.execPath)}, "args": ["--help"] },
  },
}`;

let app: AppUnderTest;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  mkdirSync(join(home, '.cursor'), { recursive: true });
  writeFileSync(file, found);
  app = await launchApp({ env });
  await app.page.getByTestId('add-server-button').waitFor();
});
afterAll(async () => {
  await app.dispose();
  rmSync(home, { recursive: true, force: true });
});

/** Chooses what the palette finds first for a query. */
async function choose(page: Page, query: string, testId: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByTestId('palette-field').fill(query);
  await page.locator(`[data-testid="${testId}"][aria-selected=true]`).waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('palette').waitFor({ state: 'detached' });
}

/** The local servers, in the order they are listed: both wait to be approved, so they are in one group. */
const locals = async (page: Page) =>
  (await page.locator('[data-testid^=server-row-] .gh-server-row-name').allTextContents()).filter(
    (name) => name !== 'notes',
  );

test('servers of another client are taken over one by one; their secrets go to the vault', async () => {
  const { page } = app;
  await choose(page, 'import', 'palette-app-import');
  const dialog = page.getByTestId('import-dialog');
  await dialog.getByTestId('import-add-notes').click();
  await dialog.locator('[data-testid=import-entry-notes][data-added]').waitFor();
  await dialog.getByTestId('import-add-files').click();
  await dialog.locator('[data-testid=import-entry-files][data-added]').waitFor();
  await dialog.getByTestId('import-add-tools').click();
  await dialog.locator('[data-testid=import-entry-tools][data-added]').waitFor();
  expect(await page.content()).not.toContain(SECRET);
  await dialog.getByTestId('import-entry-files').getByRole('button').click();
  // Nothing runs before its command was seen whole.
  const approval = page.getByTestId('approval-dialog');
  await approval.waitFor();
  expect(await approval.textContent()).toContain('--version');
  expect(await page.content()).not.toContain(SECRET);
  await page.keyboard.press('Escape');
  await approval.waitFor({ state: 'detached' });
  expect(readFileSync(file, 'utf8')).toBe(found);
  expect(readFileSync(join(app.folder, 'servers.json'), 'utf8')).not.toContain(SECRET);
});

test('the palette goes to a server and does something with it, by the keyboard alone', async () => {
  const { page } = app;
  await choose(page, 'notes', await paletteEntryOf(page, 'notes', 'open'));
  await page.getByRole('heading', { level: 1, name: 'notes' }).waitFor();
  await choose(page, 'off notes', await paletteEntryOf(page, 'notes', 'disable'));
  await page.locator('[data-testid^=server-row-][data-status=disabled]').waitFor();
  await choose(page, 'on notes', await paletteEntryOf(page, 'notes', 'enable'));
  await page.locator('[data-testid^=server-row-][data-status=disabled]').waitFor({ state: 'detached' });
});

test('the order of servers, the width of the sidebar and the page are as they were after a restart', async () => {
  const { page } = app;
  await vi.waitFor(async () => expect(await locals(page)).toEqual(['files', 'tools']), 20_000);
  const row = (name: string) => page.locator('[data-testid^=server-row-]', { hasText: name });
  const become = (...order: string[]) =>
    vi.waitFor(async () => expect(await locals(page)).toEqual(order), 20_000);
  await row('tools').dragTo(row('files'), { targetPosition: { x: 60, y: 4 } });
  await become('tools', 'files');
  await row('tools').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await become('files', 'tools');
  // The focus went along.
  await page.keyboard.press('Alt+ArrowUp');
  await become('tools', 'files');
  await page.getByTestId('sidebar-edge').focus();
  await page.keyboard.press('End');
  await choose(page, 'accounts', 'palette-page-accounts');
  await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
  const kept = () => JSON.parse(readFileSync(join(app.folder, 'settings.json'), 'utf8')).content;
  await vi.waitFor(
    () => expect(kept().frame).toMatchObject({ sidebarWidth: 560, lastPage: '#/accounts' }),
    20_000,
  );
  await app.quit();

  app = await launchApp({ folder: app.folder, env });
  await app.page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
  expect(await locals(app.page)).toEqual(['tools', 'files']);
  expect(await app.page.getByTestId('sidebar-edge').getAttribute('aria-valuenow')).toBe('560');
});

async function paletteEntryOf(page: Page, name: string, verb: string): Promise<string> {
  const row = await page.locator('[data-testid^=server-row-]', { hasText: name }).getAttribute('data-testid');
  return `palette-server-${row?.slice('server-row-'.length)}-${verb}`;
}
