import type { ListNote } from '../../shared/domain/catalog.ts';
import type { EntryParser } from './catalog-entries.ts';

/** One page of a list as the server sent it, with its cache hints (SEP-2549). */
export interface ListPage {
  readonly entries: readonly unknown[];
  readonly nextCursor?: string | undefined;
  /** Milliseconds the page may be used without asking again; null: the server does not say. */
  readonly ttlMs: number | null;
  readonly cacheScope: 'public' | 'private';
}

/** How far a list is followed. */
export interface ListBounds {
  readonly pages: number;
  readonly entries: number;
  /** Characters of all entries together. */
  readonly characters: number;
}

export const LIST_BOUNDS: ListBounds = { pages: 1000, entries: 20_000, characters: 32 * 1024 * 1024 };

/** A list, all pages joined. */
export interface WalkedList<Entry> {
  readonly entries: readonly Entry[];
  readonly leftOut: number;
  readonly note: ListNote | null;
  /** The shortest of all pages; null when none says. */
  readonly ttlMs: number | null;
  /** `public` only when every page is. */
  readonly cacheScope: 'public' | 'private';
}

/** A cursor is opaque, but no place for data. */
const CURSOR_LIMIT = 65_536;
/** Entries parsed in one turn of the event loop. */
const ENTRIES_AT_ONCE = 500;

/**
 * Follows a list from page to page within bounds (MCP specification, pagination). What is no entry, and what
 * was there before under the same key, is left out and counted; a cursor that comes again ends the list.
 * @throws what `page` throws
 */
export async function walkList<Entry>(
  page: (cursor: string | undefined) => Promise<ListPage>,
  parse: EntryParser<Entry>,
  keyOf: (entry: Entry) => string,
  bounds: ListBounds = LIST_BOUNDS,
): Promise<WalkedList<Entry>> {
  const entries = new Map<string, Entry>();
  const cursors = new Set<string>();
  let leftOut = 0;
  let size = 0;
  let ttlMs: number | null = null;
  let cacheScope: 'public' | 'private' = 'public';
  let cursor: string | undefined;
  const ended = (note: ListNote | null) => ({
    entries: [...entries.values()],
    leftOut,
    note,
    ttlMs,
    cacheScope,
  });

  for (let pages = 1; ; pages += 1) {
    const { entries: sent, nextCursor, ...hints } = await page(cursor);
    if (hints.ttlMs !== null) ttlMs = Math.min(ttlMs ?? hints.ttlMs, hints.ttlMs);
    if (hints.cacheScope === 'private') cacheScope = 'private';
    for (const [index, one] of sent.entries()) {
      if (index % ENTRIES_AT_ONCE === ENTRIES_AT_ONCE - 1) await nextTurn();
      if (entries.size >= bounds.entries) return ended('too-many-entries');
      const parsed = parse(one);
      if (!parsed || entries.has(keyOf(parsed.entry))) {
        leftOut += 1;
        continue;
      }
      size += parsed.size;
      if (size > bounds.characters) return ended('too-large');
      entries.set(keyOf(parsed.entry), parsed.entry);
    }
    if (nextCursor === undefined) return ended(null);
    if (cursors.has(nextCursor)) return ended('cursor-repeated');
    if (nextCursor.length > CURSOR_LIMIT) return ended('too-large');
    if (pages >= bounds.pages) return ended('too-many-pages');
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
