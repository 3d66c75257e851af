import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attackNames } from '../sandbox/profiles/hostile.ts';
import { currentPage } from './document.ts';
import { table } from './table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const source = (file: string) => readFileSync(join(ROOT, 'src', file), 'utf8');

test('every row has a name of its own, and there are many', () => {
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  expect(table.length).toBeGreaterThanOrEqual(80);
});

test('every attack of the sandbox is a row', () => {
  const rows = table.map(({ name }) => name);
  const renamed = new Map([
    ['ms-authorization-endpoint', 'ms-msdt-authorization-endpoint'],
    ['http-authorization-endpoint', 'plain-http-authorization-endpoint'],
  ]);
  expect(attackNames.filter((name) => !rows.includes(renamed.get(name) ?? name))).toEqual([]);
});

test('every guard is where the row says', () => {
  const lost = table.filter(({ guard }) => {
    const path = join(ROOT, 'src', guard.file);
    return !existsSync(path) || !source(guard.file).includes(guard.name);
  });
  expect(lost.map(({ name, guard }) => `${name}: ${guard.file} ${guard.name}`)).toEqual([]);
});

test('every guard that can be taken away still fits the source, exactly once', () => {
  const removals = table.flatMap(({ name, guard }) =>
    guard.removed ? [{ name, times: source(guard.file).split(guard.removed.text).length - 1 }] : [],
  );
  expect(removals.length).toBeGreaterThanOrEqual(20);
  expect(removals.filter(({ times }) => times !== 1)).toEqual([]);
});

test('docs/reliability.md has the table as it is; otherwise npm run hostile-table', () => {
  expect(readFileSync(join(ROOT, 'docs', 'reliability.md'), 'utf8')).toBe(currentPage());
});
