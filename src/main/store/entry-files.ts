import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { makeProblem, type Problem } from '../../shared/problems.ts';
import type { EntryStore } from './entry-store.ts';
import { inParallel } from './in-parallel.ts';
import { flushFolder, JsonFile, removeLeftovers, setAside } from './json-file.ts';

export interface EntryFilesOptions<Entry> {
  /** Absolute path of the folder; made when first written to. */
  readonly folder: string;
  readonly schema: z.ZodType<Entry>;
  /** Absolute path of the file in which all entries were kept together before; absent: there was none. */
  readonly formerList?: string;
}

/** An entry as it is stored, with its place in the book's order. */
interface Placed<Entry> {
  readonly place: number;
  readonly entry: Entry;
}

/** Files read at once, and files written at once: the system's other work has to get through between them. */
const READS_AT_ONCE = 16;
const WRITES_AT_ONCE = 4;

/** How many files a notice names. */
const NAMED = 3;

const FILE_NAME = /^([a-z0-9-]{1,64})\.json$/;

/**
 * One file per entry, so that a save costs the same however many entries there are, and damage to a file costs
 * one entry. Each file is a {@link JsonFile} with its guarantees. Entries saved while others are being written are
 * written together, and the folder is flushed once for all of them.
 */
export class EntryFiles<Entry extends { readonly id: string }> implements EntryStore<Entry> {
  readonly #options: EntryFilesOptions<Entry>;
  readonly #schema: z.ZodType<Placed<Entry>>;
  readonly #files = new Map<string, JsonFile<Placed<Entry> | null>>();
  readonly #places = new Map<string, number>();
  #nextPlace = 0;
  /** What memory has and the disk does not: null, the entry is gone. */
  readonly #unsaved = new Map<string, Entry | null>();
  #writing: Promise<unknown> = Promise.resolve();
  #queued: Promise<ReadonlyMap<string, unknown>> | null = null;
  /** The former list, while not all of it has a file of its own. */
  #formerList: string | null = null;
  /** Set when the folder could not be read: what is in it could be destroyed by a save. */
  #blockedBy: string | null = null;

  constructor(options: EntryFilesOptions<Entry>) {
    this.#options = options;
    this.#schema = z.object({ place: z.number().int().nonnegative(), entry: options.schema });
  }

  async load(): Promise<{ entries: Entry[]; notice: Problem | null }> {
    const { folder } = this.#options;
    await removeLeftovers(folder);
    const notices: Problem[] = [];
    const placed: Placed<Entry>[] = [];
    await inParallel(await this.#ids(notices), READS_AT_ONCE, async (id) => {
      const { value, notice } = await this.#file(id).load();
      if (notice) notices.push(inFolder(basename(folder), notice));
      if (value) placed.push(value);
    });
    await this.#readFormerList(placed, notices);
    placed.sort((a, b) => a.place - b.place);
    for (const { place, entry } of placed) this.#takePlace(entry.id, place);
    // What can't be written now is told with the next save.
    if (this.#formerList !== null) await this.#saveNext();
    return { entries: placed.map(({ entry }) => entry), notice: together(notices) };
  }

