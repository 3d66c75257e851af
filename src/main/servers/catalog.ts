import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import type {
  CatalogKind,
  ChangingKind,
  Listing,
  PromptEntry,
  ResourceEntry,
  ResourceTemplate,
} from '../../shared/domain/catalog.ts';
import type { Server } from '../../shared/domain/server.ts';
import type { Tool } from '../../shared/domain/tool.ts';
import { failure } from '../../shared/problems.ts';
import type { EventListener } from '../events.ts';
import type { Clock, Scheduler } from '../ports.ts';
import { type EntryParser, parsePrompt, parseResource, parseTemplate, parseTool } from './catalog-entries.ts';
import type { Connection } from './connection.ts';
import { mirrorsHeaders } from './header-parameters.ts';
import { type ListPage, walkList } from './list-walk.ts';
import { type McpClient, mcpFailure } from './mcp-client.ts';
import { Pacer } from './pacer.ts';
import { carriedParts } from './result-door.ts';

/** However long a server says a list may be used (SEP-2549), in milliseconds. */
const LONGEST_TTL_MS = 24 * 3_600_000;
/** Changes of one list are told at most this often, in milliseconds. */
const CHANGE_PAUSE_MS = 500;

/** What each kind is asked for with, and what its entries are. */
interface Kinds {
  tools: Tool;
  resources: ResourceEntry;
  templates: ResourceTemplate;
  prompts: PromptEntry;
}

interface KindRules<Entry> {
  readonly method: 'tools/list' | 'resources/list' | 'resources/templates/list' | 'prompts/list';
  readonly capability: ChangingKind;
  readonly parse: EntryParser<Entry>;
  readonly keyOf: (entry: Entry) => string;
}

const rules: { readonly [Kind in CatalogKind]: KindRules<Kinds[Kind]> } = {
  tools: {
    method: 'tools/list',
    capability: 'tools',
    parse: parseTool,
    keyOf: ({ name }) => name,
  },
  resources: {
    method: 'resources/list',
    capability: 'resources',
    parse: parseResource,
    keyOf: ({ uri }) => uri,
  },
  templates: {
    method: 'resources/templates/list',
    capability: 'resources',
    parse: parseTemplate,
    keyOf: ({ uriTemplate }) => uriTemplate,
  },
  prompts: {
    method: 'prompts/list',
    capability: 'prompts',
    parse: parsePrompt,
    keyOf: ({ name }) => name,
  },
};

/** A list with what is known of how long it holds. */
interface Held {
  readonly listing: Listing<Kinds[CatalogKind]>;
  /** When its cache hint ends; null: the server gave none, or one of 0, which says as much. */
  readonly freshUntil: number | null;
  readonly shared: boolean;
}

interface Slot {
  held: Held | null;
  loading: Promise<Held> | null;
  /** Counts what makes the held list doubtful, so that a list under way meanwhile is doubtful too. */
  doubts: number;
  /** The count when the held list was asked for. */
  heldAt: number;
}

export interface CatalogDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: EventListener;
  /** Told before a list is asked for; resolves when changes of it are heard, as far as the server tells them. */
  readonly relied: (connection: Connection) => Promise<void>;
  /** Whether changes of a kind are announced over this connection now. */
  readonly announced: (connection: Connection, kind: ChangingKind) => boolean;
}

/**
 * What each server offers, list by list. A list is asked for when somebody wants it and used again for as long
 * as its cache hint says (SEP-2549), or until the server announces a change.
 */
export class Catalog {
  readonly #deps: CatalogDependencies;
  readonly #slots = new WeakMap<Connection, Map<CatalogKind, Slot>>();
  /** Lists a server said are the same for everybody. */
  readonly #shared = new WeakMap<Server, Map<CatalogKind, Held>>();
  readonly #pacers = new WeakMap<Connection, Map<ChangingKind, Pacer>>();

  constructor(dependencies: CatalogDependencies) {
    this.#deps = dependencies;
  }

  /** @throws ProblemError `request-refused`, or why there is no connection */
  tools(connection: Connection): Promise<Listing<Tool>> {
    return this.#list(connection, 'tools');
  }

