import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../../src/main/trace/log.ts';
import { temporaryFolder } from '../../support/folder.ts';

async function freshLog(maxSize?: number) {
  const path = join(await temporaryFolder(), 'logs', 'main.log');
  const log = openLog({ path, ...(maxSize !== undefined && { maxSize }) });
  return { path, log, read: () => readFile(path, 'utf8') };
}

test('an entry is one line: when, how bad, what', async () => {
  const { log, read } = await freshLog();
  log.info('Gatehouse 0.1.0 started');
  log.warn('nothing to worry about');
  const lines = (await read()).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\S+ info Gatehouse 0\.1\.0 started$/);
  expect(lines[1]).toMatch(/ warn nothing to worry about$/);
});

test('an error is written with where it came from', async () => {
  const { log, read } = await freshLog();
  log.error('not caught', new TypeError('x is not a function'));
  expect(await read()).toMatch(
    / error not caught: TypeError: x is not a function\\u\{a\} {4}at .*log\.test\.ts/,
  );
});

test('secrets are removed on the way to the file, also where an error echoes one', async () => {
  const { log, read } = await freshLog();
  const token = 'gho_16C7e42F292c6912E7710c838347Ae178B4a';
  log.warn(`asked with Authorization: Bearer ${token}`);
  log.warn('answered', new Error(`{"access_token":"${token}","refresh_token":"r-${token}"}`));
  log.error(`https://as.example/token?code=a-code-of-its-own&state=some-state`);
  log.error('twice', { toString: () => `refresh_token=${token}` });
  log.warn(`an echo of ${token}, bare`);
  const text = await read();
  for (const secret of [token, 'a-code-of-its-own', 'some-state']) expect(text).not.toContain(secret);
  expect(text.match(/•••/g)?.length).toBeGreaterThanOrEqual(7);
});

test('text from outside can’t start an entry of its own, reverse what is read, or fill the disk', async () => {
  const { log, read } = await freshLog();
  log.warn('said: x\n2026-01-01T00:00:00.000Z error forged \u202E\u0007');
  log.warn('y'.repeat(1_000_000));
  const text = await read();
  expect(text.trim().split('\n')).toHaveLength(2);
  expect(text).toContain('x\\u{a}2026-01-01T00:00:00.000Z error forged \\u{202e}\\u{7}');
  expect(text.length).toBeLessThan(20_000);
});

test('the file begins anew when it is full, and the one before it is kept', async () => {
  const { log, path, read } = await freshLog(2000);
  for (let index = 0; index < 100; index += 1) log.info(`entry ${index} ${'.'.repeat(50)}`);
  expect((await readdir(join(path, '..'))).sort()).toEqual(['main.log', 'main.old.log']);
  expect((await stat(path)).size).toBeLessThan(2200);
  expect(await read()).toContain('entry 99 ');
});

test('five mebibytes, unless told otherwise', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'main.log');
  await writeFile(path, 'x'.repeat(5 * 1024 * 1024 - 40));
  const log = openLog({ path });
  log.info(`${'.'.repeat(60)} now it is full`);
  expect(await readdir(folder)).toEqual(['main.log']);
  log.info('a new file');
  expect((await readdir(folder)).sort()).toEqual(['main.log', 'main.old.log']);
  expect((await stat(path)).size).toBeLessThan(200);
});

test('only the person may read it, and an erased folder comes back', async () => {
  const { log, path } = await freshLog();
  log.info('before');
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o077).toBe(0);
  await rm(join(path, '..'), { recursive: true });
  log.info('after');
  expect(await readFile(path, 'utf8')).toMatch(/after\n$/);
});

test('a file that can’t be written costs the entry and nothing else', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'logs'), 'not a folder');
  const log = openLog({ path: join(folder, 'logs', 'main.log') });
  expect(() => log.error('lost')).not.toThrow();
});