  async save(id: string, entry: Entry | null): Promise<void> {
    this.#unsaved.set(id, entry);
    const failures = await this.#saveNext();
    if (failures.has(id)) throw failures.get(id);
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  /** The entries that have a file. */
  async #ids(notices: Problem[]): Promise<string[]> {
    const { folder } = this.#options;
    try {
      const names = await readdir(folder);
      return names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []);
    } catch (error) {
      const { code = 'unknown', message } = error as NodeJS.ErrnoException;
      const file = basename(folder);
      if (code === 'ENOENT') return [];
      const copy = code === 'ENOTDIR' ? await setAside(folder) : null;
      if (copy === null) this.#blockedBy = message;
      notices.push(
        copy === null
          ? makeProblem('file-not-read', { file, reason: code }, message)
          : makeProblem('file-set-aside', { file, copy }, message),
      );
      return [];
    }
  }

  /** Adds what only the former list has. An entry with a file of its own is newer there. */
  async #readFormerList(placed: Placed<Entry>[], notices: Problem[]): Promise<void> {
    const { formerList: path, schema } = this.#options;
    if (path === undefined) return;
    const list = new JsonFile<Entry[] | null>({ path, schema: z.array(schema), empty: () => null });
    const { value, notice } = await list.load();
    if (notice) notices.push(notice);
    if (value === null) return;
    const known = new Set(placed.map(({ entry }) => entry.id));
    for (const [place, entry] of value.entries()) {
      if (known.has(entry.id)) continue;
      placed.push({ place, entry });
      this.#unsaved.set(entry.id, entry);
    }
    this.#formerList = path;
  }

  /** Writes everything unsaved when what is being written is done. @returns what could not be saved, and why */
  #saveNext(): Promise<ReadonlyMap<string, unknown>> {
    this.#queued ??= this.#writing.then(() => {
      this.#queued = null;
      return this.#saveAll();
    });
    this.#writing = this.#queued;
    return this.#queued;
  }

  async #saveAll(): Promise<ReadonlyMap<string, unknown>> {
    const failures = new Map<string, unknown>();
    const unsaved = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      await this.#makeFolder();
      await inParallel(unsaved, WRITES_AT_ONCE, async ([id, entry]) => {
        await this.#write(id, entry).catch((error: unknown) => failures.set(id, error));
      });
      await flushFolder(this.#options.folder);
      if (failures.size === 0) await this.#deleteFormerList();
    } catch (error) {
      for (const [id] of unsaved) failures.set(id, failures.get(id) ?? error);
    }
    const [why] = failures.values();
    for (const [id, entry] of unsaved) {
      // What was removed would be back with the list.
      if (entry === null && this.#formerList !== null) failures.set(id, failures.get(id) ?? why);
    }
    // Tried again with the next save, unless that has something newer.
    for (const [id, entry] of unsaved) {
      if (failures.has(id) && !this.#unsaved.has(id)) this.#unsaved.set(id, entry);
    }
    return failures;
  }

  async #makeFolder(): Promise<void> {
    const { folder } = this.#options;
    if (this.#blockedBy !== null)
      throw new Error(`will not write beside what could not be read: ${this.#blockedBy}`);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await flushFolder(dirname(folder));
  }

  async #write(id: string, entry: Entry | null): Promise<void> {
    if (entry !== null) return this.#file(id).save({ place: this.#takePlace(id), entry });
    await rm(this.#path(id), { force: true });
    this.#files.delete(id);
    this.#places.delete(id);
  }

  /** Once every entry of the former list has a file of its own. */
  async #deleteFormerList(): Promise<void> {
    const path = this.#formerList;
    if (path === null) return;
    await rm(path, { force: true });
    await flushFolder(dirname(path));
    this.#formerList = null;
  }

  /** The entry's place in the order: the one it has, or the next one. */
  #takePlace(id: string, place = this.#places.get(id) ?? this.#nextPlace): number {
    this.#places.set(id, place);
    this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    return place;
  }

  #file(id: string): JsonFile<Placed<Entry> | null> {
    const file =
      this.#files.get(id) ??
      new JsonFile<Placed<Entry> | null>({
        path: this.#path(id),
        schema: { parse: (content) => this.#parse(id, content) },
        empty: () => null,
        flushesFolder: false,
      });
    this.#files.set(id, file);
    return file;
  }

  #parse(id: string, content: unknown): Placed<Entry> {
    const placed = this.#schema.parse(content);
    if (placed.entry.id !== id) throw new Error('a copy of another entry');
    return placed;
  }

  #path(id: string): string {
    if (!FILE_NAME.test(`${id}.json`)) throw new Error('not an identifier');
    return join(this.#options.folder, `${id}.json`);
  }
}

function inFolder(folder: string, notice: Problem): Problem {
  return { ...notice, params: { ...notice.params, file: `${folder}/${notice.params.file}` } };
}

/** One notice for all files: the person can do the same about each. */
function together(notices: readonly Problem[]): Problem | null {
  // What was set aside is only to be known; what was left where it is needs the person.
  const worst = notices.find(({ code }) => code === 'file-not-read') ?? notices[0];
  if (worst === undefined || notices.length === 1) return worst ?? null;
  const alike = notices.filter(({ code }) => code === worst.code);
  const listed = (name: string) => {
    const named = alike.slice(0, NAMED).map(({ params }) => params[name]);
    return [...named, ...(alike.length > NAMED ? ['…'] : [])].join(', ');
  };
  const params = Object.fromEntries(Object.keys(worst.params).map((name) => [name, listed(name)]));
  return makeProblem(
    worst.code,
    params,
    notices.map(({ params: { file }, detail }) => `${file}: ${detail}`).join('; '),
  );
}
