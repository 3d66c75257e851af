import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startHostile } from '../sandbox/profiles/hostile.ts';
import { root, runtimeInUse } from './app.ts';
import { AttackedApp, type PageWorld } from './attacked-app.ts';
import { startForeignHost } from './foreign-host.ts';
import { askAbout } from './window.ts';

// Electron's security checklist, item by item, on the running app. SECURITY.md points here. Number 7, the content
// security policy, has a file of its own; what can only be seen in a package is in test/package.

let attacked: AttackedApp;
let page: Page;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  attacked = await AttackedApp.start();
  page = attacked.page;
});
afterAll(() => attacked?.end());
afterEach(() => attacked.expectUnharmed());

test('1. Only secure content: all the page has loaded comes from the app itself', async () => {
  const origins = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin === location.origin),
  );
  expect(origins.length).toBeGreaterThan(5);
  expect(origins).not.toContain(false);
});

test('2. No Node in the page: nothing of it is in reach of a script', async () => {
  const names = ['require', 'process', 'Buffer', 'module', 'exports', 'global', '__dirname', 'electron'];
  expect(await page.evaluate((all) => all.filter((name) => name in globalThis), names)).toEqual([]);
});

test('3. Context isolation: the bridge is frozen and leads to nothing but the page', async () => {
  const found = await page.evaluate(() => {
    const { gatehouse } = window as unknown as PageWorld;
    return {
      samePage: gatehouse.call.constructor('return globalThis')() === window,
      frozen: Object.isFrozen(gatehouse),
      replaceable: Object.getOwnPropertyDescriptor(window, 'gatehouse')?.configurable,
      samePromise: gatehouse.call('app.nothing') instanceof Promise,
    };
  });
  expect(found).toEqual({ samePage: true, frozen: true, replaceable: false, samePromise: true });
});

test('4. Sandbox for every page: a preload script gets no Node, even in a window that asks for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-preload-'));
  const preload = join(folder, 'preload.cjs');
  writeFileSync(preload, "require('node:fs').writeFileSync(__filename + '.ran', '')");
  const host = await startForeignHost();
  try {
    const refusal = await attacked.app.electron.evaluate(
      async ({ BrowserWindow }, { script, asks, url }) => {
        const window = new BrowserWindow({
          show: false,
          webPreferences: { preload: script, ...(asks ? { sandbox: false } : {}) },
        });
        const failed = new Promise<string>((resolve) =>
          window.webContents.once('preload-error', (_event, _path, error) => resolve(error.message)),
        );
        await window.loadURL(url);
        const message = await failed;
        window.destroy();
        return message;
      },
      // The stand-in knows no other windows than sandboxed ones.
      { script: preload, asks: attacked.app.runtime.kind === 'electron', url: host.origin },
    );
    expect(refusal).toMatch(/module not found: node:fs/);
    expect(readdirSync(folder)).toEqual(['preload.cjs']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await host.close();
  }
});

/** What a page gets that asks for everything, and what it is told it has. */
const askForEverything = async () => {
  const refused = (error: { name: string }) => error.name;
  const asked = {
    notifications: await Notification.requestPermission(),
    geolocation: await new Promise<string>((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        ({ code, PERMISSION_DENIED }) => resolve(code === PERMISSION_DENIED ? 'denied' : `error ${code}`),
      ),
    ),
    clipboard: await navigator.clipboard.readText().catch(refused),
    midi: await navigator.requestMIDIAccess().then(() => 'granted', refused),
    persistence: await navigator.storage.persist(),
  };
  const names = [
    'camera',
    'clipboard-read',
    'geolocation',
    'idle-detection',
    'local-fonts',
    'microphone',
    'midi',
    'notifications',
    'window-management',
  ];
  const states = names.map(async (name) => {
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return `${name} ${state}`;
  });
  return { asked, granted: (await Promise.all(states)).filter((one) => !one.endsWith(' denied')) };
};

