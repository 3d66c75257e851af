import { copyFile, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { EntryFiles } from '../../../src/main/store/entry-files.ts';
import { filesBelow, temporaryFolder } from '../../support/folder.ts';

const schema = z.object({ id: z.string(), note: z.string() });
type Entry = z.infer<typeof schema>;

const entry = (id: string, note = `of ${id}`): Entry => ({ id, note });

/** The entries of a user data folder as they are when the app starts. */
async function startIn(folder: string) {
  const files = new EntryFiles<Entry>({
    folder: join(folder, 'entries'),
    schema,
    formerList: join(folder, 'entries.json'),
  });
  return { files, ...(await files.load()) };
}

async function folderWith(...ids: string[]): Promise<string> {
  const folder = await temporaryFolder();
  const { files } = await startIn(folder);
  for (const id of ids) await files.save(id, entry(id));
  return folder;
}

const writeFormerList = (folder: string, ...entries: Entry[]) =>
  writeFile(join(folder, 'entries.json'), JSON.stringify({ version: 1, content: entries }));

const namesIn = async (folder: string) => (await readdir(folder)).sort();

/** Which file stands behind each name now; a file that was replaced is another one. */
async function inodes(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).ino] as const)),
  );
}

test('entries survive a restart in the order they were added', async () => {
  const folder = await folderWith('b', 'a', 'c', 'd');
  const { files, entries } = await startIn(folder);
  expect(entries.map(({ id }) => id)).toEqual(['b', 'a', 'c', 'd']);
  await files.save('a', entry('a', 'changed'));
  await files.save('c', null);
  await files.save('e', entry('e'));
  expect((await startIn(folder)).entries).toEqual([
    entry('b'),
    entry('a', 'changed'),
    entry('d'),
    entry('e'),
  ]);
  expect(await namesIn(join(folder, 'entries'))).toEqual(['a.json', 'b.json', 'd.json', 'e.json']);
});

test('a save replaces one file, whose size does not depend on how many others there are', async () => {
  const sizes = await Promise.all(
    [1, 200].map(async (count) => {
      const ids = Array.from({ length: count }, (_, index) => `entry-${index}`);
      const folder = await temporaryFolder();
      const { files } = await startIn(folder);
      await Promise.all(ids.map((id) => files.save(id, entry(id))));
      const below = join(folder, 'entries');
      const before = await inodes(below);
      await files.save('entry-0', entry('entry-0', 'changed'));
      const after = await inodes(below);
      expect([...after].filter(([name, inode]) => before.get(name) !== inode)).toHaveLength(1);
      expect(await namesIn(folder)).toEqual(['entries']);
      return (await stat(join(below, 'entry-0.json'))).size;
    }),
  );
  expect(sizes[1]).toBe(sizes[0]);
});

test('of changes that arrive while a file is written, the newest is written', async () => {
  const folder = await temporaryFolder();
  const { files } = await startIn(folder);
  const saves = Array.from({ length: 100 }, (_, turn) =>
    files.save(turn % 2 ? 'odd' : 'even', entry(turn % 2 ? 'odd' : 'even', `${turn}`)),
  );
  void files.save('gone', entry('gone'));
  void files.save('gone', null);
  await Promise.all(saves);
  await files.settled();
  expect((await startIn(folder)).entries).toEqual([entry('even', '98'), entry('odd', '99')]);
});

test('a save that fails costs no other entry, and the next save of any brings it to disk', async () => {
  const folder = await folderWith('a', 'b');
  const { files } = await startIn(folder);
  const inTheWay = join(folder, 'entries', 'a.json');
  await rm(inTheWay);
  await mkdir(join(inTheWay, 'inside'), { recursive: true });
  const failing = files.save('a', entry('a', 'new'));
  await files.save('b', entry('b', 'new'));
  await expect(failing).rejects.toThrow();
  expect(JSON.parse(await readFile(join(folder, 'entries', 'b.json'), 'utf8'))).toMatchObject({
    content: { entry: { note: 'new' } },
  });
  await rm(inTheWay, { recursive: true });
  await files.save('b', entry('b', 'newer'));
  expect((await startIn(folder)).entries).toEqual([entry('a', 'new'), entry('b', 'newer')]);
});

const damages: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['half a document', '{"version":1,"content":{"place":0,"ent'],
  ['another schema', '{"version":1,"content":{"place":0,"entry":{"id":7}}}'],
  ['no place', '{"version":1,"content":{"entry":{"id":"b","note":""}}}'],
  ['a place that is none', '{"version":1,"content":{"place":-1,"entry":{"id":"b","note":""}}}'],
  ['a newer version', '{"version":2,"content":{"place":0,"entry":{"id":"b","note":""}}}'],
  ['an entry of another name', '{"version":1,"content":{"place":0,"entry":{"id":"a","note":""}}}'],
];

for (const [what, text] of damages) {
  test(`a file with ${what} is set aside, and the other entries are there`, async () => {
    const folder = await folderWith('a', 'b', 'c');
    const path = join(folder, 'entries', 'b.json');
    await writeFile(path, text);
    const { files, entries, notice } = await startIn(folder);
    expect(entries).toEqual([entry('a'), entry('c')]);
    expect(notice).toMatchObject({
      code: 'file-set-aside',
      params: { file: 'entries/b.json', copy: 'b.json.unreadable-1' },
    });
    await files.save('b', entry('b', 'again'));
    expect(await readFile(`${path}.unreadable-1`, 'utf8')).toBe(text);
    expect((await startIn(folder)).entries).toEqual([entry('a'), entry('c'), entry('b', 'again')]);
  });
}

