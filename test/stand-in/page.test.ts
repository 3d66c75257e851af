import { dirname } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { electron, fixture as fixtureApp, launchFixture, temporaryFolder } from './run-fixture.ts';

interface Entry {
  event: string;
  url?: string;
  message?: string;
  [detail: string]: unknown;
}
interface FixtureGlobal {
  fixture: {
    log: Entry[];
    decisions: Record<string, unknown>;
    entry(wanted: Partial<Entry>): Promise<Entry>;
  };
}
interface FixtureApi {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  invokeWithFunction(): Promise<unknown>;
  ping(...args: unknown[]): void;
  onPong(listener: (...args: unknown[]) => void): void;
  nested: { list: [number, { deep: boolean }]; when: Date; map: Map<string, number> };
  promise: Promise<string>;
  twice(compute: (value: number) => number): number;
  fail(): void;
  seen: Record<string, unknown>;
}
declare global {
  var fixture: FixtureApi;
  var pageRan: unknown;
  var inlineScriptRan: unknown;
  var evaluated: string;
  var refusals: { again: string };
}

let app: ElectronApplication;
let page: Page;

beforeAll(async () => {
  app = await launchFixture();
  page = await app.firstWindow();
});
afterAll(() => app.close());

const log = () => app.evaluate(() => (globalThis as unknown as FixtureGlobal).fixture.log);
const logged = async (event: string) => (await log()).filter((entry) => entry.event === event);
const decide = (decisions: Record<string, unknown>) =>
  app.evaluate((_electron, wanted) => {
    Object.assign((globalThis as unknown as FixtureGlobal).fixture.decisions, wanted);
  }, decisions);

/** Resolves with the entry once the app has noted it. */
const entry = (event: string, url: string) =>
  app.evaluate((_electron, wanted) => (globalThis as unknown as FixtureGlobal).fixture.entry(wanted), {
    event,
    url,
  });

beforeEach(async () => {
  await page.waitForLoadState();
});

describe('the preload script', () => {
  test('runs before the page’s first script, without Node', async () => {
    expect(await page.evaluate(() => fixture.seen)).toMatchObject({
      nodeRequire: 'module not found: node:fs',
      sandboxed: true,
      firstScriptHasRun: 'undefined',
      scriptsBefore: 0,
      argv: expect.arrayContaining(['--fixture-argument']),
    });
    expect(await page.evaluate(() => globalThis.pageRan)).toMatchObject({ fixture: 'object' });
  });

  test('has a world of its own', async () => {
    expect(await page.evaluate(() => 'isolatedSecret' in globalThis)).toBe(false);
    expect(
      await page.evaluate(() => Object.keys(globalThis).filter((key) => key.includes('standIn'))),
    ).toEqual([]);
  });

  test('runs in the main frame only', async () => {
    const frame = page.frames().find((one) => one.url().endsWith('frame.html'));
    expect(await frame?.evaluate(() => typeof globalThis.fixture)).toBe('undefined');
  });
});

describe('contextBridge', () => {
  test('copies values and freezes them', async () => {
    const result = await page.evaluate(() => ({
      list: fixture.nested.list,
      when: fixture.nested.when.getTime(),
      inMap: fixture.nested.map.get('a'),
      ownRealm: fixture.nested.map instanceof Map,
      frozen: Object.isFrozen(fixture.nested.list),
      writable: Object.getOwnPropertyDescriptor(globalThis, 'fixture')?.writable,
    }));
    expect(result).toEqual({
      list: [1, { deep: true }],
      when: 0,
      inMap: 1,
      ownRealm: true,
      frozen: true,
      writable: false,
    });
  });

  test('proxies functions in both directions, synchronously, and promises', async () => {
    expect(await page.evaluate(() => fixture.twice((value) => value * 2))).toBe(42);
    expect(await page.evaluate(() => fixture.promise)).toBe('kept');
  });

  test('gives the page functions of its own world only', async () => {
    // A function of the isolated world would have that world's constructor, and with it a way in.
    const seen = await page.evaluate(() => {
      return [fixture.twice.constructor === Function, fixture.nested.list.constructor === Array];
    });
    expect(seen).toEqual([true, true]);
  });

  test('throws errors over as Error with the message', async () => {
    const thrown = await page.evaluate(() => {
      try {
        fixture.fail();
        return 'nothing';
      } catch (error) {
        return [String(error), error instanceof Error];
      }
    });
    expect(thrown).toEqual(['Error: from the preload', true]);
  });

  test('refuses a name that is taken', async () => {
    expect(await page.evaluate(() => globalThis.refusals.again)).toBe(
      'Cannot bind an API on top of an existing property on the window object',
    );
  });
});

