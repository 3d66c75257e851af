import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { electron, environment, start, temporaryFolder } from './run-fixture.ts';

const app = temporaryFolder();
writeFileSync(join(app, 'package.json'), '{"main":"main.cjs","name":"keeper"}');
writeFileSync(
  join(app, 'main.cjs'),
  `const { app, safeStorage } = require('electron');
   app.whenReady().then(async () => {
     const given = process.env.ENCRYPTED ? Buffer.from(process.env.ENCRYPTED, 'base64') : undefined;
     const attempt = async (action) => { try { return await action() } catch (error) { return 'refused: ' + error.message } };
     console.log('result: ' + JSON.stringify({
       backend: safeStorage.getSelectedStorageBackend(),
       available: safeStorage.isEncryptionAvailable(),
       asyncAvailable: await safeStorage.isAsyncEncryptionAvailable(),
       encrypted: await attempt(async () => (await safeStorage.encryptStringAsync('sécret')).toString('base64')),
       decrypted: given && await attempt(() => safeStorage.decryptStringAsync(given)),
       sync: await attempt(() => safeStorage.decryptString(safeStorage.encryptString('both ways'))),
     }));
     app.quit();
   });`,
);

interface Result {
  backend: string;
  available: boolean;
  asyncAvailable: boolean;
  encrypted: string;
  decrypted?: { result: string; shouldReEncrypt: boolean } | string;
  sync: string;
}

async function run(
  changes: Record<string, string | undefined>,
  args: string[] = [],
  wrap: (command: string[]) => string[] = (command) => command,
): Promise<{ result: Result; output: string }> {
  const none = {
    DBUS_SESSION_BUS_ADDRESS: undefined,
    XDG_RUNTIME_DIR: undefined,
    STAND_IN_KEY_STORE: undefined,
  };
  const [command = '', ...rest] = wrap([
    await electron(),
    app,
    `--user-data-dir=${temporaryFolder()}`,
    ...args,
  ]);
  const process = start(command, rest, { env: environment({ ...none, ...changes }) });
  await process.ended;
  const line = /^result: (.*)$/m.exec(process.output())?.[1];
  if (!line) throw new Error(process.output());
  return { result: JSON.parse(line) as Result, output: process.output() };
}

describe('without a key store', () => {
  test('reports basic_text and refuses', async () => {
    const { result } = await run({});
    expect(result).toMatchObject({ backend: 'basic_text', available: false, asyncAvailable: false });
    expect(result.encrypted).toMatch(/^refused: /);
    expect(result.sync).toMatch(/^refused: /);
  });

  test('does so on --password-store=basic too', async () => {
    const { result } = await run({ STAND_IN_KEY_STORE: 'memory:00' }, ['--password-store=basic']);
    expect(result).toMatchObject({ backend: 'basic_text', available: false });
  });
});

describe('with the substitute', () => {
  const key = '11'.repeat(32);

  test('encrypts, and says in its first line that there is no real key store', async () => {
    const { result, output } = await run({ STAND_IN_KEY_STORE: `memory:${key}` });
    expect(output).toMatch(/^stand-in, not Electron: .*key store replaced by STAND_IN_KEY_STORE=memory/m);
    expect(output).not.toContain(key);
    expect(result).toMatchObject({
      backend: 'gnome_libsecret',
      available: true,
      asyncAvailable: true,
      sync: 'both ways',
    });
    expect(Buffer.from(result.encrypted, 'base64').subarray(0, 3).toString()).toBe('v11');
    const again = await run({ STAND_IN_KEY_STORE: `memory:${key}`, ENCRYPTED: result.encrypted });
    expect(again.result.decrypted).toEqual({ result: 'sécret', shouldReEncrypt: false });
    const other = await run({ STAND_IN_KEY_STORE: `memory:${'22'.repeat(32)}`, ENCRYPTED: result.encrypted });
    expect(other.result.decrypted).toMatch(/^refused: /);
  });

  test('keeps its key in a file', async () => {
    const STAND_IN_KEY_STORE = `file:${join(temporaryFolder(), 'key')}`;
    const { result } = await run({ STAND_IN_KEY_STORE });
    const again = await run({ STAND_IN_KEY_STORE, ENCRYPTED: result.encrypted });
    expect(again.result.decrypted).toEqual({ result: 'sécret', shouldReEncrypt: false });
  });
});

describe('with a Secret Service', () => {
  const secrets = (folder: string) => ({
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: folder,
  });
  const unlocked = (command: string[]) => [
    'dbus-run-session',
    '--',
    'sh',
    '-c',
    'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"',
    'sh',
    ...command,
  ];

  test('keeps the key there, over several sessions', async ({ skip }) => {
    const probe = start('sh', ['-c', 'command -v dbus-run-session gnome-keyring-daemon secret-tool']);
    if ((await probe.ended) !== 0) skip('no dbus, gnome-keyring or libsecret-tools on this machine');
    const home = temporaryFolder();
    const { result } = await run(secrets(home), [], unlocked);
    expect(result).toMatchObject({
      backend: 'gnome_libsecret',
      available: true,
      asyncAvailable: true,
      sync: 'both ways',
    });
    const again = await run({ ...secrets(home), ENCRYPTED: result.encrypted }, [], unlocked);
    expect(again.result.decrypted).toEqual({ result: 'sécret', shouldReEncrypt: false });
  });

  test('gives up on one that asks somebody who is not there', async () => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'secret-tool'), '#!/bin/sh\n[ "$1" = --version ] && exit 0\nexec sleep 1000\n');
    chmodSync(join(bin, 'secret-tool'), 0o755);
    const { result } = await run({
      PATH: `${bin}:${process.env.PATH}`,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    });
    expect(result).toMatchObject({ backend: 'gnome_libsecret', available: false, asyncAvailable: false });
  });
});
