import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFile } from 'atomically';
import type * as z from 'zod';
import { makeProblem, type Problem } from '../../shared/problems.ts';

/** Raises a file's content from `version` to the next. Index 0 migrates version 1 to 2. */
export type Migration = (content: unknown) => unknown;

export interface JsonFileOptions<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Content when there is no file yet, or when the file had to be set aside. */
  readonly empty: () => T;
  /** One entry per past version; the current version is `migrations.length + 1`. */
  readonly migrations?: readonly Migration[];
}

/**
 * A JSON document on disk: versioned, checked against its schema, written atomically and flushed.
 * What can't be read is set aside under another name and reported, never overwritten.
 */
export class JsonFile<T> {
  readonly #options: JsonFileOptions<T>;
  readonly #version: number;
  #writing: Promise<void> = Promise.resolve();
  #queued: { value: T; done: Promise<void> } | null = null;
  /** Set when an unreadable file could not be moved away: saving would destroy it. */
  #blockedBy: string | null = null;

  constructor(options: JsonFileOptions<T>) {
    this.#options = options;
    this.#version = (options.migrations?.length ?? 0) + 1;
  }

  /**
   * Reads the document. A missing file is empty; an unreadable one is set aside and named in `notice`.
   * Never throws.
   */
  async load(): Promise<{ value: T; notice: Problem | null }> {
    const { path, empty } = this.#options;
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return { value: empty(), notice: null };
      return { value: empty(), notice: await this.#setAside(error) };
    }
    try {
      return { value: this.#parse(text), notice: null };
    } catch (error) {
      return { value: empty(), notice: await this.#setAside(error) };
    }
  }

  /**
   * Writes the document: to a temporary file, flushed, renamed into place, the folder flushed.
   * Saves that arrive while one is under way are written as one, the newest content.
   * @throws the file system's error; the previous content is then still in place
   */
  save(value: T): Promise<void> {
    if (this.#queued) {
      this.#queued.value = value;
      return this.#queued.done;
    }
    const queued = { value, done: Promise.resolve() };
    queued.done = this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.#write(queued.value);
      });
    this.#queued = queued;
    this.#writing = queued.done;
    return queued.done;
  }

  /** Resolves when everything saved so far is on disk or has failed. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  #parse(text: string): T {
    const document = JSON.parse(text) as { version?: unknown; content?: unknown } | null;
    const version = document?.version;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > this.#version) {
      throw new Error(`unknown version ${String(version)}`);
    }
    const pending = (this.#options.migrations ?? []).slice(version - 1);
    return this.#options.schema.parse(
      pending.reduce((content, migrate) => migrate(content), document?.content),
    );
  }

  async #write(value: T): Promise<void> {
    if (this.#blockedBy !== null)
      throw new Error(`will not overwrite what could not be read: ${this.#blockedBy}`);
    await writeDurably(this.#options.path, JSON.stringify({ version: this.#version, content: value }));
  }

  async #setAside(reason: unknown): Promise<Problem> {
    const { path } = this.#options;
    const detail = reason instanceof Error ? reason.message : String(reason);
    const copy = await setAside(path);
    if (copy === null) this.#blockedBy = detail;
    return makeProblem('file-set-aside', { file: basename(path), copy: copy ?? basename(path) }, detail);
  }
}

/**
 * Writes a file so that after a crash it holds either the old or the new content, whole.
 * @throws the file system's error
 */
export async function writeDurably(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { mode: 0o600, fsync: true, fsyncWait: true });
  await flushFolder(dirname(path));
}

/** Flushes a folder's entries, so that a rename or removal in it survives a power cut. */
export async function flushFolder(path: string): Promise<void> {
  // Windows can't open a folder for flushing; its rename is journaled.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Renames a file that can't be read to a free name beside it; returns that name, or null when even that failed. */
export async function setAside(path: string): Promise<string | null> {
  for (let attempt = 1; attempt <= 1000; attempt += 1) {
    const copy = join(dirname(path), `${basename(path)}.unreadable-${attempt}`);
    try {
      await stat(copy);
    } catch {
      try {
        await rename(path, copy);
        return basename(copy);
      } catch {
        return null;
      }
    }
  }
  return null;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
