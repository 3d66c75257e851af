import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PlaceFile } from '../../../src/main/shell/place-file.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { SimulatedTime, until } from '../../support/time.ts';

const place = (x: number) => ({ bounds: { x, y: 0, width: 800, height: 600 }, maximized: false });

async function placeFile() {
  const path = join(await temporaryFolder(), 'new', 'window.json');
  const time = new SimulatedTime(0);
  return { path, time, file: new PlaceFile(path, time) };
}

test('a place is written once the window rests, and read at the next start', async () => {
  const { path, time, file } = await placeFile();
  expect(await file.read()).toBeNull();
  for (let x = 0; x < 50; x += 1) {
    file.note(place(x));
    time.advance(100);
  }
  expect(time.armed).toBe(1);
  time.advance(500);
  await file.settled();
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(place(49));
  expect(await new PlaceFile(path, time).read()).toEqual(place(49));
});

test('at the end what is noted is written at once', async () => {
  const { file } = await placeFile();
  file.note(place(7));
  await file.settled();
  expect(await file.read()).toEqual(place(7));
  await file.settled();
});

test('a place that can’t be written is no failure', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const time = new SimulatedTime(0);
  const file = new PlaceFile(join(folder, 'file', 'window.json'), time);
  file.note(place(1));
  time.advance(1000);
  await file.settled();
  await until(async () => (await file.read()) === null);
});
