import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxMcpServer } from '../sandbox/mcp-server.ts';
import { RequestLog } from '../sandbox/request-log.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { AccountWindow, until } from './account-window.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { addAndSignIn, askAbout, signInPanel, waitForSignIn, writeSettings } from './window.ts';

const PROTECTED = 'Sandbox Notes';
const OPEN = 'Open notes';
const ACCOUNT = 'Account 1';

let sandbox: Sandbox;
let open: SandboxMcpServer;
let person: BrowserPerson;
let app: AppUnderTest;
let win: AccountWindow;
let folder: string;

// One app lives through every status, in the order a person could meet them.
beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  open = new SandboxMcpServer(new RequestLog(), {});
  open.open({ check: async () => ({ token: '', clientId: 'anybody', scopes: [] }) });
  [person, sandbox] = await Promise.all([BrowserPerson.start(), startSandbox(), open.start()]);
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  writeSettings(folder, { redirect: 'loopback' });
  await start();
});
afterAll(async () => {
  await app.dispose();
  await open.close();
  await Promise.all([person.close(), sandbox.close(), open.stop()]);
});

async function start(): Promise<void> {
  app = await launchApp({ folder });
  win = new AccountWindow(app, person);
}

const toast = (code: string) => app.page.locator(`[data-testid=problem][data-code=${code}]`);
const state = () => win.card(ACCOUNT).getByTestId('account-state');

/** The button of the card that mends what is wrong, and the browser's part of it. */
async function mend(button: 'sign-in-again' | 'grant-more'): Promise<void> {
  await win.card(ACCOUNT).getByTestId(button).click();
  await win.decide();
  await win.dismissSignIn();
  await win.consent(ACCOUNT, 'granted');
}

describe('every consent status', () => {
  test('not-needed: a server that lets everybody in', async () => {
    expect(await askAbout(app.page, open.url)).toBe('open');
    const dialog = app.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /Name/ }).fill(OPEN);
    await dialog.getByRole('button', { name: 'Add server' }).click();
    await win.serverConsent('not-needed');
    await win.see(/This server answers without an account/);
    await app.page.getByRole('button', { name: 'Show tools' }).click();
    await app.page.getByTestId('tool-whoami').waitFor();
  });

  test('pending while the browser is open, required when the person thinks better of it', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await waitForSignIn(app.page, 'waiting-for-browser');
    await app.nextOpened();
    await win.serverConsent('pending');
    await signInPanel(app.page).getByRole('button', { name: 'Cancel' }).click();
    await waitForSignIn(app.page, 'cancelled');
    await win.serverConsent('required');
    await signInPanel(app.page).getByRole('button', { name: 'Start over' }).click();
    await win.decide({ decision: 'deny' }, 'failed');
  });

  test('denied: the person said no in the browser; signing in asks again', async () => {
    await win.serverConsent('denied');
    await win.see('Consent declined');
    await signInPanel(app.page).getByTestId('problem-remedy').click();
    await signInPanel(app.page).getByTestId('sign-in-button').click();
    await win.decide();
    await win.dismissSignIn();
  });

  test('granted', async () => {
    await win.serverConsent('granted');
    await win.consent(ACCOUNT, 'granted');
    expect(await win.card(ACCOUNT).textContent()).toContain('Signed in');
  });

  test('insufficient: a tool wants more; granting more mends it', async () => {
    await win.run('admin_report');
    await app.page.getByTestId('step-up-not-now').click();
    await app.page.locator('[data-phase=declined]').waitFor();
    await win.openServer('Overview', PROTECTED);
    await win.consent(ACCOUNT, 'insufficient');
    expect(await state().textContent()).toContain('“admin_report” wants more than you agreed to');
    await mend('grant-more');
    expect(await win.card(ACCOUNT).textContent()).toContain('mcp:admin');
  });

  test('partial: less was granted than asked; signing in again mends it when all is granted', async () => {
    sandbox.issuer.withholdScopes(['mcp:admin']);
    await win.openServer('Settings', PROTECTED);
    const scopes = app.page.getByRole('combobox', { name: 'Permissions to ask for' });
    for (const scope of ['mcp:tools', 'mcp:admin']) {
      await scopes.fill(scope);
      await scopes.press('Enter');
    }
    await app.page.getByTestId('save-settings').click();
    await win.see('Saved');
    await app.page.getByRole('tab', { name: 'Overview' }).click();
    await signInAgainByMenu();
    await win.consent(ACCOUNT, 'partial');
    expect(await win.card(ACCOUNT).locator('[data-kind=withheld]').textContent()).toContain('mcp:admin');
    sandbox.issuer.withholdScopes([]);
    await signInAgainByMenu();
    await win.consent(ACCOUNT, 'granted');
  });

  test('expired: the token ran out and nothing renews it', async () => {
    sandbox.issuer.setRefreshTokens(false);
    await signInAgainByMenu();
    await win.see(/cannot be renewed/);
    expect(await win.card(ACCOUNT).getByTestId('refresh-now').count()).toBe(0);
    sandbox.server.expireTokens();
    await app.page.getByTestId('reconnect').click();
    await win.consent(ACCOUNT, 'expired');
    expect(await state().textContent()).toMatch(/Ran out .* could not be renewed/);
    sandbox.issuer.setRefreshTokens(true);
    await mend('sign-in-again');
  });

  test('revoked: the issuer ended the grant', async () => {
    sandbox.issuer.revokeAllGrants();
    await win.card(ACCOUNT).getByTestId('refresh-now').click();
    await toast('grant-revoked').first().waitFor();
    await win.consent(ACCOUNT, 'revoked');
    expect(await state().textContent()).toMatch(/^Revoked .*invalid_grant/);
    await mend('sign-in-again');
  });
});

