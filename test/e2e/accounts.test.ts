import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { AccountWindow, until } from './account-window.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { ServerWire } from './server-wire.ts';
import { addAndSignIn, waitForConnected, writeSettings } from './window.ts';

// This issuer does not tell who signs in: accounts are numbered until the person names them.
const FIRST = 'Account 1';
const SECOND = 'Account 2';

let sandbox: Sandbox;
let person: BrowserPerson;
let app: AppUnderTest;
let win: AccountWindow;
let wire: ServerWire;

// One app and one issuer live through all of this, in order: accounts come, are used, and leave.
beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  wire = new ServerWire();
  [person, sandbox] = await Promise.all([BrowserPerson.start(), startSandbox()]);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  writeSettings(folder, { redirect: 'loopback' });
  app = await launchApp({ folder });
  win = new AccountWindow(app, person);
});
afterAll(async () => {
  wire.stop();
  await app.dispose();
  await Promise.all([person.close(), sandbox.close()]);
});

/** Tokens that crossed the wire, to be asked about at the issuer. */
const tokens = () => [
  ...(wire.secrets.get('access_token') ?? []),
  ...(wire.secrets.get('refresh_token') ?? []),
];

/** Tokens that came with what happened meanwhile. */
async function tokensOf(happening: () => Promise<void>): Promise<string[]> {
  const before = new Set(tokens());
  await happening();
  return tokens().filter((token) => !before.has(token));
}

/** How many of these tokens the issuer still honours. */
async function active(some: readonly string[]): Promise<number> {
  const answers = await Promise.all(some.map((token) => sandbox.issuer.introspect(token)));
  return answers.filter((answer) => answer.active).length;
}

const result = (kind: string) => app.page.locator(`[data-testid=tool-result][data-kind=${kind}]`);

/** Tokens of the grants the two accounts hold. */
let ofAlice: string[];
let ofBob: string[];

