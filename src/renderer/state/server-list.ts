import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { ServerView } from '../../shared/domain/snapshot.ts';
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
  return URL.canParse(address) ? new URL(address).host || address : address;
}

/** Where a server is, in a word: its host, or the name of its program. */
export function placeOf(server: ServerView): string {
  if (server.kind === 'remote') return hostOf(server.url);
  return server.command.program.split(/[\\/]/).findLast((part) => part !== '') ?? server.command.program;
}

/** Servers by name, with the text a search looks through. Made when servers change, not when statuses do. */
export function indexServers(servers: Iterable<ServerView>, locale?: string): readonly IndexedServer[] {
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return [...servers]
    .map((server) => {
      const host = placeOf(server);
      return { server, host, searchText: `${server.name}\n${host}`.toLocaleLowerCase(locale) };
    })
    .sort((a, b) => compare(a.server.name, b.server.name));
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

const NO_CONNECTIONS: readonly ConnectionView[] = [];

/** The rows of the sidebar: groups by need for attention, each by name, empty groups left out. */
export function listServers(
  index: readonly IndexedServer[],
  connections: ReadonlyMap<string, readonly ConnectionView[]>,
  search: string,
): readonly ListItem[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const groups: Record<AttentionGroup, ListItem[]> = { attention: [], connected: [], others: [] };
  for (const { server, host, searchText } of index) {
    if (!words.every((word) => searchText.includes(word))) continue;
    const status = serverStatus(server, connections.get(server.id) ?? NO_CONNECTIONS);
    groups[attentionGroup(server, status)].push({ kind: 'server', server, host, status });
  }
  return (['attention', 'connected', 'others'] as const).flatMap((group) => {
    const rows = groups[group];
    return rows.length > 0 ? [{ kind: 'heading' as const, group, count: rows.length }, ...rows] : [];
  });
}
