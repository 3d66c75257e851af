/**
 * The table as docs/reliability.md has it: `node test/hostile/document.ts` writes it there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostileRow } from './row.ts';
import { groups, table } from './table.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reliability.md');
const BEGINNING = '<!-- The table begins: npm run hostile-table -->';
const END = '<!-- The table ends -->';

/** The whole page with the table as it is now. */
export function currentPage(page = readFileSync(PAGE, 'utf8')): string {
  const [before, rest] = page.split(BEGINNING);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the table');
  return `${before}${BEGINNING}\n${tables()}\n${END}${after}`;
}

function tables(): string {
  const removable = table.filter(({ guard }) => guard.removed).length;
  const inPage = table.filter(({ kind }) => kind === 'page').length;
  const head = `${table.length} behaviours, ${inPage} of them looked at in the page. Of ${removable} guards, marked ✂, \`npm run test:guards\` shows that the row fails without them.`;
  return [head, ...groups.map(({ title, rows }) => tableOf(title, rows))].join('\n\n');
}

function tableOf(title: string, rows: readonly HostileRow[]): string {
  const lines = rows.map(({ name, who, does, must, guard }) => {
    const where = `\`${guard.file}\` \`${guard.name}\`${guard.removed ? ' ✂' : ''}`;
    return `| \`${name}\` | ${who} | ${cell(does)} | ${cell(must)} | ${where} |`;
  });
  return [
    `### ${title}`,
    '| name | who | what it does | what must happen | guard |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

/** A cell of a Markdown table: no bars, and markup in words only as code. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) writeFileSync(PAGE, currentPage());
