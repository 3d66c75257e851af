import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { AccountView, ServerView } from '../../shared/domain/snapshot.ts';
import { type AttentionGroup, attentionGroup, serverStatus } from './attention.ts';

export interface IndexedServer {
  readonly server: ServerView;
  readonly host: string;
  readonly searchText: string;
}

export type ListItem =
  | { kind: 'heading'; group: AttentionGroup; count: number }
  | { kind: 'server'; server: ServerView; host: string; status: ConnectionStatus };

/** Host of an address, with its port; the address itself when it has none. */
export function hostOf(address: string): string {
  return URL.parse(address)?.host || address;
}

/** Where a server is, in a word: its host, or the name of its program. */
export function placeOf(server: ServerView): string {
  if (server.kind === 'remote') return hostOf(server.url);
  return server.command.program.split(/[\\/]/).findLast((part) => part !== '') ?? server.command.program;
}

/**
 * Servers in the person's order and then by name, with the text a search looks through. Made when servers change, not
 * when statuses do.
 * @param order identifiers of the servers that were put in order
 */
export function indexServers(
  servers: Iterable<ServerView>,
  locale?: string,
  order: readonly string[] = [],
): readonly IndexedServer[] {
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const places = new Map(order.map((id, place) => [id, place]));
  const placeIn = ({ server }: IndexedServer) => places.get(server.id) ?? order.length;
  return [...servers]
    .map((server) => {
      const host = placeOf(server);
      return { server, host, searchText: `${server.name}\n${host}`.toLocaleLowerCase(locale) };
    })
    .sort((a, b) => placeIn(a) - placeIn(b) || compare(a.server.name, b.server.name));
}

let lastIndex: { of: readonly unknown[]; index: readonly IndexedServer[] } | null = null;

/** As {@link indexServers}, once for all who look at the same servers. */
export function indexOfServers(
  servers: ReadonlyMap<string, ServerView>,
  locale: string,
  order: readonly string[],
): readonly IndexedServer[] {
  const of = [servers, locale, order];
  if (!lastIndex?.of.every((one, place) => one === of[place]))
    lastIndex = { of, index: indexServers(servers.values(), locale, order) };
  return lastIndex.index;
}

/** Connections of each server. */
export function groupConnections(
  connections: Iterable<ConnectionView>,
): ReadonlyMap<string, readonly ConnectionView[]> {
  const groups = new Map<string, ConnectionView[]>();
  for (const connection of connections) {
    const group = groups.get(connection.serverId);
    if (group) group.push(connection);
    else groups.set(connection.serverId, [connection]);
  }
  return groups;
}

const grouped = new WeakMap<object, ReadonlyMap<string, readonly ConnectionView[]>>();

/** As {@link groupConnections}, once for all who look at the same connections. */
export function connectionsByServer(
  connections: ReadonlyMap<string, ConnectionView>,
): ReadonlyMap<string, readonly ConnectionView[]> {
  const groups = grouped.get(connections) ?? groupConnections(connections.values());
  grouped.set(connections, groups);
  return groups;
}

const NO_CONNECTIONS: readonly ConnectionView[] = [];

/** What of the servers is shown. */
export const serverFilters = ['all', 'attention', 'signed-in', 'open', 'local', 'off'] as const;
export type ServerFilter = (typeof serverFilters)[number];

function passes(
  filter: ServerFilter,
  { kind, enabled, consent }: ServerView,
  group: AttentionGroup,
): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'attention':
      return group === 'attention';
    case 'signed-in':
      return enabled && (consent === 'granted' || consent === 'partial');
    case 'open':
      return enabled && kind === 'remote' && consent === 'not-needed';
    case 'local':
      return kind === 'local';
    case 'off':
      return !enabled;
  }
}

/** How many servers each filter lets through. */
export function countFilters(
  index: readonly IndexedServer[],
  connections: ReadonlyMap<string, readonly ConnectionView[]>,
): Readonly<Record<ServerFilter, number>> {
  const counts = { all: 0, attention: 0, 'signed-in': 0, open: 0, local: 0, off: 0 };
  for (const { server } of index) {
    const group = attentionGroup(server, serverStatus(server, connections.get(server.id) ?? NO_CONNECTIONS));
    for (const filter of serverFilters) if (passes(filter, server, group)) counts[filter] += 1;
  }
  return counts;
}

/** The rows of the sidebar: groups by need for attention, each in the index's order, empty groups left out. */
export function listServers(
  index: readonly IndexedServer[],
  connections: ReadonlyMap<string, readonly ConnectionView[]>,
  search: string,
  filter: ServerFilter = 'all',
): readonly ListItem[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const groups: Record<AttentionGroup, ListItem[]> = { attention: [], connected: [], others: [] };
  for (const { server, host, searchText } of index) {
    if (!words.every((word) => searchText.includes(word))) continue;
    const status = serverStatus(server, connections.get(server.id) ?? NO_CONNECTIONS);
    const group = attentionGroup(server, status);
    if (passes(filter, server, group)) groups[group].push({ kind: 'server', server, host, status });
  }
  return (['attention', 'connected', 'others'] as const).flatMap((group) => {
    const rows = groups[group];
    return rows.length > 0 ? [{ kind: 'heading' as const, group, count: rows.length }, ...rows] : [];
  });
}

/** The servers of each group of the list, by identifier. */
export function groupsOf(items: readonly ListItem[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const item of items) {
    if (item.kind === 'heading') groups.push([]);
    else groups.at(-1)?.push(item.server.id);
  }
  return groups;
}

/** When the first of several accounts runs out, and whether it is renewed before by itself; null: nobody knows. */
export function nextExpiry(
  accounts: readonly Pick<AccountView, 'grant' | 'state'>[],
  now: number,
): { at: number; renews: boolean } | null {
  let next: { at: number; renews: boolean } | null = null;
  for (const { grant, state } of accounts) {
    const at = grant.accessTokenExpiresAt;
    if (at === null || at <= now || (state.kind !== 'live' && state.kind !== 'insufficient')) continue;
    if (!next || at < next.at) next = { at, renews: grant.refreshable };
  }
  return next;
}

/** Accounts of each server. */
export function groupAccounts(accounts: Iterable<AccountView>): ReadonlyMap<string, readonly AccountView[]> {
  return Map.groupBy(accounts, ({ serverId }) => serverId);
}
