import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { Book, type BookChange } from '../../../src/main/store/book.ts';
import { ListFile } from '../../../src/main/store/list-file.ts';
import { problemCatalogue } from '../../../src/shared/problems.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';

interface Entry {
  id: string;
  note: string;
}
const schema = z.array(z.object({ id: z.string(), note: z.string() }));

async function bookIn(folder: string) {
  const book = new Book<Entry>(new ListFile({ path: join(folder, 'book.json'), schema }));
  return { book, notice: await book.load() };
}

test('entries survive a restart in their order', async () => {
  const folder = await temporaryFolder();
  const { book } = await bookIn(folder);
  for (const id of ['b', 'a', 'c']) await book.put({ id, note: id });
  await book.change('a', (entry) => ({ ...entry, note: 'changed' }));
  await book.remove('b');
  expect((await bookIn(folder)).book.all()).toEqual([
    { id: 'a', note: 'changed' },
    { id: 'c', note: 'c' },
  ]);
});

test('a change is visible at once and on disk when the book has settled', async () => {
  const folder = await temporaryFolder();
  const { book } = await bookIn(folder);
  void book.put({ id: 'a', note: 'x' });
  expect(book.get('a')).toEqual({ id: 'a', note: 'x' });
  await book.settled();
  expect((await bookIn(folder)).book.all()).toHaveLength(1);
});

test('listeners hear what changed, with what was before, until they stop', async () => {
  const { book } = await bookIn(await temporaryFolder());
  const heard: BookChange<Entry>[] = [];
  const stop = book.listen((change) => heard.push(change));
  await book.put({ id: 'a', note: '1' });
  await book.put({ id: 'a', note: '2' });
  await book.change('nobody', (entry) => entry);
  await book.remove('nobody');
  await book.remove('a');
  stop();
  await book.put({ id: 'b', note: '' });
  expect(heard).toEqual([
    { kind: 'changed', entry: { id: 'a', note: '1' }, before: null },
    { kind: 'changed', entry: { id: 'a', note: '2' }, before: { id: 'a', note: '1' } },
    { kind: 'removed', entry: { id: 'a', note: '2' } },
  ]);
});

test('a save that fails is told, the change stays in memory, and the next save brings it to disk', async () => {
  const folder = await temporaryFolder();
  const { book } = await bookIn(folder);
  const failures: unknown[] = [];
  book.onSaveFailure((error) => failures.push(error));
  await mkdir(join(folder, 'book.json', 'in-the-way'), { recursive: true });
  await book.put({ id: 'a', note: 'x' });
  expect(failures).toHaveLength(1);
  expect(book.all()).toHaveLength(1);
  await rm(join(folder, 'book.json'), { recursive: true });
  await book.put({ id: 'b', note: 'y' });
  expect((await bookIn(folder)).book.all()).toHaveLength(2);
});

test('each broken file of a profile is set aside by itself; the app starts with the rest', async () => {
  const sandbox = await sandboxForTest();
  const first = await startCore({ sandbox });
  const { account } = await first.signedIn();
  await first.core.stop();
  for (const file of ['servers.json', 'registrations.json', 'settings.json', 'issuers.json']) {
    await writeFile(join(first.folder, file), 'broken');
  }
  const app = await startCore({ folder: first.folder, time: first.time });
  expect(app.notices.map(({ code, params }) => `${code} ${params.file}`).sort()).toEqual([
    'file-set-aside issuers.json',
    'file-set-aside registrations.json',
    'file-set-aside servers.json',
    'file-set-aside settings.json',
  ]);
  expect(app.core.accounts.all().map(({ id }) => id)).toEqual([account.id]);
  expect(await readFile(join(app.folder, 'servers.json.unreadable-1'), 'utf8')).toBe('broken');
  await app.addServer({ url: 'https://mcp.example/mcp' });
  expect(problemCatalogue['file-set-aside'].severity).toBe('warning');
});
