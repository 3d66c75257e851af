import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { writeFile } from 'atomically';
import type * as z from 'zod';
import { makeProblem, type Problem } from '../../shared/problems.ts';

/** Raises a file's content from `version` to the next. Index 0 migrates version 1 to 2. */
export type Migration = (content: unknown) => unknown;

export interface JsonFileOptions<T> {
  readonly path: string;
  readonly schema: Pick<z.ZodType<T>, 'parse'>;
  /** Content when there is no file yet, or when the file had to be set aside. */
  readonly empty: () => T;
  /** One entry per past version; the current version is `migrations.length + 1`. */
  readonly migrations?: readonly Migration[];
  /** False: whoever owns the file flushes its folder, once for many files. Default true. */
  readonly flushesFolder?: boolean;
}

/**
 * How long a write is tried again while the system refuses it, in milliseconds. On Windows whoever looks at a
 * file, a virus scanner mostly, keeps it from being replaced; elsewhere a refusal stays one.
 */
const PATIENCE_MS = process.platform === 'win32' ? 7_500 : 500;

/**
 * A JSON document on disk: versioned, checked against its schema, written atomically and flushed.
 * What is no such document is set aside under another name and reported; what can't be read just now is left
 * where it is and reported. Neither is ever overwritten.
 */
export class JsonFile<T> {
  readonly #options: JsonFileOptions<T>;
  readonly #version: number;
  #writing: Promise<void> = Promise.resolve();
  #queued: { value: T; done: Promise<void> } | null = null;
  /** Set when a file could be neither read nor moved away: saving would destroy it. */
  #blockedBy: string | null = null;

  constructor(options: JsonFileOptions<T>) {
    this.#options = options;
    this.#version = (options.migrations?.length ?? 0) + 1;
  }

  /**
   * Reads the document. A missing file is empty; one that is no such document is set aside, one that can't be
   * read is left alone, and `notice` names either. Never throws.
   */
  async load(): Promise<{ value: T; notice: Problem | null }> {
    const { path, empty } = this.#options;
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return { value: empty(), notice: null };
      // Only what was read can be judged: behind a refusal there may be a good document. A folder is none.
      const notice = codeOf(error) === 'EISDIR' ? await this.#setAside(error) : this.#leaveAlone(error);
      return { value: empty(), notice };
    }
    try {
      return { value: this.#parse(text), notice: null };
    } catch (error) {
      return { value: empty(), notice: await this.#setAside(error) };
    }
  }

  /**
   * Writes the document: to a temporary file, flushed, renamed into place, the folder flushed (unless its owner does).
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
    const { path, flushesFolder = true } = this.#options;
    await writeWhole(path, JSON.stringify({ version: this.#version, content: value }));
    if (flushesFolder) await flushFolder(dirname(path));
  }

  async #setAside(reason: unknown): Promise<Problem> {
    const file = basename(this.#options.path);
    const copy = await setAside(this.#options.path);
    return copy === null
      ? this.#leaveAlone(reason)
      : makeProblem('file-set-aside', { file, copy }, messageOf(reason));
  }

  #leaveAlone(error: unknown): Problem {
    const file = basename(this.#options.path);
    this.#blockedBy = messageOf(error);
    return makeProblem('file-not-read', { file, reason: codeOf(error) ?? 'damaged' }, messageOf(error));
  }
}

/**
 * Writes a file so that after a crash or on a full disk it holds either the old or the new content, whole.
 * @throws the file system's error
 */
export async function writeDurably(path: string, content: string): Promise<void> {
  await writeWhole(path, content);
  await flushFolder(dirname(path));
}

/** As {@link writeDurably}, but a power cut may still bring the old content back until the folder is flushed. */
async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Of a string the library takes what one write took for the whole, which on a full disk it is not: half a
  // document would take the place of a good one. A stream is written to its end.
  const whole = Readable.from([content]);
  await writeFile(path, whole, { mode: 0o600, fsync: true, fsyncWait: true, timeout: PATIENCE_MS });
}

/**
 * Removes what writes cut off by a crash left in a folder. Only for the start, when nobody writes there yet.
 * Never throws: what stays harms nobody.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const leftovers = names.filter((name) => LEFTOVER.test(name));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)));
}

/** The names `atomically` gives to temporary files. */
const LEFTOVER = /\.json\.tmp-\d{10}[\da-f]{6}$/;

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
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
