import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appIdentity } from '../../src/shared/app-identity.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';

const { scheme } = appIdentity;
const ADDRESS = 'https://mcp.example/mcp';
const ADD = `${scheme}:/add-server?url=${encodeURIComponent(ADDRESS)}&name=Example`;

let app: AppUnderTest | undefined;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-links-'));

beforeAll(async () => console.log((await runtimeInUse()).description));
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The add dialog is open and filled in, and nothing was added by itself. */
async function expectFilledIn({ page }: AppUnderTest): Promise<void> {
  await page.getByRole('dialog').getByTestId('server-url-input').waitFor();
  expect(await page.getByTestId('server-url-input').inputValue()).toBe(ADDRESS);
  expect(await page.locator('[data-testid^=server-row-]').count()).toBe(0);
}

/** Hands a link over as macOS does, in an app that is ready. */
async function openUrl({ electron }: AppUnderTest, link: string): Promise<void> {
  await electron.evaluate(({ app: electronApp }, url) => {
    electronApp.emit('open-url', { preventDefault: () => undefined }, url);
  }, link);
}

describe('a link opens the add dialog, filled in', () => {
  test('when it starts the app', async () => {
    app = await launchApp({ args: ['--', ADD] });
    await expectFilledIn(app);
  });

  test('when the app runs', async () => {
    app = await launchApp();
    await app.page.getByTestId('add-server-button').first().waitFor();
    await app.openLink(ADD);
    await expectFilledIn(app);
  });

  test('when the app is only just starting, and the second instance ends by itself', async () => {
    // There is a window, but neither its page nor the core need be ready.
    app = await launchApp();
    await app.openLink(ADD);
    await expectFilledIn(app);
  });

  test('by open-url before the app is ready', async () => {
    // macOS hands over the link that started the app as soon as somebody listens.
    const hook = join(folder, 'open-url.cjs');
    writeFileSync(
      hook,
      `const { app } = require('electron');
const { on } = app;
app.on = function (name, listener) {
  on.call(this, name, listener);
  if (name === 'open-url' && !app.isReady()) app.emit(name, { preventDefault() {} }, ${JSON.stringify(ADD)});
  return this;
};`,
    );
    app = await launchApp({ before: ['-r', hook] });
    await expectFilledIn(app);
  });

  test('by open-url afterwards', async () => {
    app = await launchApp();
    await app.page.getByTestId('add-server-button').first().waitFor();
    await openUrl(app, ADD);
    await expectFilledIn(app);
  });
});

test('links that mean nothing, several at once and quoted ones do nothing, and the next good one works', async () => {
  app = await launchApp({ args: ['--', `${scheme}:/sign-out`] });
  const { page } = app;
  await page.getByTestId('add-server-button').first().waitFor();
  await openUrl(app, `${scheme}:/add-server?url=a&url=b`);
  await openUrl(app, `https://evil.example/?${ADD}`);
  await app.openLink(`"${ADD}"`);
  await app.openLink(`${scheme}:/server/unknown`);
  await app.openLink(ADD, ADD);
  expect(await page.getByRole('dialog').count()).toBe(0);
  await app.openLink(ADD);
  await expectFilledIn(app);
});
