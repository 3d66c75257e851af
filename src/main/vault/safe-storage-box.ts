import type { SafeStorage } from 'electron';
import type { StorageProtection } from '../../shared/domain/account.ts';
import { KeyUnavailable, type SecretBox } from './secret-box.ts';

/** The part of Electron's safeStorage this app uses: the asynchronous one. */
export type AsyncSafeStorage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

const LOCKED = 'The system’s key store is not available or is locked.';
const NO_KEY_STORE = 'This desktop has no key store, so nothing could be encrypted.';

/** Chromium's mark on what it sealed under a fixed password of its own, which protects nothing. Linux only. */
const FIXED_PASSWORD = 'v10';
/** What Chromium writes before the ciphertext to name the key: on Linux another one for each kind of key store. */
const MARK = /^v\d\d$/;
const MARK_BYTES = 3;

/** The mark of the key there is, or why there is none. */
type Proof = { readonly mark: string } | { readonly missing: string };

/**
 * Seals with Electron's safeStorage: Keychain on macOS, DPAPI on Windows, Secret Service, KWallet or the
 * desktop portal on Linux.
 *
 * Electron calls encryption available once it has asked for a key, whether it got one or not, and on Linux puts
 * a fixed password in the place of a key store it could not open. So the box asks for a proof instead: only a
 * key that seals and opens something, and is not that password, is there.
 */
export function safeStorageBox(safeStorage: AsyncSafeStorage, platform: NodeJS.Platform): SecretBox {
  const prove = async (): Promise<Proof> => {
    const none = platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
    const missing = none ? NO_KEY_STORE : LOCKED;
    try {
      if (!(await safeStorage.isAsyncEncryptionAvailable())) return { missing };
      const sealed = await safeStorage.encryptStringAsync('proof');
      const mark = markOf(sealed);
      if (platform === 'linux' && (mark === FIXED_PASSWORD || !MARK.test(mark))) return { missing };
      const { result } = await safeStorage.decryptStringAsync(sealed);
      return result === 'proof' ? { mark } : { missing };
    } catch {
      return { missing };
    }
  };
  const protection = async (): Promise<StorageProtection> => {
    const proof = await prove();
    if ('missing' in proof) return { kind: 'memory', reason: proof.missing };
    if (platform !== 'linux') return { kind: 'key-store', backend: backendNames[platform] ?? platform };
    const backend = safeStorage.getSelectedStorageBackend();
    // Electron goes by the name of the desktop, and does not know them all.
    const unnamed = backend === 'basic_text' || backend === 'unknown';
    return { kind: 'key-store', backend: unnamed ? 'secret-service' : backend };
  };
  const requireKey = async () => {
    const proof = await prove();
    if ('missing' in proof) throw new KeyUnavailable(proof.missing);
    return proof.mark;
  };
  return {
    protection,
    seal: async (plainText) => {
      await requireKey();
      return safeStorage.encryptStringAsync(plainText);
    },
    open: async (sealed) => {
      const today = await requireKey();
      try {
        const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed);
        return { plainText: result, reseal: shouldReEncrypt };
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        // Sealed by another key store than today's: that one may only not be running.
        const elsewhere = platform === 'linux' && MARK.test(markOf(sealed)) && markOf(sealed) !== today;
        if (elsewhere || /temporarily unavailable/i.test(message)) throw new KeyUnavailable(LOCKED);
        throw error;
      }
    },
  };
}

function markOf(sealed: Buffer): string {
  return sealed.subarray(0, MARK_BYTES).toString('latin1');
}

const backendNames: Partial<Record<NodeJS.Platform, string>> = { darwin: 'keychain', win32: 'dpapi' };
