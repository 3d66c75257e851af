import type { Problem } from '../../shared/problems.ts';

/** Where the entries of a book rest. */
export interface EntryStore<Entry> {
  /**
   * Reads all entries, in the order they were added. Never throws: `notice` names what could not be read, and
   * what became of it.
   */
  load(): Promise<{ entries: Entry[]; notice: Problem | null }>;
  /**
   * Saves one entry, or that it is gone. Resolves when that is on disk.
   * @param entry the entry as it is now; null: it was removed
   * @param all every entry of the book as it is now, in its order
   * @throws the file system's error; what was saved before is then still in place, and the next save tries again
   */
  save(id: string, entry: Entry | null, all: () => Entry[]): Promise<void>;
  /** Resolves when everything saved so far is on disk or has failed. */
  settled(): Promise<void>;
}