  /** @throws ProblemError `request-refused`, or why there is no connection */
  resources(connection: Connection): Promise<Listing<ResourceEntry>> {
    return this.#list(connection, 'resources');
  }

  /** @throws ProblemError `request-refused`, or why there is no connection */
  templates(connection: Connection): Promise<Listing<ResourceTemplate>> {
    return this.#list(connection, 'templates');
  }

  /** @throws ProblemError `request-refused`, or why there is no connection */
  prompts(connection: Connection): Promise<Listing<PromptEntry>> {
    return this.#list(connection, 'prompts');
  }

  /** A list already here, fresh or not; nothing is asked for. */
  held<Kind extends CatalogKind>(connection: Connection, kind: Kind): Listing<Kinds[Kind]> | null {
    const held = this.#slots.get(connection)?.get(kind)?.held;
    return (held?.listing as Listing<Kinds[Kind]> | undefined) ?? null;
  }

  /** A tool of a list already here. */
  heldTool(connection: Connection, name: string): Tool | null {
    return this.held(connection, 'tools')?.entries.find((tool) => tool.name === name) ?? null;
  }

  /**
   * A tool with its schemas. One whose list the server says has changed is asked for again: whoever opens it
   * must not read old words and use a new tool.
   * @throws ProblemError `tool-unknown`, and as {@link tools}
   */
  async tool(connection: Connection, name: string): Promise<Tool> {
    const known = this.#isDoubtful(connection, 'tools') ? null : this.heldTool(connection, name);
    const found = known ?? (await this.tools(connection)).entries.find((tool) => tool.name === name);
    if (!found) throw failure('tool-unknown', { tool: name });
    return found;
  }

  /** The server says that a list changed: the next who wants it asks again. */
  changed(connection: Connection, kind: ChangingKind): void {
    this.#doubt(connection, kind);
    this.#pacer(connection, kind).tell();
  }

  /** Announcements may have been missed: lists that rely on them are doubtful. */
  missedChanges(connection: Connection): void {
    for (const [kind, slot] of this.#slots.get(connection) ?? []) {
      if (slot.held?.freshUntil === null) this.#doubt(connection, rules[kind].capability);
    }
  }

