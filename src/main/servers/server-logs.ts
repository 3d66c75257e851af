import { LOG_LEVEL_META_KEY } from '@modelcontextprotocol/client';
import { LOG_TEXT_LIMIT, type LogEntry, type ServerLog } from '../../shared/domain/server-log.ts';
import type { LogLevel } from '../../shared/log-levels.ts';
import { problemOf } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clock, Scheduler } from '../ports.ts';
import type { Connection } from './connection.ts';
import { jsonSize } from './json-size.ts';
import { type McpClient, mcpFailure } from './mcp-client.ts';
import { Pacer } from './pacer.ts';

/** Messages kept per server. */
export const LOG_LIMIT = 500;
/** News of one log are told at most this often, in milliseconds. */
const NEWS_PAUSE_MS = 250;
const DATA_BOUNDS = { depth: 20, characters: 100_000 };
/** Asked for in the modern era while the person chose nothing: there, servers send nothing unasked. */
const MODERN_DEFAULT: LogLevel = 'info';

interface Ring {
  readonly entries: LogEntry[];
  readonly pacer: Pacer;
  level: LogLevel | null;
  count: number;
}

export interface ServerLogDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
}

/** What servers send for their logs (MCP specification, logging): the newest, as text, in memory. */
export class ServerLogs {
  readonly #deps: ServerLogDependencies;
  readonly #rings = new Map<string, Ring>();

  constructor(dependencies: ServerLogDependencies) {
    this.#deps = dependencies;
  }

  log(serverId: string): ServerLog {
    const { entries, level, count } = this.#ring(serverId);
    return { entries: [...entries], dropped: count - entries.length, level };
  }

  /** A server sent a message. */
  add(connection: Connection, message: { level: LogLevel; logger: string | null; data: unknown }): void {
    const { level, logger, data } = message;
    this.#add(connection, {
      level,
      logger: logger === null ? null : connection.redacted(logger.slice(0, 200)),
      text: connection.redacted(textOf(data)).slice(0, LOG_TEXT_LIMIT),
      source: 'server',
    });
  }

  /** Something the person may look for here happened. */
  note(connection: Connection, text: string): void {
    this.#add(connection, { level: 'warning', logger: null, text, source: 'gatehouse' });
  }

  clear(serverId: string): void {
    const ring = this.#ring(serverId);
    ring.entries.length = 0;
    ring.count = 0;
    ring.pacer.tell();
  }

  /** The server is gone. */
  forget(serverId: string): void {
    this.#rings.get(serverId)?.pacer.flush();
    this.#rings.delete(serverId);
  }

  /**
   * Asks for messages from this level on, now and after every reconnect.
   * @param connections of this server
   * @throws ProblemError what one of the servers answered
   */
  async setLevel(serverId: string, level: LogLevel, connections: readonly Connection[]): Promise<void> {
    this.#ring(serverId).level = level;
    const open = connections.flatMap((connection) => connection.current ?? []);
    this.#ring(serverId).pacer.tell();
    await Promise.all(open.map((opened) => setLegacyLevel(opened, level)));
  }

  /** A client is open: what was asked for before is asked again. */
  opened(connection: Connection, opened: McpClient): void {
    const level = this.#rings.get(connection.server.id)?.level;
    if (!level) return;
    setLegacyLevel(opened, level).catch((error: unknown) => {
      const { detail } = problemOf(mcpFailure(error, connection.endpoint));
      this.note(connection, `The log level could not be set again${detail ? `: ${detail}` : ''}.`);
    });
  }

  /** The `_meta` of a request that tells a modern server from which level on messages are wanted. */
  metaOf(connection: Connection, { client }: McpClient): { _meta?: Record<string, unknown> } {
    const offered = client.getServerCapabilities()?.logging !== undefined;
    if (!offered || client.getProtocolEra() !== 'modern') return {};
    const level = this.#rings.get(connection.server.id)?.level ?? MODERN_DEFAULT;
    return { _meta: { [LOG_LEVEL_META_KEY]: level } };
  }

  #add({ server, accountId }: Connection, entry: Omit<LogEntry, 'number' | 'at' | 'accountId'>): void {
    const ring = this.#ring(server.id);
    ring.count += 1;
    ring.entries.push({ number: ring.count, at: this.#deps.clock.now(), accountId, ...entry });
    if (ring.entries.length > LOG_LIMIT) ring.entries.shift();
    ring.pacer.tell();
  }

  #ring(serverId: string): Ring {
    const existing = this.#rings.get(serverId);
    if (existing) return existing;
    const ring: Ring = {
      entries: [],
      pacer: new Pacer(this.#deps.scheduler, NEWS_PAUSE_MS, () =>
        this.#deps.emit('log.changed', { serverId }),
      ),
      level: null,
      count: 0,
    };
    this.#rings.set(serverId, ring);
    return ring;
  }
}

async function setLegacyLevel({ client }: McpClient, level: LogLevel): Promise<void> {
  const offered = client.getServerCapabilities()?.logging !== undefined;
  if (offered && client.getProtocolEra() !== 'modern') await client.setLoggingLevel(level);
}

/** Data of any shape as text; what has no text of its own as JSON. */
function textOf(data: unknown): string {
  if (typeof data === 'string') return data.slice(0, LOG_TEXT_LIMIT);
  if (jsonSize(data, DATA_BOUNDS) === null) return '(too large to show)';
  return (JSON.stringify(data) ?? '').slice(0, LOG_TEXT_LIMIT);
}
