import { watch } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { JsonFile, type Migration, removeLeftovers } from '../../../src/main/store/json-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { until } from '../../support/time.ts';

const schema = z.array(z.object({ id: z.string(), note: z.string() }));
const entries = [
  { id: 'one', note: 'first' },
  { id: 'two', note: 'second – with “text” beyond ASCII' },
];

async function fileIn(folder: string, migrations: Migration[] = []) {
  const path = join(folder, 'entries.json');
  return { path, file: new JsonFile({ path, schema, empty: () => [], migrations }) };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

test('what was saved is loaded again', async () => {
  const folder = await temporaryFolder();
  const { file } = await fileIn(folder);
  await file.save(entries);
  expect(await (await fileIn(folder)).file.load()).toEqual({ value: entries, notice: null });
});

test('a missing file is empty and no reason for a notice', async () => {
  const { file, path } = await fileIn(join(await temporaryFolder(), 'not', 'yet'));
  expect(await file.load()).toEqual({ value: [], notice: null });
  await file.save(entries);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 1, content: entries });
});

test('only the person may read the file and its folder', async () => {
  const folder = join(await temporaryFolder(), 'data');
  const { file, path } = await fileIn(folder);
  await file.save(entries);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

/** Loads a damaged file: whole, or set aside under a name the notice tells, with its bytes untouched. */
async function expectWholeOrSetAside(damaged: Buffer, saved: Buffer): Promise<void> {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  await writeFile(path, damaged);
  const { value, notice } = await file.load();
  if (notice === null) {
    // A flipped bit may still be a document by our schema; what was read is then exactly what is there.
    expect(value).toEqual((JSON.parse(damaged.toString()) as { content: unknown }).content);
    return;
  }
  expect(value).toEqual([]);
  expect(notice).toMatchObject({
    code: 'file-set-aside',
    params: { file: 'entries.json', copy: 'entries.json.unreadable-1' },
  });
  await file.save(entries);
  expect(await readFile(join(folder, 'entries.json.unreadable-1'))).toEqual(damaged);
  expect(await readFile(path)).toEqual(saved);
}

async function savedBytes(): Promise<Buffer> {
  const { file, path } = await fileIn(await temporaryFolder());
  await file.save(entries);
  return readFile(path);
}

test('a file cut at any byte is set aside whole and never overwritten', async () => {
  const saved = await savedBytes();
  await Promise.all(
    Array.from({ length: saved.length }, (_, length) =>
      expectWholeOrSetAside(saved.subarray(0, length), saved),
    ),
  );
});

test('a file with a flipped bit is read as it is or set aside', async () => {
  const saved = await savedBytes();
  await fc.assert(
    fc.asyncProperty(fc.nat(saved.length - 1), fc.nat(7), async (index, bit) => {
      const damaged = Buffer.from(saved);
      damaged.writeUInt8(damaged.readUInt8(index) ^ (1 << bit), index);
      await expectWholeOrSetAside(damaged, saved);
    }),
    { numRuns: 100 },
  );
});

const strange: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['zero bytes', '\0'.repeat(100)],
  ['null', 'null'],
  ['a list', '[]'],
  ['text', '"hello"'],
  ['no version', '{"content":[]}'],
  ['version 0', '{"version":0,"content":[]}'],
  ['a newer version', '{"version":2,"content":[]}'],
  ['version one and a half', '{"version":1.5,"content":[]}'],
  ['a version as text', '{"version":"1","content":[]}'],
  ['another schema', '{"version":1,"content":[{"id":1}]}'],
  ['no content', '{"version":1}'],
  ['a byte order mark', '\uFEFF{"version":1,"content":[]}'],
];

for (const [what, text] of strange) {
  test(`a file with ${what} is set aside and named`, async () => {
    const folder = await temporaryFolder();
    const { file, path } = await fileIn(folder);
    await writeFile(path, text);
    const { value, notice } = await file.load();
    expect([value, notice?.code]).toEqual([[], 'file-set-aside']);
    expect(await readFile(`${path}.unreadable-1`, 'utf8')).toBe(text);
    await file.save(entries);
    expect(await namesIn(folder)).toEqual(['entries.json', 'entries.json.unreadable-1']);
  });
}

test('files set aside earlier are kept beside the newest', async () => {
  const folder = await temporaryFolder();
  for (const number of [1, 2, 3]) {
    const { file, path } = await fileIn(folder);
    await writeFile(path, `broken ${number}`);
    expect((await file.load()).notice?.params.copy).toBe(`entries.json.unreadable-${number}`);
  }
  expect(await readFile(join(folder, 'entries.json.unreadable-2'), 'utf8')).toBe('broken 2');
});

test('a folder in the place of the file is set aside with what it holds', async () => {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  await mkdir(join(path, 'inside'), { recursive: true });
  expect((await file.load()).notice?.code).toBe('file-set-aside');
  await file.save(entries);
  expect(await namesIn(join(folder, 'entries.json.unreadable-1'))).toEqual(['inside']);
});

test('what can not be read just now is left where it is, named, and not overwritten', async () => {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  // A link that leads to itself can't be read by anybody, whoever runs this.
  await symlink(path, path);
  const { value, notice } = await file.load();
  expect([value, notice]).toMatchObject([
    [],
    { code: 'file-not-read', params: { file: 'entries.json', reason: 'ELOOP' } },
  ]);
  await expect(file.save(entries)).rejects.toThrow('will not overwrite');
  expect(await namesIn(folder)).toEqual(['entries.json']);
  expect(await readlink(path)).toBe(path);
});

test('what is no document and can not be set aside is not overwritten', async () => {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  await writeFile(path, 'broken');
  // Every name it could be set aside under is taken.
  const taken = Array.from({ length: 1000 }, (_, index) => `${path}.unreadable-${index + 1}`);
  await Promise.all(taken.map((name) => writeFile(name, '')));
  expect((await file.load()).notice).toMatchObject({
    code: 'file-not-read',
    params: { file: 'entries.json', reason: 'damaged' },
  });
  await expect(file.save(entries)).rejects.toThrow('will not overwrite');
  expect(await readFile(path, 'utf8')).toBe('broken');
});

test('an old version is migrated step by step; one that fails is set aside', async () => {
  const folder = await temporaryFolder();
  const migrations: Migration[] = [
    (content) => (content as string[]).map((id) => ({ id })),
    (content) => (content as { id: string }[]).map(({ id }) => ({ id, note: 'none yet' })),
  ];
  const { file, path } = await fileIn(folder, migrations);
  await writeFile(path, '{"version":1,"content":["one"]}');
  expect(await file.load()).toEqual({ value: [{ id: 'one', note: 'none yet' }], notice: null });
  await file.save(entries);
  expect(JSON.parse(await readFile(path, 'utf8')).version).toBe(3);
  await writeFile(path, '{"version":1,"content":7}');
  expect((await (await fileIn(folder, migrations)).file.load()).notice?.code).toBe('file-set-aside');
});

test('saves that arrive while one is under way are written as one, the newest content', async () => {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  const saves = Array.from({ length: 200 }, (_, index) => file.save([{ id: 'x', note: `${index}` }]));
  // All but the first share one write, so they share one promise.
  expect(new Set(saves).size).toBeLessThanOrEqual(2);
  await Promise.all(saves);
  expect(JSON.parse(await readFile(path, 'utf8')).content).toEqual([{ id: 'x', note: '199' }]);
  expect(await namesIn(folder)).toEqual(['entries.json']);
});

test('a save that fails leaves the old content; the next one works', async () => {
  const folder = await temporaryFolder();
  const { file, path } = await fileIn(folder);
  await mkdir(join(path, 'in-the-way'), { recursive: true });
  await expect(file.save(entries)).rejects.toThrow();
  await file.settled();
  await rm(path, { recursive: true });
  await file.save(entries);
  expect(JSON.parse(await readFile(path, 'utf8')).content).toEqual(entries);
});

test('after a crash in the middle of a write the old content is still whole', async () => {
  const folder = await temporaryFolder();
  const { file } = await fileIn(folder);
  await file.save(entries);
  // What a crash leaves: the temporary file, half written, beside the real one.
  await writeFile(join(folder, 'entries.json.tmp-0123456789'), '{"version":1,"cont');
  expect(await (await fileIn(folder)).file.load()).toEqual({ value: entries, notice: null });
});

test('what cut-off writes left is removed at the next start, and nothing else', async () => {
  const folder = await temporaryFolder();
  const { file } = await fileIn(folder);
  await file.save(entries);
  const kept = ['entries.json.tmp', 'entries.json.unreadable-1', 'notes.tmp-0123456789abcdef'];
  const left = ['entries.json.tmp-0123456789abcdef', 'another.json.tmp-9876543210012345'];
  for (const name of [...kept, ...left]) await writeFile(join(folder, name), 'half a docum');
  await removeLeftovers(folder);
  expect(await namesIn(folder)).toEqual(['entries.json', ...kept].sort());
  await removeLeftovers(join(folder, 'nowhere'));
});

test('a killed write leaves nothing that the next start would not know', async () => {
  const folder = await temporaryFolder();
  const names = new Set<string>();
  const watcher = watch(folder, (_, name) => name && names.add(name));
  const { file } = await fileIn(folder);
  await file.save(entries);
  await until(() => names.size === 2);
  watcher.close();
  // The name the library really gives to what it has not finished.
  const [temporary = ''] = [...names].filter((name) => name !== 'entries.json');
  await writeFile(join(folder, temporary), 'half a docum');
  await removeLeftovers(folder);
  expect(await namesIn(folder)).toEqual(['entries.json']);
});
