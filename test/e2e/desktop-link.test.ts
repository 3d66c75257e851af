import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appIdentity } from '../../src/shared/app-identity.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { chromiumExecutable } from '../stand-in/chromium.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { QUIET_FLAGS } from './browser-person.ts';
import { addAndSignIn, callTool, waitForConnected } from './window.ts';

const hasXdgUtils =
  process.platform === 'linux' &&
  spawnSync('sh', ['-c', 'command -v xdg-open && command -v xdg-settings']).status === 0;

describe.skipIf(!hasXdgUtils)('on a Linux desktop, with xdg-utils and a real browser', () => {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-desktop-'));
  /** A desktop of its own: nothing of the machine's is read or changed. */
  const desktop = {
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_DIRS: join(home, 'no-data'),
    XDG_CONFIG_DIRS: join(home, 'no-config'),
    XDG_CURRENT_DESKTOP: 'X-Generic',
    // xdg-open asks desktop entries only where there is a display; whether one is there it does not look.
    DISPLAY: process.env.DISPLAY ?? ':99',
  };
  let sandbox: Sandbox;
  let app: AppUnderTest;
  let browser: BrowserContext;

  beforeAll(async () => {
    console.log((await runtimeInUse()).description);
    sandbox = await startSandbox();
    // The folder the app uses by itself: the instance the desktop starts is given no other.
    const folder = join(desktop.XDG_CONFIG_HOME, appIdentity.productName);
    app = await launchApp({ folder, env: desktop, args: ['--register-scheme'] });
    // The core has started, and with it has registered the scheme.
    await app.page.getByTestId('add-server-button').first().waitFor();
    const profile = join(home, 'browser');
    mkdirSync(join(profile, 'Default'), { recursive: true });
    // What Chromium remembers when the person lets a site open links of this kind always.
    const allowed = { [new URL(sandbox.issuerUrl).origin]: { [appIdentity.scheme]: true } };
    writeFileSync(
      join(profile, 'Default', 'Preferences'),
      JSON.stringify({ protocol_handler: { allowed_origin_protocol_pairs: allowed } }),
    );
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: await chromiumExecutable(),
      args: QUIET_FLAGS,
      env: { ...(process.env as Record<string, string>), ...desktop },
    });
  });

  afterAll(async () => {
    await browser.close();
    await app.dispose();
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  });

  test('the app’s own desktop entry makes it the handler of the scheme', () => {
    const entry = readFileSync(join(desktop.XDG_DATA_HOME, 'applications', 'gatehouse.desktop'), 'utf8');
    expect(entry).toContain(`MimeType=x-scheme-handler/${appIdentity.scheme};`);
    expect(entry).toMatch(/^Exec=.* -- %u$/m);
    const asked = ['check', 'default-url-scheme-handler', appIdentity.scheme, 'gatehouse.desktop'];
    const { stdout } = spawnSync('xdg-settings', asked, { env: { ...process.env, ...desktop } });
    expect(stdout.toString().trim()).toBe('yes');
  });

  test('the issuer’s redirect goes through the browser, xdg-open and a second instance, and the sign-in completes', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    const url = await app.nextOpened();
    // Nobody set a preference: the scheme is chosen because the system says it is ours.
    expect(url.searchParams.get('redirect_uri')).toBe(appIdentity.customSchemeRedirectUri);
    const page = await browser.newPage();
    await page.goto(url.href);
    await page.click('#user-alice');
    await page.click('#allow', { noWaitAfter: true });
    await waitForConnected(app.page);
    expect(await callTool(app.page, 'whoami')).toContain('alice');
    expect(sandbox.count({ grantType: 'authorization_code' })).toBe(1);
  });
});
