import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandbox } from '../sandbox/sandbox.ts';
import { launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { addAndSignIn, askAbout, probeResult, waitForConnected } from './window.ts';

test('without a key store the sign-in works, is kept in memory only, and the window says so', async () => {
  console.log((await runtimeInUse()).description);
  const sandbox = await startSandbox();
  const person = await BrowserPerson.start();
  const app = await launchApp({ keyStore: false });
  try {
    await askAbout(app.page, sandbox.mcpUrl);
    expect(await probeResult(app.page).textContent()).toMatch(/memory/i);
    await app.page.keyboard.press('Escape');
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await person.visit(await app.nextOpened());
    await waitForConnected(app.page);
    expect(await app.page.locator('main').textContent()).toMatch(/memory/i);
    const card = app.page.locator('[data-testid^=account-card-]');
    expect(await card.getByTestId('memory-only').textContent()).toBe('In memory only');
    const vault = join(app.folder, 'vault');
    expect(existsSync(vault) ? readdirSync(vault) : []).toEqual([]);
  } finally {
    await app.dispose();
    await person.close();
    await sandbox.close();
  }
});
