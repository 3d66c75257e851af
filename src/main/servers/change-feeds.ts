import type { McpSubscription } from '@modelcontextprotocol/client';
import type { ChangingKind } from '../../shared/domain/catalog.ts';
import type { Cancel, Clock, Scheduler } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { McpClient } from './mcp-client.ts';

/** Pauses before a feed that broke is opened again: doubled from the first to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A connection does not wait longer for its feed. */
const PATIENCE_MS = 3_000;
/** A feed that held this long was a good one. */
const GOOD_MS = 60_000;

export interface ChangeFeedDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** URIs of the resources the person follows over this connection. */
  readonly followed: (connection: Connection) => readonly string[];
  /** Told when announcements may have been missed. */
  readonly missed: (connection: Connection) => void;
}

/**
 * Hears of changes: in the modern era over one `subscriptions/listen` stream per connection, opened again when
 * it breaks; before, servers announce by themselves (MCP 2026-07-28, subscriptions). The stream is opened when
 * somebody first relies on it: a connection nobody looks at costs neither a request nor a socket for it.
 */
export class ChangeFeeds {
  readonly #deps: ChangeFeedDependencies;
  readonly #feeds = new WeakMap<Connection, Feed>();
  /** What is relied on, also over a connection that takes the place of another. */
  readonly #relied = new Set<string>();

  constructor(dependencies: ChangeFeedDependencies) {
    this.#deps = dependencies;
  }

  /**
   * A client is open. Where changes are relied on, resolves when they are heard, or when that takes too long.
   * @param signal when it fires, nobody waits any more
   */
  async opened(connection: Connection, opened: McpClient, signal: AbortSignal): Promise<void> {
    this.#feeds.get(connection)?.end();
    const feed = new Feed(connection, opened, this.#deps);
    this.#feeds.set(connection, feed);
    const { server, accountId } = connection;
    const isFollowing = this.#deps.followed(connection).length > 0;
    if (isFollowing || this.#relied.has(keyOf(server.id, accountId))) await this.#begin(feed, signal);
  }

  /**
   * Somebody relies on hearing of changes from now on. Resolves when they are heard, or when that takes too long.
   * Ask before what may change is read, so that no change falls in between.
   */
  async rely(connection: Connection): Promise<void> {
    this.#relied.add(keyOf(connection.server.id, connection.accountId));
    const feed = this.#feeds.get(connection);
    if (feed) await this.#begin(feed);
  }

  /** The account or the server is gone. */
  forget(serverId: string, accountId: string | null): void {
    this.#relied.delete(keyOf(serverId, accountId));
  }

  /** Whether changes of a kind are announced over this connection now. */
  announced(connection: Connection, kind: ChangingKind): boolean {
    return this.#feeds.get(connection)?.announces(kind) ?? false;
  }

  /** The resources followed changed; resolves when the feed is what is wanted now, or failed. */
  async followedChanged(connection: Connection): Promise<void> {
    await this.#feeds.get(connection)?.listen();
  }

  async #begin(feed: Feed, signal?: AbortSignal): Promise<void> {
    if (feed.isLate) return;
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const cancel = this.#deps.scheduler.after(PATIENCE_MS, () => {
      feed.isLate = true;
      resolve();
    });
    signal?.addEventListener('abort', () => resolve(), { once: true });
    await Promise.race([feed.begin(), patience]);
    cancel();
  }

  /** Whether the feed carries changes of a resource; null where there is no feed, in the older era. */
  carries(connection: Connection, uri: string): boolean | null {
    return this.#feeds.get(connection)?.carries(uri) ?? null;
  }
}

/** The feed of one open client. */
class Feed {
  /** Somebody has waited in vain; nobody does again. */
  isLate = false;
  readonly #connection: Connection;
  readonly #opened: McpClient;
  readonly #deps: ChangeFeedDependencies;
  #subscription: McpSubscription | null = null;
  #failures = 0;
  /** Counts what was asked for, so that an answer to an older question is not taken for the newest. */
  #asked = 0;
  #begun = false;
  #latest: Promise<void> = Promise.resolve();
  #retry: Cancel = () => undefined;

  constructor(connection: Connection, opened: McpClient, dependencies: ChangeFeedDependencies) {
    this.#connection = connection;
    this.#opened = opened;
    this.#deps = dependencies;
  }

  announces(kind: ChangingKind): boolean {
    if (this.#connection.current !== this.#opened) return false;
    const { client } = this.#opened;
    if (client.getProtocolEra() !== 'modern') {
      return client.getServerCapabilities()?.[kind]?.listChanged === true;
    }
    return this.#subscription?.honoredFilter[`${kind}ListChanged`] === true;
  }

  carries(uri: string): boolean | null {
    if (this.#opened.client.getProtocolEra() !== 'modern') return null;
    return this.#subscription?.honoredFilter.resourceSubscriptions?.includes(uri) ?? false;
  }

  /** Opens the stream, the first time; resolves when what was asked for last is there, or failed. Never throws. */
  async begin(): Promise<void> {
    await (this.#begun ? this.#latest : this.listen());
  }

  /** Opens the stream, or replaces the one there is by one that hears what is wanted now. Never throws. */
  async listen(): Promise<void> {
    if (this.#opened.client.getProtocolEra() !== 'modern') return;
    this.#begun = true;
    this.#retry();
    this.#latest = this.#listen();
    // Whoever asked before, for less, waits for the newest too: it carries what both want.
    for (let seen: Promise<void> | null = null; seen !== this.#latest; ) {
      seen = this.#latest;
      await seen;
    }
  }

  end(): void {
    this.#retry();
    this.#asked += 1;
  }

  async #listen(): Promise<void> {
    const { client } = this.#opened;
    this.#asked += 1;
    const asked = this.#asked;
    const before = this.#subscription;
    const offered = client.getServerCapabilities();
    const resourceSubscriptions = [...this.#deps.followed(this.#connection)];
    const filter = {
      ...(offered?.tools?.listChanged && { toolsListChanged: true }),
      ...(offered?.prompts?.listChanged && { promptsListChanged: true }),
      ...(offered?.resources?.listChanged && { resourcesListChanged: true }),
      ...(resourceSubscriptions.length > 0 && { resourceSubscriptions }),
    };
    if (Object.keys(filter).length === 0) {
      this.#subscription = null;
      await before?.close();
      return;
    }
    try {
      const subscription = await client.listen(filter, { timeout: this.#connection.endpoint.timeoutMs });
      if (asked !== this.#asked) return await subscription.close();
      this.#subscription = subscription;
      if (this.#failures > 0) this.#deps.missed(this.#connection);
      const since = this.#deps.clock.now();
      void subscription.closed.then(() => {
        if (this.#subscription !== subscription) return;
        if (this.#deps.clock.now() - since >= GOOD_MS) this.#failures = 0;
        this.#broken();
      });
      await before?.close();
    } catch {
      if (asked !== this.#asked) return;
      void before?.close();
      this.#broken();
    }
  }

  /** Nothing is heard any more: what relied on it is doubtful, and the stream is opened again later. */
  #broken(): void {
    this.#subscription = null;
    if (this.#connection.current !== this.#opened) return;
    this.#deps.missed(this.#connection);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#retry();
    this.#retry = this.#deps.scheduler.after(pause, () => void this.listen());
  }
}

function keyOf(serverId: string, accountId: string | null): string {
  return `${serverId}/${accountId ?? ''}`;
}