describe('5. Permissions', () => {
  test('our own page is refused every one', async () => {
    expect(await page.evaluate(askForEverything)).toEqual({
      asked: {
        notifications: 'denied',
        geolocation: 'denied',
        clipboard: 'NotAllowedError',
        midi: expect.stringMatching(/^(NotAllowedError|SecurityError)$/),
        persistence: false,
      },
      granted: [],
    });
  });

  test('and so is a page in the session of the main process', async () => {
    await attacked.withForeignWindow(async (foreignPage) => {
      expect(await foreignPage.evaluate(() => Notification.requestPermission())).toBe('denied');
      const states = await foreignPage.evaluate(() =>
        Promise.all(
          (['geolocation', 'camera', 'microphone'] as PermissionName[]).map(
            async (name) => (await navigator.permissions.query({ name })).state,
          ),
        ),
      );
      expect(states).toEqual(['denied', 'denied', 'denied']);
    });
  });
});

test('12. No embedded views: a webview tag is an unknown element, and attaching one is refused', async () => {
  const kind = await page.evaluate((origin) => {
    const view = document.createElement('webview');
    view.setAttribute('src', origin);
    view.setAttribute('allowpopups', '');
    view.setAttribute('nodeintegration', '');
    document.body.append(view);
    return [view.constructor.name, 'executeJavaScript' in view];
  }, attacked.foreign.origin);
  expect(kind).toEqual(['HTMLElement', false]);
  const refused = await attacked.app.electron.evaluate(({ webContents }) => {
    const event = {
      defaultPrevented: false,
      preventDefault: () => Object.assign(event, { defaultPrevented: true }),
    };
    webContents.getAllWebContents()[0]?.emit('will-attach-webview', event, {}, {});
    return event.defaultPrevented;
  });
  expect(refused).toBe(true);
});

describe('13. No navigation', () => {
  const ways: Record<string, (target: string) => unknown> = {
    'location.assign': (target) => location.assign(target),
    'location.replace': (target) => location.replace(target),
    'a click on a link': (target) => {
      const link = document.createElement('a');
      link.href = target;
      document.body.append(link);
      link.click();
      link.remove();
    },
    'a form sent': (target) => {
      const form = document.createElement('form');
      form.action = target;
      document.body.append(form);
      form.submit();
      form.remove();
    },
    'meta refresh': (target) => {
      const meta = document.createElement('meta');
      Object.assign(meta, { httpEquiv: 'refresh', content: `0; url=${target}` });
      document.head.append(meta);
    },
    'window.open into the same window': (target) => window.open(target, '_self'),
    'the navigation interface': (target) => {
      const { navigation } = window as unknown as {
        navigation: { navigate(url: string): Record<'committed' | 'finished', Promise<unknown>> };
      };
      for (const end of Object.values(navigation.navigate(target))) end.catch(() => undefined);
    },
  };
  const targets: Record<string, () => string> = {
    'the web': () => `${attacked.foreign.origin}/target`,
    'a local file': () => 'file:///etc/hostname',
    'another file of the app': () => '/assets/none.html',
    'a document in the address': () => 'data:text/html,<script>1</script>',
    'another program': () => 'mailto:someone@example.com',
    'our own links': () => 'app.gatehouse.desktop:/server/a',
  };
  for (const [way, go] of Object.entries(ways)) {
    test(`by ${way}, to anywhere`, async () => {
      for (const target of Object.values(targets)) {
        await page.evaluate(go, target()).catch(() => undefined);
        // Navigations are tasks of the browser: one that were allowed would have begun before this answer.
        expect(await page.evaluate(() => document.readyState)).toBe('complete');
      }
    });
  }

  test('a link or a file dropped on the window leads nowhere', async () => {
    const session = await page.context().newCDPSession(page);
    for (const url of [`${attacked.foreign.origin}/dropped`, 'file:///etc/hostname']) {
      const data = {
        items: [
          { mimeType: 'text/uri-list', data: url },
          { mimeType: 'text/plain', data: url },
        ],
        dragOperationsMask: 1,
      };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
      }
    }
    await session.detach();
  });

  test('a redirect is not followed in any window', async () => {
    await attacked.withForeignWindow(async (_page, host) => {
      const address = await attacked.app.electron.evaluate(async ({ BrowserWindow }, url) => {
        const window = BrowserWindow.getAllWindows().find((one) =>
          one.webContents.getURL().startsWith('http'),
        );
        await window?.loadURL(url).catch(() => undefined);
        return window?.webContents.getURL();
      }, `${host.origin}/redirect`);
      expect(host.heard).toContain('request /redirect');
      expect(host.heard).not.toContain('request /target');
      expect(address).not.toContain('/target');
    });
  });
});