async function signInAgainByMenu(): Promise<void> {
  await win
    .card(ACCOUNT)
    .getByRole('button', { name: /^More actions/ })
    .click();
  await app.page.getByRole('menuitem', { name: 'Sign in again' }).click();
  await win.decide();
  await win.dismissSignIn();
}

describe('every way a renewal fails', () => {
  const refresh = () => win.card(ACCOUNT).getByTestId('refresh-now').click();

  /** Nothing is lost, and the next try works. */
  async function keepsEverything(code: string, words: RegExp): Promise<void> {
    await toast(code).filter({ hasText: words }).first().waitFor();
    await win.consent(ACCOUNT, 'granted');
    // All at once: one that is leaving already can't be pointed at.
    const dismiss = app.page.getByRole('button', { name: 'Dismiss' });
    await dismiss.evaluateAll((buttons) => {
      for (const button of buttons) (button as HTMLElement).click();
    });
    await toast(code).first().waitFor({ state: 'detached' });
  }

  async function works(): Promise<void> {
    const before = sandbox.count({ grantType: 'refresh_token', status: 200 });
    await refresh();
    await until(() => expect(sandbox.count({ grantType: 'refresh_token', status: 200 })).toBe(before + 1));
    await win.see('Refreshed');
  }

  test('the issuer can’t be reached', async () => {
    await sandbox.issuer.stop();
    await refresh();
    await keepsEverything('refresh-delayed', /could not renew the token just now/);
    await sandbox.issuer.start();
    await works();
  });

  for (const [status, headers] of [
    [503, {}],
    [429, { 'retry-after': '3600' }],
  ] as const) {
    test(`the issuer answers ${status}`, async () => {
      sandbox.issuer.failNext({ endpoint: 'token', status, body: {}, headers });
      await refresh();
      await keepsEverything('refresh-delayed', /could not renew the token just now/);
      // The person may try before the issuer’s time is up.
      await works();
    });
  }

  test('the issuer refuses the request for another reason', async () => {
    sandbox.issuer.failNext({ endpoint: 'token', status: 400, body: { error: 'invalid_scope' } });
    await refresh();
    await keepsEverything('token-refused', /refused to give out a token \(invalid_scope\)/);
    await works();
  });

  test('the issuer no longer knows Gatehouse: signing in again registers anew', async () => {
    const clientId = () => String(sandbox.issuer.clients().find(({ software_id }) => software_id)?.client_id);
    const before = clientId();
    sandbox.issuer.dropClient(before);
    await refresh();
    await toast('client-unknown').first().waitFor();
    await win.consent(ACCOUNT, 'revoked');
    await mend('sign-in-again');
    expect(clientId()).not.toBe(before);
  });

  test('the new tokens can’t be stored: the old one stays in use, the new ones are stored later', async () => {
    const [account = ''] = readdirSync(join(folder, 'accounts'));
    const path = join(folder, 'vault', account);
    const kept = readFileSync(path);
    rmSync(path);
    mkdirSync(join(path, 'in-the-way'), { recursive: true });
    await refresh();
    await keepsEverything('secrets-not-stored', /could not be written to disk/);
    rmSync(path, { recursive: true });
    writeFileSync(path, kept);
    const asked = sandbox.count({ grantType: 'refresh_token' });
    await refresh();
    await win.see('Refreshed');
    // What the issuer gave is stored now; nobody asked it for more.
    expect(sandbox.count({ grantType: 'refresh_token' })).toBe(asked);
    expect(readFileSync(path).equals(kept)).toBe(false);
  });

  test('the stored sign-in can’t be read any more: signing in again mends it', async () => {
    await app.quit();
    const [account = ''] = readdirSync(join(folder, 'accounts'));
    const path = join(folder, 'vault', account);
    const stored = readFileSync(path, 'utf8');
    writeFileSync(path, stored.slice(0, -40) + stored.slice(-40).toUpperCase());
    await start();
    await win.openServer('Overview', PROTECTED);
    await win.consent(ACCOUNT, 'required');
    await win.serverConsent('required');
    expect(await state().textContent()).toContain('can’t be read any more');
    await mend('sign-in-again');
    expect(readdirSync(join(folder, 'vault')).some((name) => name.includes('.unreadable'))).toBe(true);
  });
});

test('a server that moves to another issuer: the account is parked, explained and can still be ended', async () => {
  const other = await startSandbox();
  try {
    sandbox.server.nameIssuers([other.issuerUrl]);
    sandbox.issuer.revokeAllGrants();
    await app.page.getByTestId('reconnect').click();
    await win.consent(ACCOUNT, 'required');
    const [from, to] = [new URL(sandbox.issuerUrl).host, new URL(other.issuerUrl).host];
    expect(await state().textContent()).toContain(`now sends people to ${to} instead of ${from}`);
    const asked = other.count({ host: 'issuer', path: '/token' });
    await win.card(ACCOUNT).getByTestId('sign-in-again').click();
    // Another issuer than the one that was agreed to: nothing opens before the person has seen it.
    await waitForSignIn(app.page, 'awaiting-confirmation');
    expect(await signInPanel(app.page).getByTestId('consent-preview').textContent()).toContain(to);
    await signInPanel(app.page).getByRole('button', { name: 'Cancel' }).click();
    await waitForSignIn(app.page, 'cancelled');
    expect(other.count({ host: 'issuer', path: '/token' })).toBe(asked);
    await win.signOut(ACCOUNT);
    expect(await win.reports()).toEqual([
      { label: ACCOUNT, revocation: 'confirmed', registration: 'deleted' },
    ]);
    await win.closeReports();
    expect(other.count({ host: 'issuer', path: '/revoke' })).toBe(0);
  } finally {
    await other.close();
  }
});
