import { expect, test } from 'vitest';
import { type AsyncSafeStorage, safeStorageBox } from '../../../src/main/vault/safe-storage-box.ts';
import { KeyUnavailable } from '../../../src/main/vault/secret-box.ts';

type Backend = ReturnType<AsyncSafeStorage['getSelectedStorageBackend']>;

const FAILED = 'Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.';
const NOT_NOW = 'safeStorage.decryptStringAsync is temporarily unavailable. Please try again.';

/**
 * Electron's asynchronous key store as its source has it: it calls itself available once it has asked for a
 * key, seals with the fixed password when there is none, and opens what its present keys have sealed.
 */
class ElectronKeyStore implements AsyncSafeStorage {
  available = true;
  /** The keys there are, by the mark they leave; the first seals. */
  keys: [mark: string, ...more: string[]] = ['v11'];
  /** Keys the key store did not hand out this time. */
  withheld = new Set<string>();
  backend: Backend = 'gnome_libsecret';

  isAsyncEncryptionAvailable = async () => this.available;
  getSelectedStorageBackend = () => this.backend;
  encryptStringAsync = async (text: string) => Buffer.from(this.keys[0] + [...text].reverse().join(''));
  decryptStringAsync = async (sealed: Buffer) => {
    const mark = sealed.subarray(0, 3).toString();
    if (this.withheld.has(mark)) throw new Error(NOT_NOW);
    if (!this.keys.includes(mark)) throw new Error(FAILED);
    const result = [...sealed.subarray(3).toString()].reverse().join('');
    return { result, shouldReEncrypt: mark !== this.keys[0] };
  };
}

function boxOn(platform: NodeJS.Platform, backend: Backend = 'gnome_libsecret') {
  const store = new ElectronKeyStore();
  store.backend = backend;
  if (platform !== 'linux') store.keys = ['v10'];
  return { store, box: safeStorageBox(store, platform) };
}

test('a key store of the system protects, by the name Electron gives it', async () => {
  const of = (platform: NodeJS.Platform, backend?: Backend) => boxOn(platform, backend).box.protection();
  expect(await of('linux')).toEqual({ kind: 'key-store', backend: 'gnome_libsecret' });
  expect(await of('linux', 'kwallet6')).toEqual({ kind: 'key-store', backend: 'kwallet6' });
  expect(await of('darwin')).toEqual({ kind: 'key-store', backend: 'keychain' });
  expect(await of('win32')).toEqual({ kind: 'key-store', backend: 'dpapi' });
});

const without: readonly (readonly [string, (store: ElectronKeyStore) => void, RegExp])[] = [
  [
    'a fixed password',
    (store) => {
      store.backend = 'basic_text';
      store.keys = ['v10'];
    },
    /no key store/,
  ],
  // GNOME with a keyring nobody unlocked: Electron still names the keyring and still encrypts.
  [
    'a key store that could not be opened',
    (store) => {
      store.keys = ['v10'];
    },
    /locked/,
  ],
  [
    'no key store',
    (store) => {
      store.available = false;
    },
    /locked/,
  ],
  [
    'a key store that seals and does not open',
    (store) => {
      store.withheld.add('v11');
    },
    /locked/,
  ],
];

for (const [what, happens, reason] of without) {
  test(`${what} protects nothing: memory only, and neither seals nor opens`, async () => {
    const { store, box } = boxOn('linux');
    const sealed = await box.seal('secret');
    happens(store);
    expect(await box.protection()).toEqual({ kind: 'memory', reason: expect.stringMatching(reason) });
    await expect(box.seal('secret')).rejects.toThrow(KeyUnavailable);
    await expect(box.open(sealed)).rejects.toThrow(KeyUnavailable);
  });
}

test('a real key counts, whatever Electron takes the desktop for', async () => {
  for (const backend of ['basic_text', 'unknown'] as const) {
    expect(await boxOn('linux', backend).box.protection()).toEqual({
      kind: 'key-store',
      backend: 'secret-service',
    });
  }
});

test('what is sealed opens again, and the wish to encrypt anew is passed on', async () => {
  const { store, box } = boxOn('linux');
  const sealed = await box.seal('secret');
  expect(await box.open(sealed)).toEqual({ plainText: 'secret', reseal: false });
  store.keys = ['v12', 'v11'];
  expect(await box.open(sealed)).toEqual({ plainText: 'secret', reseal: true });
});

test('a key that is withheld for the moment says nothing about what it sealed', async () => {
  const { store, box } = boxOn('linux');
  const sealed = await box.seal('secret');
  store.keys = ['v12', 'v11'];
  store.withheld.add('v11');
  expect((await box.protection()).kind).toBe('key-store');
  await expect(box.open(sealed)).rejects.toThrow(KeyUnavailable);
});

test('the key of another key store may only not be running', async () => {
  const { store, box } = boxOn('linux');
  const sealed = await box.seal('secret');
  store.keys = ['v12'];
  await expect(box.open(sealed)).rejects.toThrow(KeyUnavailable);
});

test('what the present key can not open is condemned', async () => {
  const { box } = boxOn('linux');
  const damaged = Buffer.from(await box.seal('secret'));
  damaged.write('w11');
  const opening = box.open(damaged);
  await expect(opening).rejects.toThrow(FAILED);
  await expect(opening).rejects.not.toBeInstanceOf(KeyUnavailable);
});
