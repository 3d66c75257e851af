import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawIcons } from '../../scripts/icons.ts';

const build = join(import.meta.dirname, '..', '..', 'build');

/** Width and height of a PNG (its IHDR chunk). */
function pngSize(png: Buffer): [number, number] {
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

/** The pictures of an `ico` file by their size; each a PNG or a bitmap. */
async function icoPictures(): Promise<Map<number, Buffer>> {
  const file = await readFile(join(build, 'icon.ico'));
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
  const pictures = new Map<number, Buffer>();
  for (let index = 0; index < file.readUInt16LE(4); index++) {
    const entry = 6 + 16 * index;
    const [length, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)];
    expect(offset + length).toBeLessThanOrEqual(file.length);
    pictures.set(file.readUInt8(entry) || 256, file.subarray(offset, offset + length));
  }
  return pictures;
}

/** The pictures of an `icns` file by their type. */
async function icnsPictures(): Promise<Map<string, Buffer>> {
  const file = await readFile(join(build, 'icon.icns'));
  expect(file.subarray(0, 4).toString()).toBe('icns');
  expect(file.readUInt32BE(4)).toBe(file.length);
  const pictures = new Map<string, Buffer>();
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    pictures.set(file.subarray(at, at + 4).toString(), file.subarray(at + 8, at + file.readUInt32BE(at + 4)));
  }
  return pictures;
}

test('Windows: every size its shell asks for, the largest as PNG', async () => {
  const pictures = await icoPictures();
  expect([...pictures.keys()]).toEqual([16, 20, 24, 32, 40, 48, 64, 256]);
  for (const [size, picture] of pictures) {
    if (size === 256) expect(pngSize(picture)).toEqual([256, 256]);
    else {
      // A bitmap of twice the height: the colours, then the mask, its rows filled up to four bytes.
      expect([picture.readInt32LE(4), picture.readInt32LE(8)]).toEqual([size, size * 2]);
      expect(picture.length).toBe(40 + size * size * 4 + Math.ceil(size / 32) * 4 * size);
    }
  }
});

test('macOS: every size, up to 512 at double density', async () => {
  const sizes = [...(await icnsPictures())].map(([type, png]) => [type, pngSize(png)[0]]);
  expect(Object.fromEntries(sizes)).toEqual({
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic13: 256,
    ic08: 256,
    ic14: 512,
    ic09: 512,
    ic10: 1024,
  });
});

test('the pictures in the repository are those of the drawing', async () => {
  const [drawn] = await drawIcons([48], 'filled');
  const bitmap = (await icoPictures()).get(48) ?? Buffer.alloc(0);
  let difference = 0;
  for (let row = 0; row < 48; row++) {
    for (let column = 0; column < 48; column++) {
      const kept = 40 + ((47 - row) * 48 + column) * 4;
      const fresh = (row * 48 + column) * 4;
      for (const [from, to] of [
        [0, 2],
        [1, 1],
        [2, 0],
        [3, 3],
      ] as const) {
        difference += Math.abs((bitmap[kept + to] ?? 0) - (drawn?.pixels[fresh + from] ?? 0));
      }
    }
  }
  // Another version of Chromium may smooth an edge otherwise, and no more.
  expect(difference / (48 * 48 * 4)).toBeLessThan(2);
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
    const png = await readFile(join(build, 'icons', `${size}x${size}.png`));
    expect(pngSize(png)).toEqual([size, size]);
  }
});
