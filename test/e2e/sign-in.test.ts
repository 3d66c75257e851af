import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import {
  addAndSignIn,
  callTool,
  signInPanel,
  waitForConnected,
  waitForSignIn,
  writeSettings,
} from './window.ts';

let sandbox: Sandbox;
let person: BrowserPerson;
let app: AppUnderTest | undefined;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  person = await BrowserPerson.start();
});
afterAll(async () => person.close());
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  await app?.dispose();
  app = undefined;
  await sandbox.close();
});

function customSchemeProfile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  writeSettings(folder, { redirect: 'custom-scheme' });
  return folder;
}

const authorizationRequests = () => sandbox.count({ host: 'issuer', path: /^\/auth/ });
const accounts = (folder: string): string[] =>
  readdirSync(join(folder, 'accounts')).filter((name) => name.endsWith('.json'));

describe('the main job', () => {
  test('by loopback: preview, browser, tool call', async () => {
    app = await launchApp();
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    expect(await person.visit(await app.nextOpened())).toBeNull();
    await waitForConnected(page);
    expect(await callTool(page, 'whoami')).toContain('alice');
    expect(sandbox.count({ grantType: 'authorization_code' })).toBe(1);
  });

  test('by custom scheme, through a second instance', async () => {
    app = await launchApp({ folder: customSchemeProfile() });
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    const link = await person.visit(await app.nextOpened(), { user: 'bob' });
    expect(link).toMatch(/^app\.gatehouse\.desktop:\/oauth\/callback\?/);
    await app.openLink(link ?? '');
    await waitForConnected(page);
    expect(await callTool(page, 'whoami')).toContain('bob');
  });

  test('by custom scheme, with the app closed when the link arrives', async () => {
    const folder = customSchemeProfile();
    app = await launchApp({ folder });
    await addAndSignIn(app.page, sandbox.mcpUrl);
    const url = await app.nextOpened();
    await waitForSignIn(app.page, 'waiting-for-browser');
    await app.quit();
    const link = await person.visit(url);
    // The operating system starts the app with the link as its argument.
    app = await launchApp({ folder, args: [link ?? ''] });
    await app.page.locator('[data-testid^=server-row-]').first().click();
    await waitForConnected(app.page);
    expect(accounts(folder)).toHaveLength(1);
    expect(sandbox.count({ grantType: 'authorization_code' })).toBe(1);
  });

  test('a restart asks for nothing', async () => {
    app = await launchApp();
    const { folder } = app;
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await person.visit(await app.nextOpened());
    await waitForConnected(app.page);
    await app.quit();
    sandbox.reset();
    app = await launchApp({ folder });
    await app.page.locator('[data-testid^=server-row-]').first().click();
    await waitForConnected(app.page);
    expect(await callTool(app.page, 'whoami')).toContain('alice');
    expect(authorizationRequests()).toBe(0);
    expect(sandbox.count({ path: '/token' })).toBe(0);
    expect(app.opened).toHaveLength(0);
  });
});

describe('what can happen on the way', () => {
  test('consent denied: said, nothing stored, and the next try works', async () => {
    app = await launchApp();
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    await person.visit(await app.nextOpened(), { decision: 'deny' });
    await waitForSignIn(page, 'failed');
    expect(await signInPanel(page).getByTestId('problem').getAttribute('data-code')).toBe('consent-denied');
    expect(await signInPanel(page).getAttribute('data-step')).toBe('browser');
    expect(sandbox.count({ path: '/token' })).toBe(0);
    await signInPanel(page).getByTestId('problem-remedy').click();
    await waitForSignIn(page, 'awaiting-confirmation');
    await signInPanel(page).getByTestId('sign-in-button').click();
    await person.visit(await app.nextOpened());
    await waitForConnected(page);
  });

  test('cancelled: the attempt ends and a late answer starts nothing', async () => {
    app = await launchApp({ folder: customSchemeProfile() });
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    const url = await app.nextOpened();
    await waitForSignIn(page, 'waiting-for-browser');
    await signInPanel(page)
      .getByRole('button', { name: /cancel/i })
      .click();
    await waitForSignIn(page, 'cancelled');
    const link = await person.visit(url);
    await app.openLink(link ?? '');
    await page
      .getByText(/nobody waits for/i)
      .first()
      .waitFor();
    expect(sandbox.count({ path: '/token' })).toBe(0);
  });

  test('two sign-ins at once find their own answers', async () => {
    const other = await startSandbox();
    try {
      app = await launchApp({ folder: customSchemeProfile() });
      const { page } = app;
      await addAndSignIn(page, sandbox.mcpUrl);
      const first = await app.nextOpened();
      await addAndSignIn(page, other.mcpUrl);
      const second = await app.nextOpened();
      const secondLink = await person.visit(second, { user: 'bob' });
      const firstLink = await person.visit(first, { user: 'alice' });
      await app.openLink(secondLink ?? '');
      await app.openLink(firstLink ?? '');
      for (const row of await page.locator('[data-testid^=server-row-]').all()) {
        await row.click();
        await waitForConnected(page);
      }
      expect(accounts(app.folder)).toHaveLength(2);
    } finally {
      await other.close();
    }
  });

  test('a callback with a foreign state starts nothing and is reported', async () => {
    app = await launchApp({ folder: customSchemeProfile() });
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    await app.nextOpened();
    await waitForSignIn(page, 'waiting-for-browser');
    await app.openLink('app.gatehouse.desktop:/oauth/callback?code=stolen&state=foreign');
    await page
      .getByText(/nobody waits for/i)
      .first()
      .waitFor();
    expect(await signInPanel(page).getAttribute('data-status')).toBe('waiting-for-browser');
    expect(sandbox.count({ path: '/token' })).toBe(0);
  });

  test('the same callback twice is used once', async () => {
    app = await launchApp({ folder: customSchemeProfile() });
    const { page } = app;
    await addAndSignIn(page, sandbox.mcpUrl);
    const link = (await person.visit(await app.nextOpened())) ?? '';
    await app.openLink(link);
    await waitForConnected(page);
    await app.openLink(link);
    await page
      .getByText(/nobody waits for/i)
      .first()
      .waitFor();
    expect(sandbox.count({ grantType: 'authorization_code' })).toBe(1);
    await waitForConnected(page);
  });
});
