import { expect, test } from 'vitest';
import { jsonSize } from '../../../src/main/servers/json-size.ts';
import { type ListPage, walkList } from '../../../src/main/servers/list-walk.ts';

const bounds = { pages: 5, entries: 10, characters: 100 };
const parse = (sent: unknown) => (typeof sent === 'string' ? { entry: sent, size: sent.length } : null);
const walk = (page: (cursor: string | undefined, number: number) => Partial<ListPage>) => {
  let number = 0;
  return walkList(
    async (cursor) => ({ entries: [], ttlMs: null, cacheScope: 'public', ...page(cursor, number++) }),
    parse,
    (entry) => entry,
    bounds,
  );
};

test('a list without end ends at the last page that is asked for', async () => {
  const list = await walk((_, number) => ({ entries: [`entry ${number}`], nextCursor: String(number) }));
  expect(list).toMatchObject({ note: 'too-many-pages', leftOut: 0 });
  expect(list.entries).toEqual(['entry 0', 'entry 1', 'entry 2', 'entry 3', 'entry 4']);
});

test('no more entries are kept than the bound says, however they are spread over pages', async () => {
  const many = Array.from({ length: 7 }, (_, index) => index);
  const list = await walk((_, page) => ({
    entries: many.map((index) => `${page}.${index}`),
    nextCursor: String(page),
  }));
  expect([list.entries.length, list.note]).toEqual([10, 'too-many-entries']);
  const exact = await walk(() => ({ entries: Array.from({ length: 10 }, (_, index) => String(index)) }));
  expect([exact.entries.length, exact.note]).toEqual([10, null]);
});

test('no more text is kept than the bound says', async () => {
  const list = await walk(() => ({ entries: ['x'.repeat(60), 'y'.repeat(41)] }));
  expect([list.entries, list.note]).toEqual([['x'.repeat(60)], 'too-large']);
  const cursor = await walk(() => ({ entries: ['a'], nextCursor: 'c'.repeat(70_000) }));
  expect([cursor.entries, cursor.note]).toEqual([['a'], 'too-large']);
});

test('two pages that name each other end', async () => {
  const list = await walk((cursor) => ({
    entries: [`page ${cursor}`],
    nextCursor: cursor === 'a' ? 'b' : 'a',
  }));
  expect([list.entries, list.note]).toEqual([['page undefined', 'page a', 'page b'], 'cursor-repeated']);
});

test('a list is public only when every page is', async () => {
  const scopes = ['public', 'private', 'public'] as const;
  const page = (_: unknown, number: number) => ({
    cacheScope: scopes[number] ?? 'public',
    ...(number < 2 && { nextCursor: String(number) }),
  });
  expect((await walk(page)).cacheScope).toBe('private');
  expect((await walk(() => ({}))).cacheScope).toBe('public');
});

test('what a page throws is thrown', async () => {
  await expect(
    walk(() => {
      throw new Error('refused');
    }),
  ).rejects.toThrow('refused');
});

test('size counts names and strings by character, all else as one, and stops at the bounds', () => {
  const roomy = { depth: 10, characters: 1000 };
  expect(jsonSize('abc', roomy)).toBe(3);
  expect(jsonSize(null, roomy)).toBe(1);
  expect(jsonSize({ ab: 'cd', e: [1, true] }, roomy)).toBe(1 + 2 + 2 + 1 + 1 + 1 + 1);
  expect(jsonSize([[[]]], { depth: 3, characters: 10 })).toBe(3);
  expect(jsonSize([[[[]]]], { depth: 3, characters: 10 })).toBeNull();
  expect(jsonSize({ name: 'x'.repeat(996) }, roomy)).toBeNull();
  expect(jsonSize(Array(1000).fill(0), roomy)).toBeNull();
  let nested: unknown = {};
  for (let level = 0; level < 1_000_000; level += 1) nested = { nested };
  expect(jsonSize(nested, { depth: 64, characters: 1e9 })).toBeNull();
  expect(jsonSize(nested, { depth: 1e9, characters: 1e9 })).toBe(1 + 7 * 1_000_000);
});