describe('ipc', () => {
  test('clones arguments and results', async () => {
    const result = await page.evaluate(async () => {
      const [date, map, bytes, missing] = (await fixture.invoke(
        'echo',
        new Date(5),
        new Map([['a', 1n]]),
        new Uint8Array([7]),
        undefined,
      )) as [Date, Map<string, bigint>, Uint8Array, undefined];
      return [date.getTime(), String(map.get('a')), bytes[0], missing === undefined];
    });
    expect(result).toEqual([5, '1', 7, true]);
  });

  test.each([
    ['fail', "Error: Error invoking remote method 'fail': TypeError: not today"],
    [
      'uncloneable',
      "Error: Error invoking remote method 'uncloneable': Error: An object could not be cloned.",
    ],
    ['nobody', "Error: Error invoking remote method 'nobody': Error: No handler registered for 'nobody'"],
  ])('rejects %s in Electron’s words', async (channel, message) => {
    expect(await page.evaluate((name) => fixture.invoke(name).catch(String), channel)).toBe(message);
  });

  test('throws on functions', async () => {
    expect(await page.evaluate(() => fixture.invokeWithFunction().catch(String))).toBe(
      'Error: An object could not be cloned.',
    );
  });

  test('names the sender by the app’s own addresses', async () => {
    expect(await page.evaluate(() => fixture.invoke('sender'))).toMatchObject({
      url: 'app://gatehouse/index.html#start',
      origin: 'app://gatehouse',
      isTop: true,
      parent: null,
      isMainFrame: true,
    });
  });

  test('sends from the main process, in order', async () => {
    const heard = await page.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const all: unknown[] = [];
          fixture.onPong((value) => {
            all.push(value);
            if (all.length === 3) resolve(all);
          });
          for (const value of [1, 2, 3]) fixture.ping(value);
        }),
    );
    expect(heard).toEqual([1, 2, 3]);
  });
});

describe('the custom scheme', () => {
  test('is answered by protocol.handle, which sees its own addresses', async () => {
    expect(await entry('request', 'app://gatehouse/index.html')).toMatchObject({ method: 'GET' });
    expect(await entry('did-navigate', 'app://gatehouse/index.html#start')).toMatchObject({ code: 200 });
  });

  test('carries bodies and headers, also those webRequest adds', async () => {
    const result = await page.evaluate(async () => {
      const response = await fetch('/posted', { method: 'POST', body: 'héllo' });
      return [await response.text(), response.headers.get('x-host'), response.headers.get('x-added')];
    });
    expect(result).toEqual(['héllo', 'gatehouse', 'by webRequest']);
  });

  test('has its content security policy enforced', async () => {
    expect(await page.evaluate(() => globalThis.inlineScriptRan)).toBeUndefined();
    const refused = (await logged('console-message')).filter(({ message = '' }) =>
      message.includes('Content Security Policy'),
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(await page.evaluate(() => fetch('https://example.com/').catch((error) => error.name))).toBe(
      'TypeError',
    );
    // Asked by the page itself: what DevTools evaluates may always use eval.
    expect(await page.evaluate(() => globalThis.evaluated)).toBe('EvalError');
  });
});

describe('navigation and windows', () => {
  test('lets the app prevent what the page starts', async () => {
    await page.click('#away');
    await entry('will-navigate', 'app://gatehouse/other.html');
    await page.click('#outside');
    await entry('will-navigate', 'https://example.com/');
    expect(await page.evaluate(() => location.pathname)).toBe('/index.html');
  });

  test('tells the app of an address for the system', async () => {
    await page.evaluate(() => location.assign('app.gatehouse.desktop:/oauth/callback?state=x'));
    await entry('will-navigate', 'app.gatehouse.desktop:/oauth/callback?state=x');
  });

  test('denies window.open, which then returns null', async () => {
    expect(
      await page.evaluate(() => window.open('https://example.com/opened', 'name', 'width=300')),
    ).toBeNull();
    expect(await entry('window-open', 'https://example.com/opened')).toMatchObject({
      frameName: 'name',
      features: 'width=300',
    });
  });

  test('denies links to a new window, and no window stays', async () => {
    await page.click('#blank');
    await entry('window-open', 'https://example.com/blank');
    await page.click('#away', { modifiers: ['Control'] });
    await entry('window-open', 'app://gatehouse/other.html');
    await expect.poll(() => app.context().pages().length).toBe(1);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('does not ask about navigations that the app itself starts', async () => {
    const before = (await logged('will-navigate')).length;
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('app://gatehouse/other.html'),
    );
    expect(
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL()),
    ).toBe('app://gatehouse/other.html');
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('app://gatehouse/index.html#start'),
    );
    expect((await logged('will-navigate')).length).toBe(before);
  });

  test('rejects loadURL when the address does not load', async () => {
    const failure = await app.evaluate(({ BrowserWindow }) => {
      const window = new BrowserWindow({ show: false });
      return window.loadURL('https://nowhere.invalid/').then(
        () => 'loaded',
        (error) => {
          window.destroy();
          return String(error);
        },
      );
    });
    expect(failure).toContain("loading 'https://nowhere.invalid/'");
  });
});

