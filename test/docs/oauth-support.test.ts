import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { repairs } from '../../src/main/oauth/answer-repairs.ts';
import { problemCatalogue } from '../../src/shared/problems.ts';
import { profiles } from '../sandbox/profiles/catalogue.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/oauth-support.md', ROOT), 'utf8');
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const exists = (path: string) => existsSync(new URL(path, ROOT));

/** Cells of the page's tables under one heading of a column. */
function column(heading: string): string[] {
  let at = -1;
  return page.split('\n').flatMap((line) => {
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : [];
    if (cells.length === 0) at = -1;
    else if (at === -1) at = cells.findIndex((cell) => cell.trim() === heading);
    else return cells[at] ?? [];
    return [];
  });
}

/** What stands in backticks. */
const code = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside);
const unique = (names: readonly string[]) => [...new Set(names)].sort();

describe('the page on what Gatehouse does of MCP authorization', () => {
  const files = unique(
    code(page).filter((name) => /^[\w./-]+(?:\.tsx?|\/)$/.test(name) && !name.startsWith('/')),
  );
  test.each(files)('names a file that exists: %s', (name) => {
    const places = ['', 'src/main/oauth/', 'test/main/oauth/', 'src/main/', 'test/main/', 'src/'];
    expect(places.filter((place) => exists(`${place}${name}`))).not.toEqual([]);
  });

  const tests = readdirSync(new URL('test/main/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => read(`test/main/${name}`).split('\n'));
  const titles = unique(
    column('test').flatMap((cell) => [...cell.matchAll(/“([^”]+)”/g)].map(([, one = '']) => one)),
  );
  test.each(titles)('names a test that exists: %s', (title) => {
    // An ellipsis stands for what a table of cases fills in.
    const parts = title.split('…').map((part) => part.trim());
    const lines = tests.filter((line) => /['"`]/.test(line) && parts.every((part) => line.includes(part)));
    expect(lines).not.toEqual([]);
  });

  const problems = unique(column('problem').flatMap(code));
  test.each(problems)('names a problem that exists: %s', (name) => {
    const codes = Object.keys(problemCatalogue);
    expect(
      codes.filter((one) => one === name || (name.endsWith('*') && one.startsWith(name.slice(0, -1)))),
    ).not.toEqual([]);
  });

  test('names every repair there is, and no other', () => {
    const named = column('repair or file')
      .flatMap(code)
      .filter((name) => /^[a-z-]+$/.test(name));
    expect(unique(named)).toEqual(unique(repairs.map(({ name }) => name)));
  });

  test('names profiles of the sandbox that exist', () => {
    const named = column('profile').flatMap((cell) => code(cell).slice(0, 1));
    expect(named.filter((name) => !Object.hasOwn(profiles, name))).toEqual([]);
  });
});