test('several files set aside are one notice that names the first of them', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const folder = await folderWith(...ids);
  for (const id of ids.slice(1)) await writeFile(join(folder, 'entries', `${id}.json`), 'broken');
  const { entries, notice } = await startIn(folder);
  expect(entries).toEqual([entry('a')]);
  expect(notice?.code).toBe('file-set-aside');
  expect(notice?.params.file).toMatch(/^(entries\/[b-e]\.json, ){3}…$/);
  for (const id of ids.slice(1)) expect(notice?.detail).toContain(`entries/${id}.json: `);
});

test('a file that can not be read just now is left where it is, named first, and not overwritten', async () => {
  const folder = await folderWith('a', 'b', 'c');
  const path = join(folder, 'entries', 'b.json');
  await rm(path);
  // A link that leads to itself can't be read by anybody, whoever runs this.
  await symlink(path, path);
  await writeFile(join(folder, 'entries', 'c.json'), 'broken');
  const { files, entries, notice } = await startIn(folder);
  expect(entries).toEqual([entry('a')]);
  expect(notice).toMatchObject({
    code: 'file-not-read',
    params: { file: 'entries/b.json', reason: 'ELOOP' },
  });
  await expect(files.save('b', entry('b', 'other'))).rejects.toThrow('will not overwrite');
  await files.save('a', entry('a', 'new'));
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
});

test('what else lies in the folder is not read, and what cut-off writes left is removed', async () => {
  const folder = await folderWith('a');
  const below = join(folder, 'entries');
  await copyFile(join(below, 'a.json'), join(below, 'a copy.json'));
  await writeFile(join(below, 'notes.txt'), 'of the person');
  await writeFile(join(below, 'a.json.tmp-0123456789abcdef'), '{"version":1,"cont');
  expect(await startIn(folder)).toMatchObject({ entries: [entry('a')], notice: null });
  expect(await namesIn(below)).toEqual(['a copy.json', 'a.json', 'notes.txt']);
});

test('a file in the place of the folder is set aside', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'entries'), 'no folder');
  const { files, entries, notice } = await startIn(folder);
  expect([entries, notice]).toMatchObject([[], { code: 'file-set-aside', params: { file: 'entries' } }]);
  await files.save('a', entry('a'));
  expect((await startIn(folder)).entries).toEqual([entry('a')]);
  expect(await readFile(join(folder, 'entries.unreadable-1'), 'utf8')).toBe('no folder');
});

test('a folder that can not be read just now is left alone, and nothing is written to it', async () => {
  const folder = await temporaryFolder();
  await symlink(join(folder, 'entries'), join(folder, 'entries'));
  const { files, notice } = await startIn(folder);
  expect(notice).toMatchObject({ code: 'file-not-read', params: { file: 'entries', reason: 'ELOOP' } });
  await expect(files.save('a', entry('a'))).rejects.toThrow('could not be read');
});

test('no identifier leads out of the folder', async () => {
  const folder = await folderWith('a');
  const { files } = await startIn(folder);
  for (const id of ['../a', '', 'A', 'a/b']) await expect(files.save(id, entry(id))).rejects.toThrow();
  expect([...(await filesBelow(folder)).keys()]).toEqual(['entries/a.json']);
});

test('the former list becomes a file for each entry, in its order, and is deleted', async () => {
  const folder = await temporaryFolder();
  await writeFormerList(folder, entry('c'), entry('a'), entry('b'));
  expect(await startIn(folder)).toMatchObject({
    entries: [entry('c'), entry('a'), entry('b')],
    notice: null,
  });
  expect([...(await filesBelow(folder)).keys()]).toEqual([
    'entries/a.json',
    'entries/b.json',
    'entries/c.json',
  ]);
  expect((await startIn(folder)).entries.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
});

test('a change that was cut off in the middle goes on: an entry with a file is newer there', async () => {
  const folder = await folderWith('a');
  await writeFormerList(folder, entry('a', 'old'), entry('b'));
  expect((await startIn(folder)).entries).toEqual([entry('a'), entry('b')]);
  expect(await namesIn(folder)).toEqual(['entries']);
});

test('the former list stays until each of its entries has a file, and nothing removed comes back from it', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'entries'));
  const blocked = join(folder, 'entries', 'b.json');
  await symlink(blocked, blocked);
  await writeFormerList(folder, entry('a'), entry('b'), entry('c'));
  const first = await startIn(folder);
  expect(first.entries).toEqual([entry('a'), entry('b'), entry('c')]);
  await first.files.save('a', entry('a', 'changed'));
  await expect(first.files.save('c', null)).rejects.toThrow('will not overwrite');
  expect(await namesIn(folder)).toEqual(['entries', 'entries.json']);
  await rm(blocked);
  const second = await startIn(folder);
  expect(second.entries.toSorted((x, y) => x.id.localeCompare(y.id))).toEqual([
    entry('a', 'changed'),
    entry('b'),
    entry('c'),
  ]);
  await second.files.save('c', null);
  expect(await namesIn(folder)).toEqual(['entries']);
  expect((await startIn(folder)).entries.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a damaged former list is set aside, and the entries with a file are there', async () => {
  const folder = await folderWith('a');
  await writeFile(join(folder, 'entries.json'), '{"version":1,"content":[{"id"');
  const { entries, notice } = await startIn(folder);
  expect([entries, notice]).toMatchObject([
    [entry('a')],
    { code: 'file-set-aside', params: { file: 'entries.json' } },
  ]);
  expect(await namesIn(folder)).toEqual(['entries', 'entries.json.unreadable-1']);
});
