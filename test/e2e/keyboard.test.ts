import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { AccountWindow, until } from './account-window.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson, type BrowserVisit } from './browser-person.ts';
import { Keyboard, type Stop } from './keyboard.ts';
import { waitForConnected, writeSettings } from './window.ts';

const FIRST = 'Account 1';
/** By then the first has a name, and the number is free. */
const SECOND = 'Account 1';

let sandbox: Sandbox;
let person: BrowserPerson;
let app: AppUnderTest;
/** Looks only; everything done in the window is done by {@link keys}. */
let win: AccountWindow;
let keys: Keyboard;

// One app lives through the whole job, in order, and nobody ever touches a pointer.
beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  [person, sandbox] = await Promise.all([BrowserPerson.start(), startSandbox()]);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  writeSettings(folder, { redirect: 'loopback' });
  app = await launchApp({ folder });
  win = new AccountWindow(app, person);
  keys = new Keyboard(app.page);
});
afterAll(async () => {
  await app.dispose();
  await Promise.all([person.close(), sandbox.close()]);
});

const gone = (testId: string) => app.page.getByTestId(testId).waitFor({ state: 'detached' });
const noDialog = () => app.page.getByRole('dialog').waitFor({ state: 'detached' });
const inDialog = (name: string | RegExp) => (stop: Stop) =>
  stop.part === 'dialog' &&
  (typeof name === 'string' ? stop.testId === name || stop.name === name : name.test(stop.name));
const inMain = ({ part }: Stop) => part === 'main';
const inMainNamed = (testId: string) => (stop: Stop) => inMain(stop) && stop.testId === testId;
/** The panel itself, which asks whether to go on. */
const signInPanel = ({ testId }: Stop) => testId === 'sign-in-panel';
const dismiss = ({ part, name }: Stop) => part === 'main' && name === 'Dismiss';
const more = (label: string) => `More actions for ${label}`;

/** Decides in the browser that the app has opened; the sign-in's panel, once it is over, is sent away by keyboard. */
async function decide(visit: BrowserVisit = {}): Promise<void> {
  await win.decide(visit);
  await keys.activate(dismiss);
  await gone('sign-in-panel');
  await keys.rest(inMain);
}

/** Adds another account on the page of a server: the preview asks, and has the focus. */
async function addAccount(visit: BrowserVisit): Promise<void> {
  await keys.activate('add-account');
  await keys.rest(signInPanel);
  await keys.activate(inMainNamed('sign-in-button'));
  await decide(visit);
}

/** To a page by its link in the sidebar. */
async function goTo(place: 'Accounts' | 'Activity' | 'Settings'): Promise<void> {
  await keys.activate(({ part, name }) => part === 'sidebar' && name === place);
  await app.page.locator('main').getByRole('heading', { level: 1, name: place }).waitFor();
}

/** To the only server by its row in the sidebar, and to a tab of its page with the arrow keys. */
async function openServer(tab = 'Overview'): Promise<void> {
  await keys.activate(({ testId }) => testId?.startsWith('server-row-') ?? false);
  await keys.tabTo(({ role }) => role === 'tab');
  await chooseTab(tab);
}

async function chooseTab(tab: string): Promise<void> {
  for (let presses = 0; presses < 10; presses++) {
    const stop = await keys.stop();
    if (stop.name.startsWith(tab)) return;
    await keys.press('ArrowRight');
  }
  throw new Error(`no tab ${tab}`);
}

/** To a tool of the list with the arrow keys, and into it. */
async function chooseTool(name: string): Promise<void> {
  await app.page.getByTestId(`tool-${name}`).waitFor();
  await keys.tabTo(({ testId }) => testId?.startsWith('tool-') ?? false);
  await keys.press('Home');
  for (let presses = 0; presses < 30; presses++) {
    const stop = await keys.rest(({ testId }) => testId?.startsWith('tool-') ?? false);
    if (stop.testId === `tool-${name}`) break;
    await keys.press('ArrowDown');
    await keys.rest(({ key }) => key !== stop.key);
  }
  await keys.press('Enter');
  await app.page.getByTestId('tool-run').waitFor();
}

