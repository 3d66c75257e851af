import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createSandboxServer } from '../sandbox/mcp-features.ts';
import { SandboxNotes } from '../sandbox/mcp-notes.ts';
import { openMcpServer } from '../support/mcp-server.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { askAbout, callTool, waitForConnected } from './window.ts';

let app: AppUnderTest;
beforeAll(async () => console.log((await runtimeInUse()).description));
afterEach(() => app.dispose());

/** The app with the sandbox's server added, which here wants no sign-in. */
async function notesInWindow(): Promise<{ page: Page; notes: SandboxNotes }> {
  const notes = new SandboxNotes();
  const { url, endpoint } = await openMcpServer(() => createSandboxServer(undefined, notes));
  notes.announce = (what) => endpoint.announce(what);
  app = await launchApp();
  const { page } = app;
  expect(await askAbout(page, url)).toBe('open');
  await page.getByRole('dialog').getByRole('button', { name: 'Add server' }).click();
  await waitForConnected(page);
  return { page, notes };
}

const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name }).click();

test('a resource is read, followed, saved, and reached by a template and by a link', async () => {
  const { page, notes } = await notesInWindow();
  await tab(page, /^Resources/);
  await page.getByTestId('resource-note://sandbox/groceries').click();
  const contents = page.getByTestId('resource-contents');
  await contents.getByText('more bread').waitFor();
  await page.getByTestId('follow-resource').click();
  await page.getByText('followed', { exact: true }).waitFor();
  notes.write('groceries', 'nothing but tea');
  await contents.getByText('nothing but tea').waitFor();

  const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-save-')), 'groceries.md');
  await app.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, path);
  await page.getByTestId('save-resource').click();
  await page.getByText('Saved').waitFor();
  expect(readFileSync(path, 'utf8')).toBe('nothing but tea');

  await page.getByText('Templates', { exact: true }).click();
  await page.getByTestId('template-note://sandbox/{name}').click();
  const name = page.getByTestId('argument-name');
  await name.fill('wel');
  await page.getByTestId('proposals-name').locator('option[value=welcome]').waitFor({ state: 'attached' });
  await name.fill('welcome');
  await page.getByTestId('open-template').click();
  await contents.getByText('only while the sandbox runs').waitFor();

  await callTool(page, 'show_everything');
  await page.getByTestId('open-resource').click();
  await contents.getByText('nothing but tea').waitFor();
  expect(await page.getByRole('tab', { name: /^Resources/ }).getAttribute('aria-selected')).toBe('true');
  expect(app.opened).toEqual([]);
});

test('a prompt is filled in, shown and copied', async () => {
  const { page } = await notesInWindow();
  await tab(page, /^Prompts/);
  await page.getByTestId('prompt-summarize_note').click();
  await page.getByTestId('get-prompt').click();
  await page.getByText('This is needed.').waitFor();
  await page.getByTestId('argument-note').fill('groceries');
  await page.getByTestId('get-prompt').click();
  await page.getByTestId('prompt-messages').getByText('Summarize:').waitFor();
  await page.getByTestId('copy-prompt').click();
  await page.getByText('Copied').waitFor();
  const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('Summarize:\n\n- bread');
  expect(copied).toContain('note://sandbox/groceries');
});

test('a form is answered in the middle of a call', async () => {
  const { page } = await notesInWindow();
  await tab(page, /^Tools/);
  await page.getByTestId('tool-book_table').click();
  await page.getByTestId('tool-run').click();
  const question = page.getByTestId('elicitation');
  await question.getByText('For whom is the table at Chez Ada?').waitFor();
  await question.getByTestId('elicitation-send').click();
  await question.getByText('This is needed.').waitFor();
  await question.getByLabel('Name').fill('Ada');
  await question.getByLabel('Where').selectOption({ label: 'outside' });
  await question.getByTestId('elicitation-send').click();
  const result = page.getByTestId('tool-result');
  await result.waitFor();
  expect(await result.textContent()).toContain('{"name":"Ada","people":2,"seating":"outside","quiet":false}');

  // Escape is neither yes nor no.
  await page.getByTestId('repeat-call').first().click();
  await question.waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Not booked: cancel').waitFor();
});

test('an address is shown whole and opened only by the person', async () => {
  const { page } = await notesInWindow();
  await tab(page, /^Tools/);
  await page.getByTestId('tool-connect_calendar').click();
  await page.getByLabel('url').fill('https://cal\u0435ndar.example/connect?session=1');
  await page.getByTestId('tool-run').click();
  const question = page.getByTestId('elicitation');
  await question.waitFor();
  expect(await question.getByTestId('elicitation-host').textContent()).toBe('xn--calndar-9gg.example');
  expect(await question.getByTestId('elicitation-address').textContent()).toMatch(
    /^https:\/\/xn--[a-z0-9-]+\.example\/connect\?session=1$/,
  );
  expect(await question.getByTestId('elicitation-warnings').textContent()).toMatch(
    /It reads “cal\u0435ndar\.example”.*mixes letters/,
  );
  expect(app.opened).toEqual([]);
  await question.getByTestId('elicitation-open').click();
  expect((await app.nextOpened()).searchParams.get('session')).toBe('1');
  await question.getByTestId('elicitation-finished').click();
  await page.getByText('Calendar: accept').waitFor();
  expect(app.opened).toHaveLength(1);
});

test('what the server logs is shown; a destructive tool asks first; everything is found by one search', async () => {
  const { page, notes } = await notesInWindow();
  await callTool(page, 'speak', { text: 'Milk is out' });
  await tab(page, /^Activity/);
  await page.getByText('Server log', { exact: true }).click();
  await page.getByTestId('server-log').getByText('Milk is out').waitFor();

  await tab(page, /^Tools/);
  await page.getByTestId('tool-write_note').click();
  await page.getByLabel('name').fill('diary');
  await page.getByLabel('text').fill('Dear diary');
  await page.getByTestId('tool-run').click();
  await page.getByTestId('confirm-run').waitFor();
  expect(notes.text('diary')).toBeUndefined();
  await page.getByTestId('confirm-run').click();
  await page.getByText('Written: diary').waitFor();
  expect(notes.text('diary')).toBe('Dear diary');

  await page.getByTestId('search-all').click();
  await page.getByTestId('search-field').fill('summarize');
  await page.getByTestId('hit-prompts-summarize_note').click();
  await page.getByTestId('get-prompt').waitFor();
});
