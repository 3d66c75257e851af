import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { StorageProtection } from '../../shared/domain/account.ts';
import { failure, makeProblem, type Problem } from '../../shared/problems.ts';
import { flushFolder, setAside, writeDurably } from '../store/json-file.ts';
import { Turns } from '../turns.ts';
import type { SecretBox } from './secret-box.ts';
import { type Secrets, type SecretsOf, secrets } from './secrets.ts';

const sealedFile = z.object({ version: z.literal(1), ciphertext: z.base64() });

export type VaultReading<Kind extends Secrets['kind']> =
  | { kind: 'found'; secrets: SecretsOf<Kind> }
  | { kind: 'absent' }
  /** The key store is locked or away just now; the file is untouched. */
  | { kind: 'unavailable'; reason: string }
  /** The file can't be decrypted or parsed; it was set aside. */
  | { kind: 'unreadable'; problem: Problem };

/**
 * Where secrets rest: one file of ciphertext per account, registration or server. The only code that
 * sees secrets at rest. Without a usable key, secrets stay in memory and end with the process.
 */
export class Vault {
  readonly #folder: string;
  readonly #box: SecretBox;
  readonly #memory = new Map<string, Secrets>();
  readonly #turns = new Turns();

  /** @param folder absolute path of the vault folder; made when first written to */
  constructor(folder: string, box: SecretBox) {
    this.#folder = folder;
    this.#box = box;
  }

  /** What would protect a secret written now. */
  protection(): Promise<StorageProtection> {
    return this.#box.protection();
  }

  /** Where the secrets of `id` rest at this moment. */
  async protectionOf(id: string): Promise<StorageProtection> {
    const current = await this.#box.protection();
    if (this.#memory.has(id) && current.kind !== 'memory') {
      return { kind: 'memory', reason: 'Waiting to be moved into the key store.' };
    }
    return current;
  }

  /** Reads one set of secrets. Never throws: each outcome is a value. */
  read<Kind extends Secrets['kind']>(id: string, kind: Kind): Promise<VaultReading<Kind>> {
    return this.#turns.take(id, () => this.#read(id, kind));
  }

  /**
   * Stores one set of secrets. When it resolves, they are on disk, flushed, or in memory where no key exists.
   * @throws ProblemError `secrets-not-stored`; what was stored before is still there
   */
  write(id: string, value: Secrets): Promise<void> {
    return this.#turns.take(id, () => this.#write(id, value));
  }

  /**
   * Deletes one set of secrets, from disk and memory. Absent is fine.
   * @throws ProblemError `secrets-not-deleted`
   */
  delete(id: string): Promise<void> {
    return this.#turns.take(id, async () => {
      this.#memory.delete(id);
      await rm(this.#path(id), { force: true }).catch((error: NodeJS.ErrnoException) => {
        throw failure('secrets-not-deleted', { reason: error.code ?? 'unknown' }, null, error);
      });
      await flushFolder(this.#folder).catch(() => undefined);
    });
  }

  /** Identifiers on disk that start with `prefix`. */
  async ids(prefix: string): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
      .map((name) => name.slice(0, -5));
  }

  /** Moves what had to stay in memory onto disk, once a key store is there. Returns how many were moved. */
  async moveFromMemory(): Promise<number> {
    if ((await this.#box.protection()).kind === 'memory') return 0;
    let moved = 0;
    for (const id of [...this.#memory.keys()]) {
      await this.#turns.take(id, async () => {
        // Asked in its turn: it may have been written anew or deleted in the meantime.
        const value = this.#memory.get(id);
        if (!value) return;
        await this.#write(id, value);
        moved += 1;
      });
    }
    return moved;
  }

  async #write(id: string, value: Secrets): Promise<void> {
    if ((await this.#box.protection()).kind === 'memory') {
      this.#memory.set(id, value);
      // What rests on disk is now outdated: a rotated refresh token sent after a restart would end the grant.
      await rm(this.#path(id), { force: true });
      return;
    }
    try {
      await this.#seal(id, value);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'encryption failed';
      throw failure('secrets-not-stored', { reason }, null, error);
    }
    this.#memory.delete(id);
  }

  async #read<Kind extends Secrets['kind']>(id: string, kind: Kind): Promise<VaultReading<Kind>> {
    const held = this.#memory.get(id);
    if (held)
      return held.kind === kind ? { kind: 'found', secrets: held as SecretsOf<Kind> } : { kind: 'absent' };
    let file: string;
    try {
      file = await readFile(this.#path(id), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
      return this.#unreadable(id);
    }
    const protection = await this.#box.protection();
    if (protection.kind === 'memory') return { kind: 'unavailable', reason: protection.reason };
    try {
      const { ciphertext } = sealedFile.parse(JSON.parse(file));
      const { plainText, reseal } = await this.#box.open(Buffer.from(ciphertext, 'base64'));
      const value = secrets.parse(JSON.parse(plainText));
      if (value.kind !== kind) return await this.#unreadable(id);
      // A failed re-encryption loses nothing: the old ciphertext still opens.
      if (reseal) await this.#seal(id, value).catch(() => undefined);
      return { kind: 'found', secrets: value as SecretsOf<Kind> };
    } catch {
      // The key store may have been locked between the two questions; only a present key condemns a file.
      const now = await this.#box.protection();
      if (now.kind === 'memory') return { kind: 'unavailable', reason: now.reason };
      return this.#unreadable(id);
    }
  }

  async #seal(id: string, value: Secrets): Promise<void> {
    const ciphertext = await this.#box.seal(JSON.stringify(value));
    await mkdir(dirname(this.#path(id)), { recursive: true, mode: 0o700 });
    await writeDurably(
      this.#path(id),
      JSON.stringify({ version: 1, ciphertext: ciphertext.toString('base64') }),
    );
  }

  async #unreadable(id: string): Promise<{ kind: 'unreadable'; problem: Problem }> {
    await setAside(this.#path(id));
    return { kind: 'unreadable', problem: makeProblem('secrets-unreadable', { label: id }) };
  }

  #path(id: string): string {
    if (!/^[a-z0-9-]{1,64}$/.test(id)) throw new Error('not a vault identifier');
    return join(this.#folder, `${id}.json`);
  }
}