describe('several accounts of one server', () => {
  test('each has its own card, and the first is the default', async () => {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await win.decide({ user: 'alice' });
    await waitForConnected(app.page);
    await win.dismissSignIn();
    await win.addAccount({ user: 'bob' });
    await win.consent(FIRST, 'granted');
    await win.consent(SECOND, 'granted');
    expect(await win.card(FIRST).getByTestId('default-account').count()).toBe(1);
    expect(await win.card(SECOND).getByTestId('default-account').count()).toBe(0);
    expect(sandbox.issuer.clients().filter(({ software_id }) => software_id)).toHaveLength(1);
  });

  test('tools are used as the default account until another is chosen', async () => {
    await win.run('whoami');
    await result('result').waitFor();
    expect(await result('result').textContent()).toContain('alice');
    await win.openServer();
    await win.choose(SECOND, 'make-default');
    await win.card(SECOND).getByTestId('default-account').waitFor();
    expect(await win.card(FIRST).getByTestId('default-account').count()).toBe(0);
    await win.run('whoami');
    await result('result').waitFor();
    expect(await result('result').textContent()).toContain('bob');
    await app.page.getByLabel('Use as').selectOption({ label: FIRST });
    await win.run('whoami');
    await result('result').waitFor();
    expect(await result('result').textContent()).toContain('alice');
  });

  test('a name the person gives shows everywhere', async () => {
    await win.openServer();
    await win
      .card(SECOND)
      .getByRole('button', { name: /^More actions/ })
      .click();
    await app.page.getByRole('menuitem', { name: /Rename/ }).click();
    await app.page.getByRole('textbox', { name: 'Name' }).fill('Bob at work');
    await app.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await win.card('Bob at work').waitFor();
    await win.goTo('Accounts');
    await app.page.locator('[data-testid^=account-row-]').filter({ hasText: 'Bob at work' }).waitFor();
  });

  test('the history of a grant is told in words, and goes on while it is read', async () => {
    await win.openServer();
    const card = win.card(FIRST);
    await card.getByTestId('grant-history').locator('summary').click();
    const events = card.getByTestId('grant-event');
    await events.nth(1).waitFor();
    const kinds = async () =>
      Promise.all((await events.all()).map((event) => event.getAttribute('data-kind')));
    expect(await kinds()).toEqual(['granted', 'asked']);
    await card.getByTestId('refresh-now').click();
    await card.locator('[data-testid=grant-event][data-kind=refreshed]').waitFor();
    expect(await kinds()).toEqual(['refreshed', 'granted', 'asked']);
    await card.getByTestId('refresh-now').click();
    await card.getByText(/Renewed 2 times between/).waitFor();
    expect(await kinds()).toEqual(['refreshed', 'granted', 'asked']);
    expect(await events.first().locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});

describe('a tool that wants more than was granted', () => {
  test('runs again by itself once the person has granted it', async () => {
    await win.openServer('Tools');
    await app.page.getByLabel('Use as').selectOption({ label: FIRST });
    await win.run('admin_report');
    await result('more-scope').waitFor();
    expect(await result('more-scope').textContent()).toContain('mcp:admin');
    const opened = app.opened.length;
    ofAlice = await tokensOf(async () => {
      await app.page.getByTestId('step-up-grant').click();
      await win.decide({ user: 'alice' });
      await result('result').waitFor();
    });
    expect(app.opened.length - opened).toBe(1);
    await win.dismissSignIn();
    await win.openServer();
    await win.consent(FIRST, 'granted');
    expect(await win.card(FIRST).textContent()).toContain('mcp:admin');
  });

  test('is not asked for again after “not now”, until the person changes their mind', async () => {
    await win.openServer();
    await win.run('admin_report');
    await app.page.getByTestId('step-up-not-now').click();
    await app.page.locator('[data-testid=tool-result][data-phase=declined]').waitFor();
    await app.page.getByTestId('tool-run').click();
    await app.page.locator('[data-testid=problem][data-code=scope-declined]').waitFor();
    const opened = app.opened.length;
    await win.openServer();
    await win.consent('Bob at work', 'insufficient');
    expect(await win.card('Bob at work').textContent()).toContain('You declined these');
    expect(app.opened.length).toBe(opened);

    await win.openServer();
    await win.run('admin_report');
    ofBob = await tokensOf(async () => {
      await app.page.locator('[data-testid=problem-remedy][data-remedy=grant-more]').click();
      await win.decide({ user: 'bob' });
      await app.page.getByTestId('tool-run').click();
      await result('result').waitFor();
    });
    await win.dismissSignIn();
  });
});

test('everything known is exported, and no secret is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-export-'));
  await win.goTo('Settings');
  for (const [button, file] of [
    ['export-json', 'accounts.json'],
    ['export-markdown', 'accounts.md'],
  ] as const) {
    const path = join(folder, file);
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, path);
    await app.page.getByTestId(button).click();
    await until(() => expect(existsSync(path)).toBe(true));
    await win.see('Exported');
    const content = readFileSync(path, 'utf8');
    expect(content).toContain('Bob at work');
    expect(content).toContain('mcp:admin');
    for (const secret of wire.values()) expect(content).not.toContain(secret);
  }
});

