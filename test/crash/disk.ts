import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { type AccountSecrets, type Secrets, secrets } from '../../src/main/vault/secrets.ts';
import { trace } from '../../src/shared/domain/trace.ts';
import { VAULT_KEY } from './core-on-folder.ts';

/** The vault's files at one moment, byte by byte. */
export type VaultImage = ReadonlyMap<string, string>;

/** Takes the vault's files as they are now, in one go: nothing else runs meanwhile in this process. */
export function captureVault(folder: string): VaultImage {
  const vault = join(folder, 'vault');
  const names = readdirSync(vault).filter((name) => name.endsWith('.json'));
  const image = new Map<string, string>();
  for (const name of names) {
    try {
      image.set(name.slice(0, -'.json'.length), readFileSync(join(vault, name), 'utf8'));
    } catch (error) {
      // Deleted by the other process since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return image;
}

/** Opens images of the vault; what was opened once is not opened again. */
export class VaultReader {
  readonly #box = environmentKeyBox(VAULT_KEY);
  readonly #opened = new Map<string, Secrets>();

  /**
   * What rests in the vault, by identifier.
   * @throws when a file is not what the vault writes
   */
  async open(image: VaultImage): Promise<ReadonlyMap<string, Secrets>> {
    const opened = new Map<string, Secrets>();
    for (const [id, text] of image) opened.set(id, await this.#open(id, text));
    return opened;
  }

  async #open(id: string, text: string): Promise<Secrets> {
    const known = this.#opened.get(text);
    if (known) return known;
    try {
      const { ciphertext } = JSON.parse(text) as { ciphertext: string };
      const { plainText } = await this.#box.open(Buffer.from(ciphertext, 'base64'));
      const value = secrets.parse(JSON.parse(plainText));
      this.#opened.set(text, value);
      return value;
    } catch (cause) {
      throw new Error(`vault/${id}.json can't be opened, ${text.length} characters`, { cause });
    }
  }
}

/** The tokens of accounts among what rests in the vault. */
export function accountsIn(opened: ReadonlyMap<string, Secrets>): Map<string, AccountSecrets> {
  return new Map(
    [...opened].flatMap(([id, value]) => (value.kind === 'account' ? [[id, value] as const] : [])),
  );
}

const storedTrace = z.object({ version: z.literal(1), content: trace });

/** What is wrong with the files of a folder: documents nobody can read, and what was set aside. */
export async function damageIn(folder: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const path of await filesIn(folder)) {
    const name = relative(folder, path);
    if (name.includes('.unreadable-')) wrong.push(`${name} was set aside`);
    if (!name.endsWith('.json')) continue;
    try {
      const document: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (name.startsWith('traces')) storedTrace.parse(document);
    } catch (error) {
      // Old traces are deleted behind everything else.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      wrong.push(`${name} can't be read: ${(error as Error).message}`);
    }
  }
  return wrong;
}

/** How many temporary files lie about. */
export async function leftoversIn(folder: string): Promise<number> {
  return (await filesIn(folder)).filter((path) => path.includes('.tmp-')).length;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