describe('14. No new windows', () => {
  test('window.open returns nothing, whatever it is given', async () => {
    const opened = await page.evaluate(
      (origin) =>
        [origin, 'about:blank', '', location.href, 'file:///etc/hostname', 'data:text/html,x'].map((url) =>
          [window.open(url), window.open(url, 'name', 'width=300'), window.open(url, '', 'noopener')].some(
            Boolean,
          ),
        ),
      attacked.foreign.origin,
    );
    expect(opened).toEqual([false, false, false, false, false, false]);
  });

  test('links that want one get none', async () => {
    await page.evaluate((origin) => {
      const link = document.createElement('a');
      Object.assign(link, { id: 'outside', href: origin, target: '_blank', textContent: 'outside' });
      Object.assign(link.style, { position: 'fixed', inset: '0', zIndex: '9999' });
      document.body.append(link);
    }, attacked.foreign.origin);
    for (const modifiers of [[], ['Control'], ['Shift'], ['Meta']] as const) {
      await page.click('#outside', { modifiers: [...modifiers] });
    }
    await page.click('#outside', { button: 'middle' });
    await page.evaluate(() => document.querySelector('#outside')?.remove());
  });
});

test('15. Nothing but web addresses for the system: a server’s other addresses are never opened', async () => {
  for (const attack of [
    'javascript-authorization-endpoint',
    'file-authorization-endpoint',
    'ms-authorization-endpoint',
    'http-authorization-endpoint',
  ] as const) {
    const hostile = await startHostile({ consent: 'auto', attacks: [attack] });
    try {
      const answer = await askAbout(page, hostile.mcpUrl);
      expect([attack, answer]).toEqual([attack, 'problem']);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    } finally {
      await hostile.close();
    }
  }
});

test('16. A current Electron: the one that runs is the one pinned, exactly', async () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { electron: string };
  };
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(await attacked.app.electron.evaluate(() => process.versions.electron)).toBe(
    devDependencies.electron,
  );
});

describe('17. Only our own page is answered, and only what the contract names', () => {
  test('a foreign page with our preload script is refused', async () => {
    const answer = await attacked.withForeignWindow((foreignPage) =>
      foreignPage.evaluate(() => (window as unknown as PageWorld).gatehouse.call('app.snapshot')),
    );
    expect(answer).toMatchObject({ ok: false, problem: { detail: 'call from a foreign frame' } });
    expect(
      await page.evaluate(() => (window as unknown as PageWorld).gatehouse.call('app.snapshot')),
    ).toMatchObject({
      ok: true,
    });
  });

  test('a frame inside our page has no bridge', async () => {
    const bridges = await page.evaluate(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const found = 'gatehouse' in (frame.contentWindow ?? {});
      frame.remove();
      return found;
    });
    expect(bridges).toBe(false);
  });

  test('names outside the contract are refused', async () => {
    for (const name of ['shell.openExternal', '__proto__', 'constructor', '', 'servers.list ']) {
      expect([name, await attacked.call(name, {})]).toMatchObject([
        name,
        { ok: false, problem: { detail: 'unknown call' } },
      ]);
    }
  });

  test('oversized messages are refused, and the app goes on', async () => {
    const large = { serverId: 'a', url: 'x'.repeat(2_000_000) };
    expect(await attacked.call('servers.probe', large)).toMatchObject({
      problem: { detail: 'input too large' },
    });
    const refusals = await page.evaluate(async () => {
      const { gatehouse } = window as unknown as PageWorld;
      // Nine lists in one another are a few hundred bytes on the channel, and ten thousand million as text.
      let nested: unknown = 'x'.repeat(10);
      for (let level = 0; level < 9; level++) nested = Array(10).fill(nested);
      const inputs = { nested, bytes: new Uint8Array(5_000_000) };
      const answers: unknown[] = [];
      for (const input of Object.values(inputs)) {
        answers.push((await gatehouse.call('servers.probe', { url: 'x', input })).problem?.detail);
      }
      return answers;
    });
    expect(refusals).toEqual(['input too large', 'input too large']);
    expect(await attacked.call('app.snapshot', undefined)).toMatchObject({ ok: true });
  });
});

