import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoginItemSettingsOptions, Settings } from 'electron';
import { expect, test } from 'vitest';
import { applyStartAtLogin, startedHidden } from '../../../src/main/shell/start-at-login.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** A system that remembers what it shall start. */
async function system(platform: NodeJS.Platform, packaged = true, appImage?: string) {
  const home = await temporaryFolder();
  let item: Settings = {};
  const asked: LoginItemSettingsOptions[] = [];
  const current = () => ({ openAtLogin: item.openAtLogin ?? false }) as Electron.LoginItemSettings;
  const app = {
    isPackaged: packaged,
    getAppPath: () => '/source',
    getLoginItemSettings: (options: LoginItemSettingsOptions = {}) => {
      asked.push(options);
      return current();
    },
    setLoginItemSettings: (settings: Settings) => {
      item = settings;
    },
  };
  const environment = appImage === undefined ? {} : { APPIMAGE: appImage };
  const apply = (wanted: boolean) =>
    applyStartAtLogin(wanted, { app, platform, environment, execPath: '/run/gatehouse', home });
  const autostart = join(home, '.config', 'autostart');
  const exec = async () =>
    /^Exec=(.*)$/m.exec(await readFile(join(autostart, 'gatehouse.desktop'), 'utf8').catch(() => ''))?.[1] ??
    null;
  return { apply, exec, autostart, item: () => item, asked };
}

test('Linux: an entry in the autostart folder, taken away again', async () => {
  const { apply, exec, autostart } = await system('linux');
  await apply(true);
  expect(await exec()).toBe('/run/gatehouse --hidden');
  await apply(false);
  expect(await readdir(autostart)).toEqual([]);
  await apply(false);
});

test('Linux: an AppImage is started by its own file, a development copy with its folder', async () => {
  const appImage = await system('linux', true, '/home/alice/Gatehouse.AppImage');
  await appImage.apply(true);
  expect(await appImage.exec()).toBe('/home/alice/Gatehouse.AppImage --hidden');
  const development = await system('linux', false);
  await development.apply(true);
  expect(await development.exec()).toBe('/run/gatehouse /source --hidden');
});

test('Windows: a login item with the arguments, asked about the same way as it was made', async () => {
  const { apply, item, asked } = await system('win32');
  await apply(true);
  expect(item()).toEqual({ openAtLogin: true, path: '/run/gatehouse', args: ['--hidden'] });
  await apply(false);
  expect(item().openAtLogin).toBe(false);
  for (const one of asked) expect(one).toEqual({ path: '/run/gatehouse', args: ['--hidden'] });
});

test('macOS: a login item, changed only when it is not so already', async () => {
  const { apply, item } = await system('darwin');
  await apply(false);
  expect(item()).toEqual({});
  await apply(true);
  expect(item()).toEqual({ openAtLogin: true });
});

test('a start by the system opens no window, a start by a person does', () => {
  const app = (wasOpenedAtLogin: boolean) => ({
    getLoginItemSettings: () => ({ wasOpenedAtLogin }) as Electron.LoginItemSettings,
  });
  expect(startedHidden(app(false), 'linux', ['gatehouse', '--hidden'])).toBe(true);
  expect(startedHidden(app(false), 'linux', ['gatehouse'])).toBe(false);
  expect(startedHidden(app(true), 'darwin', ['gatehouse'])).toBe(true);
  expect(startedHidden(app(true), 'linux', ['gatehouse'])).toBe(false);
});
