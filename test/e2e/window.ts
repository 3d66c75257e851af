import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Settings } from '../../src/shared/domain/settings.ts';

/** What a person does in the app's window, and where it shows. */
export const probeResult = (page: Page): Locator => page.getByTestId('probe-result');
export const signInPanel = (page: Page): Locator => page.getByTestId('sign-in-panel');
export const problem = (page: Page): Locator => page.getByTestId('problem');

/** Opens the add dialog and asks about an address; resolves when there is an answer. */
export async function askAbout(page: Page, address: string): Promise<'open' | 'sign-in' | 'problem'> {
  if (!(await page.getByTestId('server-url-input').isVisible())) {
    await page.getByTestId('add-server-button').first().click();
  }
  await page.getByTestId('server-url-input').fill(address);
  await page.getByTestId('server-url-input').press('Enter');
  const answered = page.locator(
    '[data-testid=probe-result]:is([data-kind=open],[data-kind=sign-in],[data-kind=problem])',
  );
  await answered.waitFor();
  return (await answered.getAttribute('data-kind')) as 'open' | 'sign-in' | 'problem';
}

/** Adds a server that wants a sign-in and presses the button that opens the browser. */
export async function addAndSignIn(page: Page, address: string): Promise<void> {
  const kind = await askAbout(page, address);
  if (kind !== 'sign-in')
    throw new Error(`expected a sign-in, found ${kind}: ${await probeResult(page).textContent()}`);
  await page.getByRole('dialog').getByTestId('sign-in-button').click();
}

/** Waits until the sign-in shown in the window has this status. */
export async function waitForSignIn(page: Page, status: string): Promise<void> {
  await page.locator(`[data-testid=sign-in-panel][data-status=${status}]`).first().waitFor();
}

/** Waits until the server's page says it is connected. */
export async function waitForConnected(page: Page): Promise<void> {
  await page.locator('main [data-testid=connection-status][data-status=connected]').first().waitFor();
}

/** Calls a tool through its form, its arguments as JSON, and returns what is shown. */
export async function callTool(
  page: Page,
  name: string,
  values: Record<string, unknown> = {},
): Promise<string> {
  await page.getByRole('tab', { name: /^Tools/ }).click();
  await page.getByTestId(`tool-${name}`).click();
  for (const [field, value] of Object.entries(values)) {
    await page
      .getByLabel(new RegExp(`^${field}\\b`, 'i'))
      .first()
      .fill(String(value));
  }
  await page.getByTestId('tool-run').click();
  const result = page.getByTestId('tool-result');
  await result.waitFor();
  return (await result.textContent()) ?? '';
}

/** Writes app-wide settings into a profile that is not in use. */
export function writeSettings(folder: string, settings: Partial<Settings>): void {
  mkdirSync(folder, { recursive: true });
  const content = { theme: 'system', redirect: 'automatic', ...settings };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ version: 1, content }));
}
