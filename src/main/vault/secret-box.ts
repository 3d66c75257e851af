import type { StorageProtection } from '../../shared/domain/account.ts';

/** Why a box neither seals nor opens: the key is not there just now. It says nothing about what is sealed. */
export class KeyUnavailable extends Error {}

/** Encrypts and decrypts with a key this process never writes anywhere. */
export interface SecretBox {
  /** What protects a secret sealed now. Asked again whenever it matters: a key store can be locked or come back. */
  protection(): Promise<StorageProtection>;
  /**
   * Encrypts.
   * @throws KeyUnavailable
   */
  seal(plainText: string): Promise<Buffer>;
  /**
   * Decrypts.
   * @returns the text, and whether it should be sealed again because the key changed
   * @throws KeyUnavailable when the key is not there just now; anything else when this was sealed with another
   * key or is damaged
   */
  open(sealed: Buffer): Promise<{ plainText: string; reseal: boolean }>;
}

/** A place without any key: nothing is sealed, the vault keeps secrets in memory. */
export function memoryOnlyBox(reason: string): SecretBox {
  return {
    protection: async () => ({ kind: 'memory', reason }),
    seal: async () => {
      throw new KeyUnavailable(reason);
    },
    open: async () => {
      throw new KeyUnavailable(reason);
    },
  };
}
