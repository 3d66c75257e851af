import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SettingsFile } from '../../../src/main/store/settings-file.ts';
import { settingsChange } from '../../../src/shared/domain/settings.ts';
import { temporaryFolder } from '../../support/folder.ts';

test('settings start with their defaults and keep what the person chose', async () => {
  const folder = await temporaryFolder();
  const file = new SettingsFile(folder);
  expect(await file.load()).toBeNull();
  expect(file.current).toMatchObject({ theme: 'system', redirect: 'automatic' });
  expect(await file.change({ theme: 'dark' })).toMatchObject({ theme: 'dark', redirect: 'automatic' });
  const again = new SettingsFile(folder);
  await again.load();
  expect(again.current.theme).toBe('dark');
});

test('a change names what changes, and nothing else goes back to its default', () => {
  expect(settingsChange.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
  expect(settingsChange.parse({})).toEqual({});
  expect(settingsChange.safeParse({ closeWindow: 'explode' }).success).toBe(false);
});

test('a file from before a choice existed gets its default', async () => {
  const folder = await temporaryFolder();
  await writeFile(
    join(folder, 'settings.json'),
    '{"version":1,"content":{"theme":"dark","redirect":"loopback"}}',
  );
  const file = new SettingsFile(folder);
  expect(await file.load()).toBeNull();
  expect(file.current).toEqual({
    theme: 'dark',
    language: 'system',
    redirect: 'loopback',
    closeWindow: 'ask',
    startAtLogin: false,
    notifications: true,
    updateChecks: true,
    serverOrder: [],
    frame: { sidebarWidth: null, collapsed: false, lastPage: '' },
  });
});

test('settings that can not be read are the defaults, and the file is set aside', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'settings.json'), '{"version":1,"content":{"theme":"pink"}}');
  const file = new SettingsFile(folder);
  expect((await file.load())?.code).toBe('file-set-aside');
  expect(file.current.theme).toBe('system');
});
