import { bestFits, wordsOf } from './matching.ts';
import type { PaletteEntry, PaletteGroup } from './palette-entries.ts';

/** Most entries in the document at once; who looks for another one types on. */
export const MOST_SHOWN = 50;

const SHOWN_SERVERS = 8;
const ORDER: readonly PaletteGroup[] = ['here', 'actions', 'pages', 'servers', 'accounts', 'search'];

export interface ShownGroup {
  readonly group: PaletteGroup;
  readonly entries: readonly PaletteEntry[];
}

/**
 * What the list holds for a query, by group, the group of the best fit first. Without a query: what belongs to the
 * server that is shown, what the app does, its pages, and the first servers.
 * @param currentServerId the server whose page is open
 */
export function shownEntries(
  entries: readonly PaletteEntry[],
  query: string,
  currentServerId: string | null,
): readonly ShownGroup[] {
  const words = wordsOf(query);
  if (words.length > 0) return grouped(bestFits(entries, words, MOST_SHOWN));
  const here = `server ${currentServerId} `;
  const servers = entries.filter(({ id, group }) => group === 'servers' && id.endsWith(' open'));
  const first = [
    ...entries.filter(({ id }) => id.startsWith(here) && !id.endsWith(' open')).map(moved),
    ...entries.filter(({ group }) => group === 'actions' || group === 'pages'),
    ...servers.slice(0, SHOWN_SERVERS),
  ];
  const groups = grouped(first);
  return groups.toSorted((one, other) => ORDER.indexOf(one.group) - ORDER.indexOf(other.group));
}

function moved(entry: PaletteEntry): PaletteEntry {
  return { ...entry, group: 'here' };
}

function grouped(entries: readonly PaletteEntry[]): ShownGroup[] {
  return [...Map.groupBy(entries, ({ group }) => group)].map(([group, own]) => ({ group, entries: own }));
}
