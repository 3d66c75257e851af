import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(root, 'SECURITY.md'), 'utf8');

/** Each test SECURITY.md names: its file, and words of its title. One file may be followed by several titles. */
function named(): { file: string; title: string }[] {
  const found: { file: string; title: string }[] = [];
  for (const line of document.split('\n')) {
    let file = '';
    for (const [, path, title] of line.matchAll(/`(test\/[\w./-]+\.test\.tsx?)`|“([^”]+)”/g)) {
      if (path) file = path;
      else if (file && title) found.push({ file, title });
    }
  }
  return found;
}

test('every test SECURITY.md names exists', () => {
  const all = named();
  expect(all.length).toBeGreaterThan(35);
  const missing = all.filter(({ file, title }) => {
    const path = join(root, file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
  });
  expect(missing).toEqual([]);
});

test('every item of Electron’s checklist has its line and its test', () => {
  for (let item = 1; item <= 20; item++) {
    const line = document.split('\n').find((one) => one.startsWith(`| ${item} |`));
    expect([item, line]).toEqual([item, expect.stringMatching(/`test\/[^`]+` “[^”]+”/)]);
  }
});

test('there is no address but the hosting’s own way to report', () => {
  expect(document).toContain('Report a vulnerability');
  expect(document).not.toMatch(/[\w.]+@[\w-]+\.\w+/);
});
