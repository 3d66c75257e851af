import type { StorageProtection } from '../../shared/domain/account.ts';

/** Encrypts and decrypts with a key this process never writes anywhere. */
export interface SecretBox {
  /** What protects a secret sealed now. Asked again whenever it matters: a key store can be locked or come back. */
  protection(): Promise<StorageProtection>;
  /**
   * Encrypts.
   * @throws when the key is not available
   */
  seal(plainText: string): Promise<Buffer>;
  /**
   * Decrypts.
   * @returns the text, and whether it should be sealed again because the key changed
   * @throws when the key is not available or is another one
   */
  open(sealed: Buffer): Promise<{ plainText: string; reseal: boolean }>;
}

/** A place without any key: nothing is sealed, the vault keeps secrets in memory. */
export function memoryOnlyBox(reason: string): SecretBox {
  return {
    protection: async () => ({ kind: 'memory', reason }),
    seal: async () => {
      throw new Error(reason);
    },
    open: async () => {
      throw new Error(reason);
    },
  };
}