describe('18. No file protocol: the app’s own, which knows only its own files', () => {
  /** What the page's session answers at an address, whoever asks. */
  const answerAt = (url: string) =>
    attacked.app.electron.evaluate(async ({ session }, address) => {
      const answer = await session.fromPartition('persist:page').fetch(address);
      const { status, headers } = answer;
      return { status, type: headers.get('content-type'), policy: headers.get('content-security-policy') };
    }, url);

  test('every file of the renderer comes with its type and the policy, and is not sniffed', async () => {
    const types: Record<string, string> = {
      '.html': 'text/html; charset=utf-8',
      '.js': 'text/javascript; charset=utf-8',
      '.css': 'text/css; charset=utf-8',
      '.woff2': 'font/woff2',
    };
    const files = readdirSync(join(root, 'out', 'renderer', 'assets')).map((name) => `assets/${name}`);
    for (const name of ['index.html', ...files]) {
      expect([name, await answerAt(`app://gatehouse/${name}`)]).toEqual([
        name,
        { status: 200, type: types[extname(name)], policy: expect.stringContaining("default-src 'none'") },
      ]);
    }
    const sniffed = await page.evaluate(async () => (await fetch('/')).headers.get('x-content-type-options'));
    expect(sniffed).toBe('nosniff');
  });

  test('nothing beside the renderer’s folder, however it is spelled; even the refusal has the policy', async () => {
    for (const address of [
      'app://gatehouse/../main/index.js',
      'app://gatehouse/..%2fmain%2findex.js',
      'app://gatehouse/%2e%2e/%2e%2e/package.json',
      'app://gatehouse/assets/..%5c..%5cindex.html',
      'app://gatehouse/assets/..\\..\\..\\package.json',
      'app://gatehouse//etc/hostname',
      'app://gatehouse/file:///etc/hostname',
      'app://gatehouse/index.html%00.js',
      'app://gatehouse/index.html::$DATA',
      'app://gatehouse/assets/',
      'app://gatehouse/assets',
      'app://other/index.html',
    ]) {
      expect([address, await answerAt(address)]).toMatchObject([
        address,
        { status: 404, type: null, policy: expect.stringContaining("default-src 'none'") },
      ]);
    }
  });

  test('the page can not read a local file', async () => {
    const answer = await page.evaluate(() =>
      fetch('file:///etc/hostname').catch((error: Error) => error.name),
    );
    expect(answer).toBe('TypeError');
  });
});

test('20. No Electron in the page: two functions, and events without their senders', async () => {
  const found = await page.evaluate(async () => {
    const { gatehouse } = window as unknown as PageWorld;
    const heard = new Promise<unknown[]>((resolve) => {
      const stop = gatehouse.on((...values) => {
        stop();
        resolve(values.map((value) => (typeof value === 'object' ? Object.keys(value ?? {}) : typeof value)));
      });
    });
    await gatehouse.call('app.update-settings', { theme: 'light' });
    const [name, ...rest] = await heard;
    return { members: Object.keys(gatehouse).sort(), name, rest: rest.flat() };
  });
  expect(found.members).toEqual(['call', 'on']);
  expect(found.name).toBe('string');
  expect(found.rest).not.toEqual(expect.arrayContaining(['sender']));
  expect(found.rest).not.toEqual(expect.arrayContaining(['ports']));
});

test('the spelling checker is off, so that no dictionary is fetched', async () => {
  const enabled = await attacked.app.electron.evaluate(({ session }) =>
    session.fromPartition('persist:page').isSpellCheckerEnabled(),
  );
  expect(enabled).toBe(false);
});

test('downloads are refused', async () => {
  const refused = await attacked.app.electron.evaluate(({ session }) => {
    const event = {
      defaultPrevented: false,
      preventDefault: () => Object.assign(event, { defaultPrevented: true }),
    };
    session.fromPartition('persist:page').emit('will-download', event, {}, {});
    return event.defaultPrevented;
  });
  expect(refused).toBe(true);
});