describe('permissions', () => {
  test('are denied when the handlers deny', async () => {
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
    expect((await logged('permission-request')).map(({ permission }) => permission)).toContain(
      'notifications',
    );
    expect(
      await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state),
    ).toBe('denied');
  });

  test('are granted when the request handler grants', async () => {
    await decide({ permission: true });
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('granted');
    await decide({ permission: false });
  });
});

describe('the window', () => {
  test('shows itself when ready, in its size', async () => {
    const events = (await log()).map(({ event }) => event);
    const order = ['ready', 'web-contents-created', 'did-navigate', 'ready-to-show', 'show', 'focus'];
    expect(order.map((event) => events.indexOf(event))).toEqual(
      order.map((event) => events.indexOf(event)).toSorted((a, b) => a - b),
    );
    expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([900, 650]);
  });

  test('can be resized, down to its minimum', async () => {
    const bounds = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ width: 100, height: 500 });
      return window?.getBounds();
    });
    expect(bounds).toMatchObject({ width: 400, height: 500 });
    await page.waitForFunction(() => innerWidth === 400 && innerHeight === 500);
  });

  test('can be photographed by the app and by Playwright', async () => {
    const { width, height } = await app.evaluate(async ({ BrowserWindow }) => {
      const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
      return image?.getSize() ?? { width: 0, height: 0 };
    });
    expect([width, height]).toEqual(await page.evaluate(() => [innerWidth, innerHeight]));
    const screenshot = await page.screenshot();
    expect(screenshot.subarray(1, 4).toString()).toBe('PNG');
    expect(screenshot.readUInt32BE(16)).toBe(width);
  });

  test('follows nativeTheme', async () => {
    const dark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    expect(await dark()).toBe(false);
    const updated = await app.evaluate(({ nativeTheme }) => {
      const heard = new Promise((resolve) =>
        nativeTheme.once('updated', () => resolve(nativeTheme.shouldUseDarkColors)),
      );
      nativeTheme.themeSource = 'dark';
      return heard;
    });
    expect(updated).toBe(true);
    await page.waitForFunction(() => matchMedia('(prefers-color-scheme: dark)').matches);
    await app.evaluate(({ nativeTheme }) => {
      nativeTheme.themeSource = 'system';
    });
  });

  test('is found by Playwright', async () => {
    const window = await app.browserWindow(page);
    expect(await window.evaluate((one) => one.getMinimumSize()[0])).toBe(400);
  });
});

describe('net.fetch', () => {
  test('asks the handlers of custom schemes', async () => {
    expect(
      await app.evaluate(async ({ net }) => (await net.fetch('app://gatehouse/frame.html')).status),
    ).toBe(200);
  });
});

test('Playwright’s loader, which holds readiness back, works too', async () => {
  const dist = dirname(await electron());
  const before = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dist;
  try {
    const other = await _electron.launch({
      args: [fixtureApp, `--user-data-dir=${temporaryFolder()}`, 'word'],
    });
    const window = await other.firstWindow();
    await window.waitForLoadState();
    expect(await window.title()).toBe('Fixture');
    expect(await other.evaluate(() => process.argv.slice(1))).toEqual([
      fixtureApp,
      expect.stringMatching(/^--user/),
      'word',
    ]);
    await other.close();
  } finally {
    if (before === undefined) delete process.env.ELECTRON_OVERRIDE_DIST_PATH;
    else process.env.ELECTRON_OVERRIDE_DIST_PATH = before;
  }
});

test('the page has nothing of Node', async () => {
  const found = await page.evaluate(() =>
    ['require', 'process', 'Buffer', 'module'].filter((name) => name in globalThis),
  );
  expect(found).toEqual([]);
});
