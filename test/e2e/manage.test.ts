import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { addAndSignIn, signInPanel, waitForConnected, waitForSignIn, writeSettings } from './window.ts';

let sandbox: Sandbox;
let person: BrowserPerson;
let app: AppUnderTest;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  person = await BrowserPerson.start();
});
afterAll(async () => person.close());
beforeEach(async () => {
  sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  writeSettings(folder, { redirect: 'custom-scheme' });
  app = await launchApp({ folder });
});
afterEach(async () => {
  await app.dispose();
  await sandbox.close();
});

const consent = async () => (await person.visit(await app.nextOpened())) ?? '';

describe('the answer of the browser', () => {
  test('comes by open-url, as on macOS', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    const link = await consent();
    await app.electron.evaluate(({ app: electronApp }, url) => {
      electronApp.emit('open-url', { preventDefault: () => undefined }, url);
    }, link);
    await waitForConnected(app.page);
  });

  test('can be pasted by hand', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    const link = await consent();
    await app.electron.evaluate(({ clipboard }, text) => clipboard.writeText(text), 'not a link at all');
    await app.page.getByTestId('paste-callback').click();
    await app.page
      .getByText(/is not the address your browser ended on/i)
      .first()
      .waitFor();
    await app.electron.evaluate(({ clipboard }, text) => clipboard.writeText(text), link);
    await app.page.getByTestId('paste-callback').click();
    await waitForConnected(app.page);
  });

  test('may need the browser opened again, or its link copied', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    const first = await app.nextOpened();
    await waitForSignIn(app.page, 'waiting-for-browser');
    await signInPanel(app.page)
      .getByRole('button', { name: /open again/i })
      .click();
    expect((await app.nextOpened()).href).toBe(first.href);
    await signInPanel(app.page)
      .getByRole('button', { name: /copy link/i })
      .click();
    await vi.waitFor(async () => {
      expect(await app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe(first.href);
    }, 20_000);
  });

  test('without a state starts nothing', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await app.nextOpened();
    await waitForSignIn(app.page, 'waiting-for-browser');
    await app.openLink('app.gatehouse.desktop:/oauth/callback?code=stolen');
    await app.page
      .getByText(/nobody waits for/i)
      .first()
      .waitFor();
    expect(sandbox.count({ path: '/token' })).toBe(0);
  });
});

test('a browser that was closed ends the sign-in in time, and an answer long after starts nothing', async () => {
  // The ten minutes the app waits are over at once: its clock is in our hands.
  await app.electron.evaluate(() => {
    const { setTimeout } = globalThis;
    const shortened = (run: () => void, delay?: number) =>
      setTimeout(run, (delay ?? 0) > 500_000 ? 0 : delay);
    globalThis.setTimeout = shortened as typeof globalThis.setTimeout;
  });
  await addAndSignIn(app.page, sandbox.mcpUrl);
  await waitForSignIn(app.page, 'failed');
  expect(await signInPanel(app.page).getByTestId('problem').getAttribute('data-code')).toBe(
    'browser-timeout',
  );
  await app.openLink(await consent());
  await app.page
    .getByText(/nobody waits for/i)
    .first()
    .waitFor();
  expect(sandbox.count({ path: '/token' })).toBe(0);
  expect(await signInPanel(app.page).getByTestId('problem-remedy').isVisible()).toBe(true);
});
