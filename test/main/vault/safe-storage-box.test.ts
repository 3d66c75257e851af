import { expect, test } from 'vitest';
import { type AsyncSafeStorage, safeStorageBox } from '../../../src/main/vault/safe-storage-box.ts';

type Backend = ReturnType<AsyncSafeStorage['getSelectedStorageBackend']>;

/** Electron's key store as it answers on different desktops. */
function safeStorage(available: boolean, backend: Backend = 'gnome_libsecret'): AsyncSafeStorage {
  return {
    isAsyncEncryptionAvailable: async () => available,
    getSelectedStorageBackend: () => backend,
    encryptStringAsync: async (text) => Buffer.from(text).reverse(),
    decryptStringAsync: async (sealed) => ({
      result: Buffer.from(sealed).reverse().toString(),
      shouldReEncrypt: true,
    }),
  };
}

test('a key store of the system protects, by the name Electron gives it', async () => {
  const of = (platform: NodeJS.Platform, backend?: Backend) =>
    safeStorageBox(safeStorage(true, backend), platform).protection();
  expect(await of('linux')).toEqual({ kind: 'key-store', backend: 'gnome_libsecret' });
  expect(await of('linux', 'kwallet6')).toEqual({ kind: 'key-store', backend: 'kwallet6' });
  expect(await of('darwin')).toEqual({ kind: 'key-store', backend: 'keychain' });
  expect(await of('win32')).toEqual({ kind: 'key-store', backend: 'dpapi' });
});

for (const [what, storage] of [
  ['a fixed password', safeStorage(true, 'basic_text')],
  ['an unknown backend', safeStorage(true, 'unknown')],
  ['no key store', safeStorage(false)],
] as const) {
  test(`${what} protects nothing: memory only, and neither seals nor opens`, async () => {
    const box = safeStorageBox(storage, 'linux');
    expect((await box.protection()).kind).toBe('memory');
    await expect(box.seal('secret')).rejects.toThrow();
    await expect(box.open(Buffer.from('x'))).rejects.toThrow();
  });
}

test('what is sealed opens again, and the wish to encrypt anew is passed on', async () => {
  const box = safeStorageBox(safeStorage(true), 'darwin');
  expect(await box.open(await box.seal('secret'))).toEqual({ plainText: 'secret', reseal: true });
});
