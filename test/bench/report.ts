import type { ClientName } from './clients/messages.ts';

/** What a figure has to be, and whether it is. */
export interface Target {
  readonly text: string;
  readonly met: boolean;
}

/** One line: the same work done by each client. */
export interface Row {
  readonly what: string;
  readonly cells: Readonly<Partial<Record<ClientName, string>>>;
  readonly target?: Target;
  /** The figures behind the cells, for the machine-readable report. */
  readonly figures: unknown;
}

export interface Section {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly rows: readonly Row[];
}

export interface Report {
  readonly about: readonly string[];
  readonly sections: readonly Section[];
}

const columns: readonly (readonly [ClientName, string])[] = [
  ['gatehouse', 'Gatehouse'],
  ['sdk', 'SDK’s own client'],
  ['mcp-remote', 'mcp-remote'],
];
const heads = ['', ...columns.map(([, head]) => head), 'target', ''];

/** The report as one table for a terminal. */
export function asText({ about, sections }: Report): string {
  const body = sections.flatMap(({ title, rows }) => [[title], ...rows.map(cellsOf)]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...body.map((cells) => (cells.length === 1 ? 0 : (cells[column]?.length ?? 0)))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  const lines = body.map((cells) => (cells.length === 1 ? `\n${cells[0]}` : line(cells)));
  return [...about, '', line(heads), rule, ...lines, ''].join('\n');
}

/** The report as Markdown. */
export function asMarkdown({ about, sections }: Report): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const tables = sections.map(({ title, how, rows }) =>
    [
      `### ${title}`,
      how,
      '',
      row(heads),
      row(heads.map(() => '---')),
      ...rows.map((one) => row(cellsOf(one))),
      '',
    ].join('\n'),
  );
  return [...about.map((line) => `- ${line}`), '', ...tables].join('\n');
}

/** What missed its target. */
export function missed({ sections }: Report): string[] {
  return sections.flatMap(({ rows }) =>
    rows.filter(({ target }) => target?.met === false).map(({ what, target }) => `${what}: ${target?.text}`),
  );
}

function cellsOf({ what, cells, target }: Row): string[] {
  const verdict = target ? (target.met ? 'met' : 'MISSED') : '';
  return [what, ...columns.map(([name]) => cells[name] ?? '–'), target?.text ?? '', verdict];
}
