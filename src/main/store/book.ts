import type { Problem } from '../../shared/problems.ts';
import type { EntryStore } from './entry-store.ts';

/** What happened to an entry. */
export type BookChange<Entry> =
  | { kind: 'changed'; entry: Entry; before: Entry | null }
  | { kind: 'removed'; entry: Entry };

/**
 * A list of entries with an identifier: whole in memory, and kept on disk by its store. Changes are visible at once
 * and saved behind; {@link settled} tells when they are on disk.
 */
export class Book<Entry extends { readonly id: string }> {
  readonly #store: EntryStore<Entry>;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(change: BookChange<Entry>) => void>();
  #saveFailed: (error: unknown) => void = () => undefined;

  constructor(store: EntryStore<Entry>) {
    this.#store = store;
  }

  /** Reads what is stored. Returns what the person should know when it could not be read. */
  async load(): Promise<Problem | null> {
    const { entries, notice } = await this.#store.load();
    for (const entry of entries) this.#entries.set(entry.id, entry);
    return notice;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  /** Adds or replaces an entry. Resolves when it is on disk; memory is changed at once. */
  async put(entry: Entry): Promise<void> {
    const before = this.#entries.get(entry.id) ?? null;
    this.#entries.set(entry.id, entry);
    const saved = this.#save(entry.id);
    this.#tell({ kind: 'changed', entry, before });
    await saved;
  }

  /** Changes an entry if it exists. */
  async change(id: string, change: (entry: Entry) => Entry): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry) await this.put(change(entry));
  }

  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    const saved = this.#save(id);
    this.#tell({ kind: 'removed', entry });
    await saved;
  }

  /** Calls `listener` after every change in memory; returns what stops it. */
  listen(listener: (change: BookChange<Entry>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told of a save that failed; the change stays in memory and the next save tries again. */
  onSaveFailure(handler: (error: unknown) => void): void {
    this.#saveFailed = handler;
  }

  settled(): Promise<void> {
    return this.#store.settled();
  }

  async #save(id: string): Promise<void> {
    try {
      await this.#store.save(id, this.#entries.get(id) ?? null, () => this.all());
    } catch (error) {
      this.#saveFailed(error);
    }
  }

  #tell(change: BookChange<Entry>): void {
    for (const listener of this.#listeners) listener(change);
  }
}
