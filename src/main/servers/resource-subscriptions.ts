import { failure } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Scheduler } from '../ports.ts';
import type { Connection } from './connection.ts';
import { type McpClient, mcpFailure } from './mcp-client.ts';
import { Pacer } from './pacer.ts';

/** Resources followed at once over one connection. */
export const SUBSCRIPTION_LIMIT = 100;
/** Updates are told at most this often per connection, in milliseconds. */
const UPDATE_PAUSE_MS = 250;
/** Different URIs told together at most; a server may make them up. */
const URIS_AT_ONCE = 1000;

interface Followed {
  readonly uris: Set<string>;
  /** Updated since it was told last. */
  readonly updated: Set<string>;
  readonly pacer: Pacer;
}

export interface ResourceSubscriptionDependencies {
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
  /** Told when what a connection follows changed; resolves when the server knows, or was told in vain. */
  readonly changed: (connection: Connection) => Promise<void>;
  /** Whether the feed of changes carries a resource; null in the older era, where none is needed. */
  readonly carried: (connection: Connection, uri: string) => boolean | null;
}

/** The resources the person follows (MCP specification, resource subscriptions); they survive reconnects. */
export class ResourceSubscriptions {
  readonly #deps: ResourceSubscriptionDependencies;
  readonly #followed = new Map<string, Followed>();

  constructor(dependencies: ResourceSubscriptionDependencies) {
    this.#deps = dependencies;
  }

  uris(connection: Connection): readonly string[] {
    return [...(this.#followed.get(keyOf(connection))?.uris ?? [])];
  }

  /** Whether the server offers to follow resources; null while it is not connected. */
  offered({ current }: Connection): boolean | null {
    if (!current) return null;
    return current.client.getServerCapabilities()?.resources?.subscribe === true;
  }

  /**
   * Follows a resource from now on.
   * @throws ProblemError `too-many-subscriptions`, `resource-not-followed`, or what the server answered
   */
  async subscribe(connection: Connection, uri: string): Promise<void> {
    const { uris } = this.#of(connection);
    if (uris.has(uri)) return;
    if (uris.size >= SUBSCRIPTION_LIMIT) {
      throw failure('too-many-subscriptions', { limit: String(SUBSCRIPTION_LIMIT) });
    }
    await this.#tellLegacy(connection, (opened, timeout) =>
      opened.client.subscribeResource({ uri }, { timeout }),
    );
    uris.add(uri);
    await this.#deps.changed(connection);
    if (this.#deps.carried(connection, uri) !== false) return;
    uris.delete(uri);
    throw failure('resource-not-followed', { uri });
  }

  /**
   * Follows a resource no more.
   * @throws ProblemError what the server answered; it is not followed all the same
   */
  async unsubscribe(connection: Connection, uri: string): Promise<void> {
    if (!this.#of(connection).uris.delete(uri)) return;
    void this.#deps.changed(connection);
    await this.#tellLegacy(connection, (opened, timeout) =>
      opened.client.unsubscribeResource({ uri }, { timeout }),
    );
  }

  /** A client is open: what was followed before is followed again. */
  opened(connection: Connection, { client }: McpClient): void {
    if (client.getProtocolEra() === 'modern') return;
    const { timeoutMs: timeout } = connection.endpoint;
    for (const uri of this.uris(connection)) {
      // Refused now, it can be asked for again by the person; what is shown says that it is not followed.
      client.subscribeResource({ uri }, { timeout }).catch(() => this.#of(connection).uris.delete(uri));
    }
  }

  /** The server says that a resource changed. */
  updated(connection: Connection, uri: string): void {
    const followed = this.#followed.get(keyOf(connection));
    if (!followed || followed.uris.size === 0 || followed.updated.size >= URIS_AT_ONCE) return;
    followed.updated.add(uri);
    followed.pacer.tell();
  }

  /** The account or the server is gone. */
  forget(serverId: string, accountId: string | null): void {
    this.#followed.delete(keyOf({ server: { id: serverId }, accountId }));
  }

  #of(connection: Connection): Followed {
    const key = keyOf(connection);
    const existing = this.#followed.get(key);
    if (existing) return existing;
    const { server, accountId } = connection;
    const updated = new Set<string>();
    const pacer = new Pacer(this.#deps.scheduler, UPDATE_PAUSE_MS, () => {
      const uris = [...updated];
      updated.clear();
      this.#deps.emit('resources.updated', { serverId: server.id, accountId, uris });
    });
    const followed = { uris: new Set<string>(), updated, pacer };
    this.#followed.set(key, followed);
    return followed;
  }

  /** In the modern era the feed of changes carries what is followed; before, each resource has a request. */
  async #tellLegacy(
    connection: Connection,
    tell: (opened: McpClient, timeoutMs: number) => Promise<unknown>,
  ): Promise<void> {
    const { endpoint } = connection;
    await connection.use(
      async (opened) => {
        if (opened.client.getProtocolEra() !== 'modern') await tell(opened, endpoint.timeoutMs);
      },
      (error) => mcpFailure(error, endpoint),
    );
  }
}

function keyOf({ server, accountId }: { server: { id: string }; accountId: string | null }): string {
  return `${server.id}/${accountId ?? ''}`;
}
