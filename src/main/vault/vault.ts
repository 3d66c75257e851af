import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { StorageProtection } from '../../shared/domain/account.ts';
import { failure, makeProblem, type Problem, ProblemError } from '../../shared/problems.ts';
import type { Cancel, Scheduler } from '../ports.ts';
import { flushFolder, setAside, writeDurably } from '../store/json-file.ts';
import { Turns } from '../turns.ts';
import { KeyUnavailable, type SecretBox } from './secret-box.ts';
import { type Secrets, type SecretsOf, secrets } from './secrets.ts';

const sealedFile = z.object({ version: z.literal(1), ciphertext: z.base64() });

export type VaultReading<Kind extends Secrets['kind']> =
  | { kind: 'found'; secrets: SecretsOf<Kind> }
  | { kind: 'absent' }
  /** The key store is locked or away, or the disk gives no answer, just now; the file is untouched. */
  | { kind: 'unavailable'; reason: string }
  /** The file can't be decrypted or parsed; it was set aside. */
  | { kind: 'unreadable'; problem: Problem };

/** How often the key store is asked again while it is away or secrets wait in memory, in milliseconds. */
const ASK_AGAIN_MS = 60_000;

export interface VaultOptions {
  /** Asks the key store again by itself; absent: only on occasion. */
  readonly scheduler?: Scheduler;
  /** Told when the key store went or came back, and when something was moved into it from memory. */
  readonly protectionChanged?: (protection: StorageProtection) => void;
}

/**
 * Where secrets rest: one file of ciphertext per account, registration or server. The only code that
 * sees secrets at rest. Without a usable key, secrets stay in memory, and end with the process unless the key
 * comes back first: then they move to disk by themselves.
 */
export class Vault {
  readonly #folder: string;
  readonly #box: SecretBox;
  readonly #memory = new Map<string, Secrets>();
  readonly #turns = new Turns();
  readonly #options: VaultOptions;
  /** What could be neither read nor moved away: writing would destroy it. */
  readonly #blocked = new Set<string>();
  #asked: StorageProtection['kind'] | null = null;
  #moving: Promise<number> | null = null;
  #timer: Cancel | null = null;
  #stopped = false;

  /** @param folder absolute path of the vault folder; made when first written to */
  constructor(folder: string, box: SecretBox, options: VaultOptions = {}) {
    this.#folder = folder;
    this.#box = box;
    this.#options = options;
  }

  /** What would protect a secret written now. Asking it is an occasion to move what waits in memory. */
  async protection(): Promise<StorageProtection> {
    const current = await this.#box.protection();
    const changed = this.#asked !== null && this.#asked !== current.kind;
    this.#asked = current.kind;
    if (current.kind !== 'memory' && this.#memory.size > 0) {
      void this.#moveNow(changed);
    } else {
      if (changed) this.#options.protectionChanged?.(current);
      this.#askAgainLater();
    }
    return current;
  }

  /** Asks the key store by itself no more. Resolves when what is being moved has been. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.();
    await this.#moving?.catch(() => undefined);
  }

  /** Where the secrets of `id` rest at this moment. */
  async protectionOf(id: string): Promise<StorageProtection> {
    const current = await this.protection();
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

  /** What rests on disk under an identifier, whatever its kind. Null when it can't be read now; nothing is moved. */
  async peek(id: string): Promise<Secrets | null> {
    try {
      if ((await this.protection()).kind === 'memory') return null;
      return (await this.#unseal(await readFile(this.#path(id), 'utf8'))).value;
    } catch {
      return null;
    }
  }

  /** Identifiers on disk that start with `prefix`. */
  async ids(prefix: string): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
      .map((name) => name.slice(0, -5));
  }

  /**
   * Moves what had to stay in memory onto disk, if a key store is there. Returns how many were moved.
   * @throws ProblemError `secrets-not-stored`; what was not moved is still in memory
   */
  moveFromMemory(): Promise<number> {
    this.#moving ??= this.#moveAll().finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  /** What can't be moved now is tried again at the next occasion. */
  async #moveNow(changed: boolean): Promise<void> {
    const moved = await this.moveFromMemory().catch(() => 0);
    // One word for both: who hears that the key store is back finds in it what was waiting.
    if (changed && moved === 0) this.#options.protectionChanged?.(await this.#box.protection());
    this.#askAgainLater();
  }

  async #moveAll(): Promise<number> {
    let moved = 0;
    try {
      for (const id of [...this.#memory.keys()]) {
        await this.#turns.take(id, async () => {
          // Asked in its turn: it may have been written anew or deleted in the meantime.
          const value = this.#memory.get(id);
          if (!value) return;
          await this.#write(id, value);
          if (!this.#memory.has(id)) moved += 1;
        });
      }
      return moved;
    } finally {
      if (moved > 0) this.#options.protectionChanged?.(await this.#box.protection());
    }
  }

