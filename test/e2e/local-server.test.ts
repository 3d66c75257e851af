import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isAlive } from '../support/processes.ts';
import { type AppUnderTest, launchApp, root, runtimeInUse } from './app.ts';
import { callTool, waitForConnected } from './window.ts';

const everything = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);
const speaker = join(root, 'test/main/servers/stdio/programs/speaker.ts');

let app: AppUnderTest;
beforeAll(async () => console.log((await runtimeInUse()).description));
afterEach(() => app.dispose());

/** Types a command line and goes on to the dialog that shows it whole. */
async function addCommand(page: Page, line: string): Promise<void> {
  await page.getByTestId('add-server-button').first().click();
  await page.getByTestId('server-url-input').fill(line);
  await page.getByTestId('command-entry').waitFor();
  await page.getByTestId('server-url-input').press('Enter');
  await page.getByTestId('approval-dialog').waitFor();
}

/** Numbers of the programs that wrote into a log when they started. */
const startedIn = (log: string): number[] =>
  (existsSync(log) ? readFileSync(log, 'utf8') : '')
    .split('\n')
    .flatMap((line) => /^start (\d+)$/.exec(line)?.slice(1) ?? [])
    .map(Number);

describe('a local server', () => {
  test('is shown whole before it runs, and its tools are called', async () => {
    app = await launchApp();
    const { page } = app;
    await addCommand(page, `API_KEY="not to be shown" '${process.execPath}' "${everything}" stdio`);
    const shown = (await page.getByTestId('approval-dialog').textContent()) ?? '';
    for (const part of [process.execPath, everything, 'stdio', 'API_KEY']) expect(shown).toContain(part);
    expect(shown).not.toContain('not to be shown');
    await page.getByTestId('approve-command').click();
    await waitForConnected(page);
    expect(await callTool(page, 'echo', { message: 'over stdio' })).toContain('Echo: over stdio');
    expect(readFileSync(join(app.folder, 'servers.json'), 'utf8')).not.toContain('not to be shown');
  });

  test('that was not approved has never run, and says so', async () => {
    app = await launchApp();
    const { page } = app;
    const log = join(mkdtempSync(join(tmpdir(), 'gatehouse-e2e-')), 'log');
    await addCommand(page, `${process.execPath} ${speaker} --log ${log}`);
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByTestId('problem').getByText('have not approved').waitFor();
    await page.getByRole('button', { name: 'Reconnect' }).first().click();
    await page.getByTestId('problem').getByText('have not approved').waitFor();
    expect(startedIn(log)).toEqual([]);
    await page.getByRole('button', { name: 'Look at the command' }).first().click();
    await page.getByTestId('approve-command').click();
    await waitForConnected(page);
    expect(startedIn(log)).toHaveLength(1);
  });

  test('ends with the app; after kill -9 of the app it is ended at the next start', async () => {
    app = await launchApp();
    const log = join(mkdtempSync(join(tmpdir(), 'gatehouse-e2e-')), 'log');
    await addCommand(app.page, `${process.execPath} ${speaker} --stubborn --log ${log}`);
    await app.page.getByTestId('approve-command').click();
    await waitForConnected(app.page);
    await app.quit();
    const [first = 0] = startedIn(log);
    expect(await isAlive(first)).toBe(false);

    app = await launchApp({ folder: app.folder });
    await vi.waitFor(() => expect(startedIn(log)).toHaveLength(2), 20_000);
    const [, second = 0] = startedIn(log);
    await app.kill();
    expect(await isAlive(second)).toBe(true);

    app = await launchApp({ folder: app.folder });
    await vi.waitFor(() => expect(startedIn(log)).toHaveLength(3), 20_000);
    expect(await isAlive(second)).toBe(false);
  });
});
