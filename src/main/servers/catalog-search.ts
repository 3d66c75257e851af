import type { CatalogHit, CatalogKind } from '../../shared/domain/catalog.ts';
import type { Clock } from '../ports.ts';
import type { Catalog } from './catalog.ts';
import type { Connection } from './connection.ts';

/** Hits listed at most. */
export const HIT_LIMIT = 200;
/** Lists asked for at once because somebody searches. */
const LISTS_AT_ONCE = 4;
/** What failed is asked for again by a search this much later, in milliseconds. */
const RETRY_MS = 30_000;
/** Entries looked through in one turn of the event loop. */
const ENTRIES_AT_ONCE = 20_000;

const KINDS = ['tools', 'resources', 'templates', 'prompts'] as const satisfies readonly CatalogKind[];

interface Searchable {
  readonly key: string;
  readonly label: string;
  readonly summary?: string | undefined;
  /** Everything that is looked through, in lower case. */
  readonly text: string;
}

export interface SearchResult {
  readonly hits: CatalogHit[];
  readonly total: number;
  readonly loading: number;
}

/** Finds what any connected server offers. Lists nobody asked for yet are asked for in the background. */
export class CatalogSearch {
  readonly #catalog: Catalog;
  readonly #indexes = new WeakMap<object, readonly Searchable[]>();
  readonly #clock: Clock;
  /** When each connection's lists are worth asking for (again), in milliseconds since the epoch. */
  readonly #askAt = new WeakMap<Connection, number>();
  readonly #queue: Connection[] = [];
  #loading = 0;

  constructor(catalog: Catalog, clock: Clock) {
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /**
   * What has all words of the query in its name, title, description or URI; nothing for an empty query.
   * @param connections all there are
   */
  async find(query: string, connections: readonly Connection[]): Promise<SearchResult> {
    const usable = connections.filter(({ current }) => current !== null);
    for (const connection of usable) this.#ask(connection);
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const found: { hit: CatalogHit; rank: number }[] = [];
    // Accounts of one server mostly see the same; one hit leads there.
    const seen = new Set<string>();
    let looked = 0;
    for (const connection of words.length > 0 ? usable : []) {
      for (const kind of KINDS) {
        for (const entry of this.#index(connection, kind)) {
          looked += 1;
          if (looked % ENTRIES_AT_ONCE === 0) await nextTurn();
          if (!words.every((word) => entry.text.includes(word))) continue;
          const place = JSON.stringify([connection.server.id, kind, entry.key]);
          if (seen.has(place)) continue;
          seen.add(place);
          found.push({ hit: hitOf(connection, kind, entry), rank: rankOf(entry, words) });
        }
      }
    }
    found.sort((a, b) => a.rank - b.rank);
    return {
      hits: found.slice(0, HIT_LIMIT).map(({ hit }) => hit),
      total: found.length,
      loading: this.#loading + this.#queue.length,
    };
  }

  /** Asks for the lists of a connection, once. */
  #ask(connection: Connection): void {
    if (this.#clock.now() < (this.#askAt.get(connection) ?? 0)) return;
    this.#askAt.set(connection, Number.POSITIVE_INFINITY);
    if (KINDS.every((kind) => this.#catalog.held(connection, kind))) return;
    this.#queue.push(connection);
    this.#loadNext();
  }

  #loadNext(): void {
    while (this.#loading < LISTS_AT_ONCE) {
      const connection = this.#queue.shift();
      if (!connection) return;
      this.#loading += 1;
      void this.#load(connection).finally(() => {
        this.#loading -= 1;
        this.#loadNext();
      });
    }
  }

  async #load(connection: Connection): Promise<void> {
    const catalog = this.#catalog;
    const outcomes = await Promise.allSettled([
      catalog.tools(connection),
      catalog.resources(connection),
      catalog.templates(connection),
      catalog.prompts(connection),
    ]);
    if (outcomes.some(({ status }) => status === 'rejected')) {
      this.#askAt.set(connection, this.#clock.now() + RETRY_MS);
    }
  }

  #index(connection: Connection, kind: CatalogKind): readonly Searchable[] {
    const listing = this.#catalog.held(connection, kind);
    if (!listing) return [];
    const known = this.#indexes.get(listing);
    if (known) return known;
    const index = searchable(this.#catalog, connection, kind);
    this.#indexes.set(listing, index);
    return index;
  }
}

function searchable(catalog: Catalog, connection: Connection, kind: CatalogKind): readonly Searchable[] {
  const made = (key: string, name: string, title?: string, summary?: string): Searchable => ({
    key,
    label: title ?? name,
    summary,
    text: [name, title, summary, key].filter(Boolean).join('\n').toLowerCase(),
  });
  switch (kind) {
    case 'tools':
      return (catalog.held(connection, kind)?.entries ?? []).map(({ name, title, description }) =>
        made(name, name, title, description?.slice(0, 300)),
      );
    case 'resources':
      return (catalog.held(connection, kind)?.entries ?? []).map(({ uri, name, title, summary }) =>
        made(uri, name, title, summary),
      );
    case 'templates':
      return (catalog.held(connection, kind)?.entries ?? []).map(({ uriTemplate, name, title, summary }) =>
        made(uriTemplate, name, title, summary),
      );
    case 'prompts':
      return (catalog.held(connection, kind)?.entries ?? []).map(({ name, title, summary }) =>
        made(name, name, title, summary),
      );
  }
}

/** Less is better: the whole name, its start, any of it, only the description. */
function rankOf({ key, label }: Searchable, words: readonly string[]): number {
  const names = [key.toLowerCase(), label.toLowerCase()];
  const query = words.join(' ');
  if (names.includes(query)) return 0;
  if (names.some((name) => name.startsWith(query))) return 1;
  if (words.every((word) => names.some((name) => name.includes(word)))) return 2;
  return 3;
}

function hitOf(
  { server, accountId }: Connection,
  kind: CatalogKind,
  { key, label, summary }: Searchable,
): CatalogHit {
  return { serverId: server.id, accountId, kind, key, label, ...(summary !== undefined && { summary }) };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