  /** While there is something to wait for, with one timer. */
  #askAgainLater(): void {
    const { scheduler } = this.#options;
    const waiting = this.#asked === 'memory' || this.#memory.size > 0;
    if (!scheduler || !waiting || this.#timer || this.#stopped) return;
    this.#timer = scheduler.after(ASK_AGAIN_MS, () => {
      this.#timer = null;
      this.protection().catch(() => undefined);
    });
  }

  async #write(id: string, value: Secrets): Promise<void> {
    try {
      if ((await this.protection()).kind === 'memory') await this.#holdInMemory(id, value);
      else await this.#seal(id, value);
    } catch (error) {
      // Locked between the two questions.
      if (error instanceof KeyUnavailable) return this.#holdInMemory(id, value);
      if (error instanceof ProblemError) throw error;
      const reason = (error as NodeJS.ErrnoException).code ?? 'encryption failed';
      throw failure('secrets-not-stored', { reason }, null, error);
    }
  }

  async #holdInMemory(id: string, value: Secrets): Promise<void> {
    this.#memory.set(id, value);
    this.#askAgainLater();
    if (this.#blocked.has(id)) return;
    // What rests on disk is now outdated: a rotated refresh token sent after a restart would end the grant.
    await rm(this.#path(id), { force: true }).catch((error: NodeJS.ErrnoException) => {
      throw failure('secrets-not-stored', { reason: error.code ?? 'unknown' }, null, error);
    });
    await flushFolder(this.#folder).catch(() => undefined);
  }

  async #read<Kind extends Secrets['kind']>(id: string, kind: Kind): Promise<VaultReading<Kind>> {
    const held = this.#memory.get(id);
    if (held)
      return held.kind === kind ? { kind: 'found', secrets: held as SecretsOf<Kind> } : { kind: 'absent' };
    let file: string;
    try {
      file = await readFile(this.#path(id), 'utf8');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return { kind: 'absent' };
      // Only what was read can be judged: behind a refusal there may be a good file. A folder is none.
      if (code === 'EISDIR') return this.#unreadable(id);
      return { kind: 'unavailable', reason: `The file could not be read (${code}).` };
    }
    const protection = await this.protection();
    if (protection.kind === 'memory') return { kind: 'unavailable', reason: protection.reason };
    try {
      const { value, reseal } = await this.#unseal(file);
      if (value.kind !== kind) return await this.#unreadable(id);
      // A failed re-encryption loses nothing: the old ciphertext still opens.
      if (reseal) await this.#seal(id, value).catch(() => undefined);
      return { kind: 'found', secrets: value as SecretsOf<Kind> };
    } catch (error) {
      if (error instanceof KeyUnavailable) return { kind: 'unavailable', reason: error.message };
      // The key store may have been locked between the two questions; only a present key condemns a file.
      const now = await this.protection();
      if (now.kind === 'memory') return { kind: 'unavailable', reason: now.reason };
      return this.#unreadable(id);
    }
  }

  async #unseal(file: string): Promise<{ value: Secrets; reseal: boolean }> {
    const { ciphertext } = sealedFile.parse(JSON.parse(file));
    const { plainText, reseal } = await this.#box.open(Buffer.from(ciphertext, 'base64'));
    return { value: secrets.parse(JSON.parse(plainText)), reseal };
  }

  async #seal(id: string, value: Secrets): Promise<void> {
    if (this.#blocked.has(id)) {
      throw failure('secrets-not-stored', { reason: 'an unreadable file is in its place' });
    }
    const ciphertext = await this.#box.seal(JSON.stringify(value));
    await mkdir(dirname(this.#path(id)), { recursive: true, mode: 0o700 });
    await writeDurably(
      this.#path(id),
      JSON.stringify({ version: 1, ciphertext: ciphertext.toString('base64') }),
    );
    this.#memory.delete(id);
  }

  async #unreadable(id: string): Promise<{ kind: 'unreadable'; problem: Problem }> {
    if ((await setAside(this.#path(id))) === null) this.#blocked.add(id);
    return { kind: 'unreadable', problem: makeProblem('secrets-unreadable', { label: id }) };
  }

  #path(id: string): string {
    if (!/^[a-z0-9-]{1,64}$/.test(id)) throw new Error('not a vault identifier');
    return join(this.#folder, `${id}.json`);
  }
}