  #isDoubtful(connection: Connection, kind: CatalogKind): boolean {
    const slot = this.#slots.get(connection)?.get(kind);
    return slot !== undefined && slot.doubts !== slot.heldAt;
  }

  #doubt(connection: Connection, changing: ChangingKind): void {
    for (const [kind, slot] of this.#slots.get(connection) ?? []) {
      if (rules[kind].capability === changing) slot.doubts += 1;
    }
    const shared = this.#shared.get(connection.server);
    for (const kind of shared?.keys() ?? []) {
      if (rules[kind].capability === changing) shared?.delete(kind);
    }
  }

  async #list<Kind extends CatalogKind>(connection: Connection, kind: Kind): Promise<Listing<Kinds[Kind]>> {
    const slot = this.#slot(connection, kind);
    if (slot.held && slot.doubts === slot.heldAt && this.#isFresh(connection, kind, slot.held)) {
      return slot.held.listing as Listing<Kinds[Kind]>;
    }
    const shared = this.#shared.get(connection.server)?.get(kind);
    if (shared?.freshUntil && shared.freshUntil > this.#deps.clock.now()) {
      Object.assign(slot, { held: shared, heldAt: slot.doubts });
      return shared.listing as Listing<Kinds[Kind]>;
    }
    if (slot.loading) return (await slot.loading).listing as Listing<Kinds[Kind]>;
    const asked = slot.doubts;
    slot.loading = this.#fetch(connection, kind).finally(() => {
      slot.loading = null;
    });
    const held = await slot.loading;
    Object.assign(slot, { held, heldAt: asked });
    if (held.shared && held.freshUntil !== null && slot.doubts === asked)
      this.#share(connection.server, kind, held);
    return held.listing as Listing<Kinds[Kind]>;
  }

  #isFresh(connection: Connection, kind: CatalogKind, { freshUntil }: Held): boolean {
    if (freshUntil !== null) return this.#deps.clock.now() < freshUntil;
    return this.#deps.announced(connection, rules[kind].capability);
  }

  async #fetch<Kind extends CatalogKind>(connection: Connection, kind: Kind): Promise<Held> {
    const { endpoint } = connection;
    const { method, capability, parse, keyOf } = rules[kind];
    const walked = await connection.use(
      async (opened) => {
        const offered = opened.client.getServerCapabilities()?.[capability];
        if (offered) await this.#deps.relied(connection);
        const page = offered ? pages(opened, method, endpoint.timeoutMs) : async () => NOTHING;
        return walkList(page, usableOver(opened, kind, parse), keyOf);
      },
      (error) => mcpFailure(error, endpoint),
    );
    const { entries, leftOut, note, ttlMs, cacheScope } = walked;
    const fetchedAt = this.#deps.clock.now();
    return {
      listing: { entries, leftOut, note, fetchedAt },
      freshUntil: ttlMs !== null && ttlMs > 0 ? fetchedAt + Math.min(ttlMs, LONGEST_TTL_MS) : null,
      shared: cacheScope === 'public',
    };
  }

  #slot(connection: Connection, kind: CatalogKind): Slot {
    const slots = this.#slots.get(connection) ?? new Map<CatalogKind, Slot>();
    this.#slots.set(connection, slots);
    const slot = slots.get(kind) ?? { held: null, loading: null, doubts: 0, heldAt: 0 };
    slots.set(kind, slot);
    return slot;
  }

  #share(server: Server, kind: CatalogKind, held: Held): void {
    const shared = this.#shared.get(server) ?? new Map<CatalogKind, Held>();
    this.#shared.set(server, shared.set(kind, held));
  }

  #pacer(connection: Connection, kind: ChangingKind): Pacer {
    const pacers = this.#pacers.get(connection) ?? new Map<ChangingKind, Pacer>();
    this.#pacers.set(connection, pacers);
    const { accountId, server } = connection;
    const pacer =
      pacers.get(kind) ??
      new Pacer(this.#deps.scheduler, CHANGE_PAUSE_MS, () =>
        this.#deps.emit('catalog.changed', { serverId: server.id, accountId, kind }),
      );
    pacers.set(kind, pacer);
    return pacer;
  }
}

/** What the results of all lists have in common. */
interface ListResult {
  readonly _meta?: Record<string, unknown> | undefined;
  readonly nextCursor?: string | undefined;
  readonly ttlMs?: unknown;
  readonly cacheScope?: unknown;
}

const NOTHING: ListPage = { entries: [], ttlMs: null, cacheScope: 'private' };

function pages(
  { client }: McpClient,
  method: KindRules<unknown>['method'],
  timeoutMs: number,
): (cursor: string | undefined) => Promise<ListPage> {
  return async (cursor) => {
    const params = cursor === undefined ? {} : { cursor };
    const result: ListResult = await client
      .request({ method, params }, { timeout: timeoutMs })
      .catch((error: unknown) => {
        // Servers offer resources without knowing of templates.
        if (method === 'resources/templates/list' && isUnknownMethod(error)) return {};
        throw error;
      });
    return {
      entries: carriedParts(result),
      nextCursor: result.nextCursor,
      ttlMs: typeof result.ttlMs === 'number' ? result.ttlMs : null,
      cacheScope: result.cacheScope === 'public' ? 'public' : 'private',
    };
  };
}

/** Over HTTP in the modern era a tool whose parameter headers are declared wrongly must not be used (SEP-2243). */
function usableOver<Entry>(
  { client }: McpClient,
  kind: CatalogKind,
  parse: EntryParser<Entry>,
): EntryParser<Entry> {
  if (kind !== 'tools' || client.getProtocolEra() !== 'modern') return parse;
  return (sent) => {
    const parsed = parse(sent);
    return parsed && mirrorsHeaders((parsed.entry as Tool).inputSchema) ? parsed : null;
  };
}

function isUnknownMethod(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === ProtocolErrorCode.MethodNotFound;
}