describe('the main job by keyboard alone', () => {
  test('the first stop leads past the sidebar', async () => {
    await win.see('All your MCP sign-ins, in one place');
    const skip = await keys.tabTo('Skip to content');
    expect(skip.box.y).toBeGreaterThanOrEqual(0);
    await keys.press('Enter');
    expect((await keys.rest()).role).toBe('main');
  });

  test('the dialog for a server keeps the focus, and gives it back', async () => {
    await keys.activate(({ name, part }) => name === 'Add server' && part === 'main');
    await keys.rest('server-url-input');
    await keys.goAround();
    await keys.escapeTo(({ name, part }) => name === 'Add server' && part === 'main');
  });

  test('a server is added by its address: the preview is read, then signed in to', async () => {
    await keys.press('Enter');
    await keys.rest('server-url-input');
    await keys.type(sandbox.mcpUrl);
    await keys.press('Enter');
    const preview = app.page.locator('[data-testid=probe-result][data-kind=sign-in]');
    await preview.waitFor();
    expect(await preview.textContent()).toContain(new URL(sandbox.issuerUrl).host);
    await keys.rest('server-url-input');
    const stops = await keys.goAround();
    expect(stops.map(({ testId }) => testId)).toContain('sign-in-button');
    await keys.activate('sign-in-button');
    await noDialog();
    await keys.rest(inMain);
    await win.decide({ user: 'alice' });
    await waitForConnected(app.page);
    await keys.activate(dismiss);
    await gone('sign-in-panel');
    await keys.rest(inMain);
  });

  test('a tool is found, filled in and called, and its result is reached', async () => {
    await openServer('Tools');
    await chooseTool('echo');
    await keys.tabTo(/^text/i);
    await keys.type('spoken by keys');
    await keys.press('Enter');
    const result = app.page.locator('[data-testid=tool-result][data-kind=result]');
    await result.waitFor();
    expect(await result.textContent()).toContain('spoken by keys');
    await keys.rest(/^text/i);
    await keys.tabTo('tool-run');
  });
});

describe('every action on an account by keyboard', () => {
  test('refreshed, and the button stays under the finger', async () => {
    await openServer();
    await keys.activate('refresh-now');
    await win.see('Refreshed');
    await keys.rest('refresh-now');
  });

  test('the history of its grant is opened and read', async () => {
    await keys.activate('History of this grant');
    await app.page.locator('[data-testid=grant-event][data-kind=refreshed]').waitFor();
    await keys.press('Enter');
  });

  test('renamed, with the menu left and entered again by arrows and Escape', async () => {
    await keys.activate(more(FIRST));
    await keys.rest(({ role }) => role === 'menuitem');
    await keys.press('ArrowUp');
    await keys.rest('sign-out');
    await keys.press('ArrowDown', 'Escape');
    await keys.rest(more(FIRST));
    await keys.choose(more(FIRST), 'Rename…');
    await keys.rest(inDialog('Name'));
    await keys.goAround();
    await keys.escapeTo(more(FIRST));
    await keys.choose(more(FIRST), 'Rename…');
    await keys.rest(inDialog('Name'));
    await keys.type('Alice at home');
    await keys.press('Enter');
    await noDialog();
    await keys.rest(more('Alice at home'));
  });

  test('signed in to again', async () => {
    await keys.choose(more('Alice at home'), 'Sign in again');
    await keys.rest(inMain);
    await decide({ user: 'alice' });
  });

  test('given more in the middle of a call', async () => {
    await openServer('Tools');
    await chooseTool('admin_report');
    await keys.activate('tool-run');
    await keys.activate('step-up-grant');
    await win.decide({ user: 'alice' });
    await app.page.locator('[data-testid=tool-result][data-kind=result]').waitFor();
    await keys.rest(inMain);
    await keys.activate(dismiss);
    await gone('sign-in-panel');
    await keys.rest(inMain);
  });

  test('joined by a second, which becomes the default', async () => {
    await openServer();
    await addAccount({ user: 'bob' });
    await keys.choose(more(SECOND), 'Use by default');
    await win.card(SECOND).getByTestId('default-account').waitFor();
    await keys.rest(more(SECOND));
  });

  test('exported with all others', async () => {
    await goTo('Settings');
    const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-export-')), 'accounts.json');
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, path);
    await keys.activate('export-json');
    await until(() => expect(readFileSync(path, 'utf8')).toContain('Alice at home'));
    await keys.rest('export-json');
  });

  test('opened under Accounts with everything known about it', async () => {
    await goTo('Accounts');
    const row = /^A.*Alice at home/;
    await keys.activate(row);
    await keys.tabTo('refresh-now');
    await keys.tabTo(row, 'Shift+Tab');
    await keys.press('Enter');
    await gone('refresh-now');
    await keys.rest(row);
  });

  test('one signed out, with a report; what is left comes next', async () => {
    await openServer();
    await keys.choose(more(SECOND), 'Sign out…');
    await keys.rest(inDialog('Cancel'));
    await keys.goAround();
    await keys.escapeTo(more(SECOND));
    await keys.choose(more(SECOND), 'Sign out…');
    await keys.activate('sign-out-confirm');
    await app.page.getByTestId('sign-out-reports').waitFor();
    await keys.rest(inDialog('Done'));
    expect((await win.reports()).map(({ revocation }) => revocation)).toEqual(['confirmed']);
    await keys.press('Enter');
    await noDialog();
    await win.card(SECOND).waitFor({ state: 'detached' });
    await keys.rest(inMain);
  });

  test('several chosen and signed out together', async () => {
    await openServer();
    await addAccount({ user: 'bob' });
    await goTo('Accounts');
    await keys.activate('select-accounts');
    await keys.activate('Select Alice at home', 'Space');
    await keys.activate(`Select ${SECOND}`, 'Space');
    await keys.tabTo('sign-out-selected');
    await keys.press('Enter');
    await keys.rest(inDialog('Cancel'));
    await keys.escapeTo('sign-out-selected');
    await keys.press('Enter');
    await keys.rest(inDialog('Cancel'));
    await keys.activate('sign-out-confirm');
    await app.page.getByTestId('sign-out-reports').waitFor();
    await keys.rest(inDialog('Done'));
    expect(await win.reports()).toHaveLength(2);
    await keys.press('Enter');
    await noDialog();
    await win.see('No accounts yet');
    await keys.rest(inMain);
  });

  test('everywhere, until nobody is left', async () => {
    await openServer();
    await keys.activate(inMainNamed('sign-in-button'));
    await keys.rest(signInPanel);
    await keys.activate(inMainNamed('sign-in-button'));
    await decide({ user: 'alice' });
    await goTo('Accounts');
    await keys.activate('sign-out-everywhere');
    await keys.rest(inDialog('Cancel'));
    await keys.activate('sign-out-confirm');
    await app.page.getByTestId('sign-out-reports').waitFor();
    await keys.rest(inDialog('Done'));
    await keys.press('Enter');
    await noDialog();
    await win.see('No accounts yet');
    await keys.rest(inMain);
  });
});

