/** One row of a list, whatever it lists. */
export interface EntryRow {
  /** What it is asked for by. */
  key: string;
  label: string;
  summary?: string | undefined;
  /** A word about it, beside the label. */
  mark?: string | undefined;
}

/** Rows with the text a search looks through, made once per list. */
export function indexRows(rows: readonly EntryRow[]): readonly { row: EntryRow; text: string }[] {
  return rows.map((row) => ({
    row,
    text: `${row.label}\n${row.key}\n${row.summary ?? ''}`.toLocaleLowerCase(),
  }));
}

/** The rows that have all words of a search, in their order. */
export function findRows(
  index: readonly { row: EntryRow; text: string }[],
  search: string,
): readonly EntryRow[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0 ? index : index.filter(({ text }) => words.every((word) => text.includes(word)));
  return found.map(({ row }) => row);
}
