import type { SafeStorage } from 'electron';
import type { StorageProtection } from '../../shared/domain/account.ts';
import type { SecretBox } from './secret-box.ts';

/** The part of Electron's safeStorage this app uses: the asynchronous one. */
export type AsyncSafeStorage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

/**
 * Seals with Electron's safeStorage: Keychain on macOS, DPAPI on Windows, Secret Service or KWallet on Linux.
 * The `basic_text` backend is a fixed password in the program, no protection, and counts as none.
 */
export function safeStorageBox(safeStorage: AsyncSafeStorage, platform: NodeJS.Platform): SecretBox {
  const protection = async (): Promise<StorageProtection> => {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) {
      return { kind: 'memory', reason: 'The system’s key store is not available or is locked.' };
    }
    const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend() : backendNames[platform];
    if (backend === 'basic_text' || backend === 'unknown') {
      return { kind: 'memory', reason: 'This desktop has no key store, so nothing could be encrypted.' };
    }
    return { kind: 'key-store', backend: backend ?? platform };
  };
  const requireKey = async () => {
    const current = await protection();
    if (current.kind === 'memory') throw new Error(current.reason);
  };
  return {
    protection,
    seal: async (plainText) => {
      await requireKey();
      return safeStorage.encryptStringAsync(plainText);
    },
    open: async (sealed) => {
      await requireKey();
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed);
      return { plainText: result, reseal: shouldReEncrypt };
    },
  };
}

const backendNames: Partial<Record<NodeJS.Platform, string>> = { darwin: 'keychain', win32: 'dpapi' };
