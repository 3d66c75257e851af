import type * as z from 'zod';
import type { EntryStore } from './entry-store.ts';
import { JsonFile, type Migration } from './json-file.ts';

export interface ListFileOptions<Entry> {
  readonly path: string;
  readonly schema: z.ZodType<Entry[]>;
  readonly migrations?: readonly Migration[];
}

/** All entries in one file: for books that are short, or change when a person changes them. */
export class ListFile<Entry> implements EntryStore<Entry> {
  readonly #file: JsonFile<Entry[]>;

  constructor(options: ListFileOptions<Entry>) {
    this.#file = new JsonFile({ ...options, empty: () => [] });
  }

  async load() {
    const { value: entries, notice } = await this.#file.load();
    return { entries, notice };
  }

  save(_id: string, _entry: Entry | null, all: () => Entry[]): Promise<void> {
    return this.#file.save(all());
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
