import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SchemeRegistration } from '../../../src/main/shell/scheme-registration.ts';
import { temporaryFolder } from '../../support/folder.ts';

interface Situation {
  readonly platform: NodeJS.Platform;
  readonly packaged: boolean;
  readonly argv?: readonly string[];
  readonly appImage?: string;
}

/** Registers, and tells what the system was asked for and what was written. */
async function register({ platform, packaged, argv = [], appImage }: Situation) {
  const home = await temporaryFolder();
  const asked: { program: string; args: string[] }[] = [];
  const registration = new SchemeRegistration({
    app: {
      isPackaged: packaged,
      getAppPath: () => '/source',
      isDefaultProtocolClient: () => asked.length > 0,
      setAsDefaultProtocolClient: (_scheme, program = '', args = []) => asked.push({ program, args }) > 0,
    },
    platform,
    environment: appImage === undefined ? {} : { APPIMAGE: appImage },
    execPath: '/run/electron',
    argv,
    home,
  });
  await registration.register();
  const entry = join(home, '.local', 'share', 'applications', 'gatehouse.desktop');
  const written = await readFile(entry, 'utf8').catch(() => null);
  return {
    asked,
    exec: written && /^Exec=(.*)$/m.exec(written)?.[1],
    registered: registration.isRegistered(),
  };
}

for (const platform of ['win32', 'darwin'] as const) {
  test(`${platform}: an installed app registers itself`, async () => {
    const { asked, exec } = await register({ platform, packaged: true });
    expect(asked).toEqual([{ program: '/run/electron', args: ['--'] }]);
    expect(exec).toBeNull();
  });
}

test('Linux: the packages bring their desktop entry, so nothing is changed', async () => {
  expect(await register({ platform: 'linux', packaged: true })).toMatchObject({ asked: [], exec: null });
});

test('Linux: an AppImage writes an entry for the file the person has', async () => {
  const appImage = '/home/alice/Gatehouse.AppImage';
  expect(await register({ platform: 'linux', packaged: true, appImage })).toEqual({
    asked: [{ program: appImage, args: ['--'] }],
    exec: `${appImage} -- %u`,
    registered: true,
  });
});

test('in development an installed Gatehouse keeps the scheme unless it is asked for', async () => {
  for (const platform of ['win32', 'darwin', 'linux'] as const) {
    const { asked, exec, registered } = await register({ platform, packaged: false });
    expect([asked, exec, registered]).toEqual([[], null, false]);
  }
  const argv = ['electron', '.', '--register-scheme'];
  expect(await register({ platform: 'linux', packaged: false, argv })).toEqual({
    asked: [{ program: '/run/electron', args: ['/source', '--'] }],
    exec: '/run/electron /source -- %u',
    registered: true,
  });
});
