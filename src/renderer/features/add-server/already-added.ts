import type { ServerView } from '../../../shared/domain/snapshot.ts';
import type { OneServer } from '../command/server-entry.ts';

/** The server in the list that is reached in the same way; undefined: there is none. */
export function alreadyAdded(servers: Iterable<ServerView>, entry: OneServer): ServerView | undefined {
  const wanted = wayOf(entry);
  return [...servers].find((server) =>
    server.kind === 'remote'
      ? wayOf({ kind: 'address', url: server.url, name: null, headers: {} }) === wanted
      : JSON.stringify([server.command.program, server.command.arguments, server.command.folder ?? '']) ===
        wanted,
  );
}

function wayOf(entry: OneServer): string {
  if (entry.kind === 'address') return URL.canParse(entry.url) ? new URL(entry.url).href : entry.url;
  const { program, arguments: values, folder } = entry.fields;
  return JSON.stringify([program, values, folder]);
}
