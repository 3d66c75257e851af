import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { app } from './app.ts';
import { type Backend, keyAsync, keySync, plainTextKey, selectBackend } from './key-store.ts';

const nonceBytes = 12;
const tagBytes = 16;

let backend: Backend | undefined;
let key: Buffer | undefined;
let pendingKey: Promise<Buffer | undefined> | undefined;
let usePlainText = false;

function theBackend(): Backend {
  backend ??= selectBackend();
  return backend;
}

function encrypt(plainText: string, prefix: 'v10' | 'v11', withKey: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', withKey, nonce);
  const text = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from(prefix), nonce, text, cipher.getAuthTag()]);
}

function decrypt(encrypted: Buffer, withKey: Buffer | undefined): string {
  if (!Buffer.isBuffer(encrypted))
    throw new Error(
      'Error while decrypting the ciphertext provided to safeStorage.decryptString. Expected a Buffer',
    );
  const prefix = encrypted.subarray(0, 3).toString('latin1');
  const failure = 'Error while decrypting the ciphertext provided to safeStorage.decryptString.';
  if (prefix !== 'v10' && prefix !== 'v11') {
    throw new Error(`${failure} Ciphertext does not appear to be encrypted.`);
  }
  const chosen = prefix === 'v10' ? plainTextKey() : withKey;
  if (!chosen) throw new Error(`${failure} Encryption is not available.`);
  try {
    const nonce = encrypted.subarray(3, 3 + nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', chosen, nonce);
    decipher.setAuthTag(encrypted.subarray(encrypted.length - tagBytes));
    const text = encrypted.subarray(3 + nonceBytes, encrypted.length - tagBytes);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    throw new Error(failure);
  }
}

function syncKey(): Buffer | undefined {
  if (theBackend() === 'gnome_libsecret') key ??= keySync();
  return key;
}

async function asyncKey(): Promise<Buffer | undefined> {
  if (key || theBackend() !== 'gnome_libsecret') return key;
  pendingKey ??= keyAsync();
  key = await pendingKey;
  // A keyring that was locked may be unlocked by the next time.
  pendingKey = undefined;
  return key;
}

function whenReady(method: string): void {
  if (!app.isReady()) throw new Error(`safeStorage.${method} cannot be used before app is ready`);
}

/** `safeStorage` on Linux: AES-256-GCM under a key that the Secret Service keeps. */
export const safeStorage = {
  isEncryptionAvailable(): boolean {
    if (!app.isReady()) return false;
    return theBackend() === 'basic_text' ? usePlainText : syncKey() !== undefined;
  },
  encryptString(plainText: string): Buffer {
    whenReady('encryptString');
    if (!safeStorage.isEncryptionAvailable()) {
      throw new Error(
        'Error while encrypting the text provided to safeStorage.encryptString. Encryption is not available.',
      );
    }
    const own = syncKey();
    return own ? encrypt(plainText, 'v11', own) : encrypt(plainText, 'v10', plainTextKey());
  },
  decryptString(encrypted: Buffer): string {
    whenReady('decryptString');
    if (!safeStorage.isEncryptionAvailable()) {
      throw new Error(
        'Error while decrypting the ciphertext provided to safeStorage.decryptString. Decryption is not available.',
      );
    }
    return decrypt(encrypted, syncKey());
  },
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    if (!app.isReady()) return false;
    return theBackend() === 'basic_text' ? usePlainText : (await asyncKey()) !== undefined;
  },
  async encryptStringAsync(plainText: string): Promise<Buffer> {
    whenReady('encryptStringAsync');
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      throw new Error('safeStorage.encryptStringAsync: encryption is not available');
    }
    const own = await asyncKey();
    return own ? encrypt(plainText, 'v11', own) : encrypt(plainText, 'v10', plainTextKey());
  },
  async decryptStringAsync(encrypted: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    whenReady('decryptStringAsync');
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      throw new Error('safeStorage.decryptStringAsync: decryption is not available');
    }
    const own = await asyncKey();
    const result = decrypt(encrypted, own);
    // Written under the fixed key while a real one is there now.
    const shouldReEncrypt = own !== undefined && encrypted.subarray(0, 3).toString('latin1') === 'v10';
    return { result, shouldReEncrypt };
  },
  getSelectedStorageBackend() {
    return app.isReady() ? theBackend() : ('unknown' as const);
  },
  setUsePlainTextEncryption(usePlainTextEncryption: boolean): void {
    usePlainText = usePlainTextEncryption;
  },
} satisfies Electron.SafeStorage;
