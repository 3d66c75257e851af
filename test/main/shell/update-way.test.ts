import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Installation, updateWay } from '../../../src/main/shell/update-way.ts';
import { temporaryFolder } from '../../support/folder.ts';

const GITHUB = 'provider: github\nowner: o\nrepo: r\n';

async function wayOf(given: Partial<Installation>, packed: Record<string, string> = {}) {
  const resourcesPath = await temporaryFolder();
  for (const [name, content] of Object.entries(packed)) await writeFile(join(resourcesPath, name), content);
  return updateWay({ isPackaged: true, platform: 'linux', environment: {}, resourcesPath, ...given });
}

test('who builds it gets it by building', async () => {
  expect(await wayOf({ isPackaged: false }, { 'app-update.yml': GITHUB })).toBe('development');
});

test('deb and rpm come by the package manager, an archive is downloaded', async () => {
  expect(await wayOf({}, { 'package-type': 'deb', 'app-update.yml': GITHUB })).toBe('package-manager');
  expect(await wayOf({}, { 'package-type': 'rpm' })).toBe('package-manager');
  expect(await wayOf({}, { 'app-update.yml': GITHUB })).toBe('download');
});

test('an AppImage, a macOS app and a signed Windows installation update themselves', async () => {
  const appImage = { environment: { APPIMAGE: '/home/alice/Gatehouse.AppImage' } };
  expect(await wayOf(appImage, { 'app-update.yml': GITHUB })).toBe('itself');
  expect(await wayOf({ platform: 'darwin' }, { 'app-update.yml': GITHUB })).toBe('itself');
  const signed = { 'app-update.yml': `${GITHUB}publisherName:\n  - The Gatehouse contributors\n` };
  expect(await wayOf({ platform: 'win32' }, signed)).toBe('itself');
});

test('Windows: what names no publisher, or is portable, is downloaded by the person', async () => {
  expect(await wayOf({ platform: 'win32' }, { 'app-update.yml': GITHUB })).toBe('download');
  const environment = { PORTABLE_EXECUTABLE_FILE: 'D:\\Gatehouse.exe' };
  const signed = { 'app-update.yml': `${GITHUB}publisherName:\n  - x\n` };
  expect(await wayOf({ platform: 'win32', environment }, signed)).toBe('download');
});

test('without a place to ask nobody is asked', async () => {
  expect(await wayOf({ platform: 'darwin' })).toBe('download');
  expect(await wayOf({ environment: { APPIMAGE: '/x.AppImage' } })).toBe('download');
});
