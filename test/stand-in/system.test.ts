import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { electron, environment, fixture, start, temporaryFolder } from './run-fixture.ts';

/** Runs `then` in the fixture with programs of the test's own first on the path, or alone on it. */
async function resultOf(then: string, programs: Record<string, string>, alone = false): Promise<unknown> {
  const bin = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const run = start(await electron(), [fixture, `--user-data-dir=${temporaryFolder()}`], {
    env: environment({
      // Taken away in the app, so that Chromium's own launcher still finds its tools.
      FIXTURE_THEN: `process.env.PATH = ${JSON.stringify(alone ? bin : `${bin}:${process.env.PATH}`)};
        const attempt = (promise) => promise.then(() => 'resolved', (error) => 'rejected: ' + error.message);
        ${then}`,
    }),
  });
  await run.printed('result: ');
  run.child.kill('SIGTERM');
  await run.ended;
  return JSON.parse(/^result: (.*)$/m.exec(run.output())?.[1] ?? 'null');
}

const open = `return await attempt(electron.shell.openExternal('https://issuer.example/authorize?a=1&b=2'))`;

describe('shell.openExternal', () => {
  test('hands the address to xdg-open', async () => {
    const record = join(temporaryFolder(), 'opened');
    expect(await resultOf(open, { 'xdg-open': `printf %s "$1" > '${record}'` })).toBe('resolved');
    expect(existsSync(record) && readFileSync(record, 'utf8')).toBe(
      'https://issuer.example/authorize?a=1&b=2',
    );
  });

  test('rejects when xdg-open fails', async () => {
    expect(await resultOf(open, { 'xdg-open': 'exit 3' })).toBe(
      'rejected: A required tool could not be found',
    );
  });

  test('rejects when there is no xdg-open', async () => {
    expect(await resultOf(open, {}, true)).toMatch(/^rejected: .*ENOENT/);
  });
});

describe('the default protocol client', () => {
  const ask = `const { app } = electron;
    return [app.setAsDefaultProtocolClient('x-app'), app.isDefaultProtocolClient('x-app'), app.getApplicationNameForProtocol('x-app://')]`;

  test('is set and asked for with xdg-utils, by the app’s desktop entry', async () => {
    const programs = {
      'xdg-settings': `[ "$2 $3 $4" = "default-url-scheme-handler x-app Stand-in Fixture.desktop" ] && { [ "$1" = check ] && echo yes; exit 0; }; exit 2`,
      'xdg-mime': `[ "$*" = "query default x-scheme-handler/x-app" ] && echo fixture.desktop`,
    };
    expect(await resultOf(ask, programs)).toEqual([true, true, 'fixture.desktop']);
  });

  test('is nobody where xdg-utils are missing', async () => {
    expect(await resultOf(ask, {}, true)).toEqual([false, false, '']);
  });
});

test('net.fetch cancels redirects under redirect: manual, and hides the address, as Electron’s does', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/from') response.writeHead(302, { location: '/to' }).end();
    else response.end('arrived');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const seen = await resultOf(
    `const followed = await electron.net.fetch('http://127.0.0.1:${port}/from');
     return [await followed.text(), followed.url, await attempt(electron.net.fetch('http://127.0.0.1:${port}/from', { redirect: 'manual' }))]`,
    {},
  );
  server.close();
  expect(seen).toEqual(['arrived', '', 'rejected: Redirect was cancelled']);
});

test('menus, notifications, tray and dialogs work without a person', async () => {
  const seen = await resultOf(
    `const clicked = [];
     const menu = electron.Menu.buildFromTemplate([{ label: 'File', submenu: [{ id: 'quit', label: 'Quit', click: (item) => clicked.push(item.label) }] }]);
     electron.Menu.setApplicationMenu(menu);
     electron.Menu.getApplicationMenu().getMenuItemById('quit').click();
     const notification = new electron.Notification({ title: 'Hello', body: 'there' });
     const shown = new Promise((resolve) => notification.once('show', resolve));
     notification.show();
     await shown;
     const answer = await electron.dialog.showMessageBox({ message: 'Sure?', buttons: ['Yes', 'No'], cancelId: 1 });
     const tray = new electron.Tray(electron.nativeImage.createEmpty());
     tray.on('click', () => clicked.push('tray'));
     tray.emit('click');
     return [clicked, answer.response, 'autoUpdater' in electron, 'utilityProcess' in electron];`,
    {},
  );
  expect(seen).toEqual([['Quit', 'tray'], 1, false, false]);
});
