import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const ROOM = new URL('../../../src/main/oauth/', import.meta.url);
const files = readdirSync(ROOM).filter((name) => name.endsWith('.ts'));
const ALLOWED = /^(?:\.\/[a-z0-9-]+\.ts|\.\.\/\.\.\/shared\/[a-z/-]+\.ts|oauth4webapi|jose|zod|ipaddr\.js)$/;

describe.each(files)('%s', (name) => {
  const text = readFileSync(new URL(name, ROOM), 'utf8');

  test('has at most 250 lines', () => expect(text.split('\n').length).toBeLessThanOrEqual(251));

  test('imports nothing but shared code and the protocol libraries', () => {
    const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
    expect(imported.filter((from) => !ALLOWED.test(from))).toEqual([]);
  });

  test('has no clock and no timer of its own', () => {
    expect(text).not.toMatch(/Date\.now|performance\.now|setTimeout|setInterval|new Date\(\)/);
  });

  test('says of each public function what it is for', () => {
    const bare = [...text.matchAll(/^(.*)\nexport (?:async )?function (\w+)/gm)].filter(
      ([, before]) => before?.trim() !== '*/',
    );
    const inline = bare.filter(
      ([, before]) => !before?.trim().startsWith('/**') && !before?.trim().endsWith('*/'),
    );
    expect(inline.map(([, , called]) => called)).toEqual([]);
  });
});