describe('what happened, and how it should be, by keyboard', () => {
  test('a trace is opened and left', async () => {
    await goTo('Activity');
    await keys.activate(({ testId }) => testId?.startsWith('trace-') ?? false);
    await app.page.locator('main').getByText('All activity').waitFor();
    await keys.rest(inMain);
    await keys.activate('All activity');
    await keys.rest(inMain);
  });

  test('a setting is changed with the arrow keys, and stays', async () => {
    await goTo('Settings');
    await keys.tabTo(({ role, name }) => role === 'input' && name === 'As the system');
    await keys.press('ArrowRight', 'ArrowRight');
    await keys.rest('Dark');
    await app.page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await keys.press('ArrowLeft');
    await app.page.locator('html[data-mantine-color-scheme=light]').waitFor();
    await until(() => expect(readFileSync(join(app.folder, 'settings.json'), 'utf8')).toContain('light'));
  });
});

describe('every action on a server by keyboard', () => {
  const menu = 'More actions for this server';

  test('connected again', async () => {
    await openServer();
    await keys.activate('reconnect');
    await keys.rest('reconnect');
  });

  test('renamed', async () => {
    await keys.choose(menu, 'Rename…');
    await keys.rest(inDialog('Name'));
    await keys.type('Notes');
    await keys.press('Enter');
    await noDialog();
    await app.page.locator('main').getByRole('heading', { level: 1, name: 'Notes' }).waitFor();
    await keys.rest(menu);
  });

  test('disabled and enabled', async () => {
    await keys.choose(menu, 'Switch off');
    await app.page.locator('main [data-testid=connection-status][data-status=disabled]').first().waitFor();
    await keys.rest(menu);
    await keys.choose(menu, 'Switch on');
    await app.page
      .locator('main [data-testid=connection-status][data-status=disabled]')
      .first()
      .waitFor({ state: 'detached' });
    await keys.rest(menu);
  });

  test('removed, and the focus is in the page that comes instead', async () => {
    await keys.choose(menu, /^Remove/);
    await keys.rest(inDialog('Cancel'));
    await keys.goAround();
    await keys.activate('remove-server-confirm');
    await noDialog();
    await win.see('All your MCP sign-ins, in one place');
    await keys.rest(inMain);
  });

  test('and on all these ways the focus was always shown', () => {
    expect(keys.seen.size).toBeGreaterThan(40);
    expect([...keys.seen.values()].filter(({ marked }) => !marked)).toEqual([]);
    expect(app.opened).toHaveLength(6);
  });
});
