import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { KeyUnavailable, type SecretBox } from '../../src/main/vault/secret-box.ts';
import { TEST_KEY } from './core.ts';

/** A key store the test locks and unlocks. */
export function lockableBox(): SecretBox & { locked: boolean } {
  const inner = environmentKeyBox(TEST_KEY);
  const orLocked = async <T>(work: () => Promise<T>): Promise<T> => {
    if (box.locked) throw new KeyUnavailable('locked');
    return work();
  };
  const box: SecretBox & { locked: boolean } = {
    locked: false,
    protection: async () =>
      box.locked ? { kind: 'memory', reason: 'locked' } : { kind: 'key-store', backend: 'test' },
    seal: (plainText) => orLocked(() => inner.seal(plainText)),
    open: (sealed) => orLocked(() => inner.open(sealed)),
  };
  return box;
}