describe('leaving', () => {
  test('one of two accounts: the other stays, and so does the registration', async () => {
    await win.openServer();
    const actions = win.card('Bob at work').getByRole('button', { name: /^More actions/ });
    // By keyboard alone, and back again: the focus is where it was.
    await actions.focus();
    await app.page.keyboard.press('Enter');
    await app.page.getByTestId('sign-out').focus();
    await app.page.keyboard.press('Enter');
    await app.page.getByTestId('sign-out-confirm').waitFor();
    expect(await app.page.getByTestId('also-delete-registration').count()).toBe(0);
    await app.page.keyboard.press('Escape');
    await app.page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(async () =>
      expect(await actions.evaluate((button) => button === document.activeElement)).toBe(true),
    );
    await win.signOut('Bob at work');
    expect(await win.reports()).toEqual([
      { label: 'Bob at work', revocation: 'confirmed', registration: 'none' },
    ]);
    await win.closeReports();
    expect(await active(ofBob)).toBe(0);
    expect(await active(ofAlice)).toBeGreaterThan(0);
    await win.card('Bob at work').waitFor({ state: 'detached' });
    await win.card(FIRST).waitFor();
  });

  test('while the issuer is down: gone here, shown as not confirmed, confirmed when it is back', async () => {
    const client = String(sandbox.issuer.clients().find(({ software_id }) => software_id)?.client_id);
    await sandbox.issuer.stop();
    await win.choose(FIRST, 'sign-out');
    expect(await app.page.getByTestId('also-delete-registration').isChecked()).toBe(true);
    await app.page.getByTestId('sign-out-confirm').click();
    await app.page.getByTestId('sign-out-reports').waitFor();
    expect(await win.reports()).toEqual([{ label: FIRST, revocation: 'queued', registration: 'queued' }]);
    await app.page.getByRole('button', { name: 'Show under Accounts' }).click();
    const pending = app.page.getByTestId('pending-sign-out');
    await pending.filter({ hasText: FIRST }).waitFor();
    expect(await app.page.getByTestId('pending-hint').textContent()).toContain(
      '1 sign-out not confirmed yet',
    );
    await app.page.getByTestId('revocation-retry').click();
    await app.page.locator('[data-testid=revocation-retry]:enabled').waitFor();
    await pending.getByTestId('pending-problem').waitFor();
    expect(await active(ofAlice)).toBeGreaterThan(0);

    await sandbox.issuer.start();
    await app.page.getByTestId('revocation-retry').click();
    await win.see(`Finished: ${FIRST}`);
    await app.page.getByTestId('pending-sign-outs').waitFor({ state: 'detached' });
    expect(await app.page.getByTestId('pending-hint').count()).toBe(0);
    expect(await active(ofAlice)).toBe(0);
    expect(sandbox.issuer.clientExists(client)).toBe(false);
  });

  test('one can give up on an issuer, which is then not told', async () => {
    await win.openServer();
    const left = await tokensOf(() => win.addAccount({ user: 'alice' }));
    await sandbox.issuer.stop();
    await win.goTo('Accounts');
    await app.page.getByTestId('select-accounts').click();
    await app.page.getByLabel(`Select ${FIRST}`).check();
    await app.page.getByTestId('sign-out-selected').click();
    await app.page.getByTestId('sign-out-confirm').click();
    await app.page.getByTestId('sign-out-reports').waitFor();
    expect((await win.reports()).map(({ revocation }) => revocation)).toEqual(['queued']);
    await win.closeReports();
    await app.page.getByTestId('revocation-cancel').click();
    await app.page.getByTestId('revocation-cancel-confirm').click();
    await app.page.getByTestId('pending-sign-outs').waitFor({ state: 'detached' });
    await sandbox.issuer.start();
    expect(await active(left)).toBeGreaterThan(0);
  });

  test('everywhere, in one go', async () => {
    await win.openServer();
    const theirs = await tokensOf(async () => {
      await win.addAccount({ user: 'alice' });
      await win.addAccount({ user: 'bob' });
    });
    expect(await active(theirs)).toBeGreaterThan(0);
    const clients = sandbox.issuer.clients().length;
    await win.goTo('Accounts');
    await app.page.getByTestId('sign-out-everywhere').click();
    await app.page.getByTestId('sign-out-confirm').click();
    await app.page.getByTestId('sign-out-reports').waitFor();
    const reports = await win.reports();
    expect(reports.map(({ label }) => label)).toEqual([FIRST, SECOND]);
    expect(reports.map(({ revocation }) => revocation)).toEqual(['confirmed', 'confirmed']);
    // Whoever left last took the registration along.
    expect(reports.map(({ registration }) => registration).sort()).toEqual(['deleted', 'none']);
    await win.closeReports();
    await win.see('No accounts yet');
    expect(await active(theirs)).toBe(0);
    expect(sandbox.issuer.clients().length).toBe(clients - 1);
  });

  test('and nothing of it stays on this computer when everything is erased', async () => {
    await win.openServer();
    const last = await tokensOf(() => win.addAccount({ user: 'bob' }));
    expect(readdirSync(app.folder)).toEqual(expect.arrayContaining(['servers.json', 'vault', 'traces']));
    await win.goTo('Settings');
    await app.page.getByTestId('erase-everything').click();
    const confirm = app.page.getByTestId('erase-confirm');
    await app.page.getByTestId('erase-word').fill('erase it');
    expect(await confirm.isDisabled()).toBe(true);
    await app.page.getByTestId('erase-word').fill('erase');
    await confirm.click();
    await app.page.getByTestId('erase-report').waitFor();
    expect(await win.reports()).toEqual([{ label: FIRST, revocation: 'confirmed', registration: 'deleted' }]);
    await win.closeReports();
    await app.page.getByRole('link', { name: 'Gatehouse' }).click();
    await win.see('All your MCP sign-ins, in one place');
    expect(await active(last)).toBe(0);
    const ours = [
      'servers',
      'accounts',
      'registrations',
      'issuers',
      'settings',
      'vault',
      'history',
      'traces',
    ];
    expect(readdirSync(app.folder).filter((name) => ours.includes(name.split('.')[0] ?? ''))).toEqual([]);
  });
});
