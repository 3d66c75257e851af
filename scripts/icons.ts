import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumExecutable } from '../test/stand-in/chromium.ts';

const build = join(import.meta.dirname, '..', 'build');

/** The one drawing all icons are made from. */
export const iconDrawing = join(build, 'icon.svg');

/** macOS wants room around the drawing, which the drawing has; elsewhere an icon fills its square. */
const FRAMES = { room: '0 0 1024 1024', filled: '84 84 856 856' };

const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const WINDOWS_SIZES = [16, 20, 24, 32, 40, 48, 64, 256];
/** Types of an `icns` file that hold PNG, with their size in pixels. */
const MAC_TYPES = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 };

export interface Picture {
  readonly size: number;
  readonly png: Buffer;
  /** Rows from the top, four bytes per pixel: red, green, blue, alpha. */
  readonly pixels: Buffer;
}

/** Draws the icon with Chromium; sizes in pixels. */
export async function drawIcons(sizes: readonly number[], frame: keyof typeof FRAMES): Promise<Picture[]> {
  const drawing = (await readFile(iconDrawing, 'utf8')).replace(
    /viewBox="[^"]*"/,
    `viewBox="${FRAMES[frame]}"`,
  );
  const found =
    process.platform === 'linux' ? { executablePath: await chromiumExecutable() } : { channel: 'chrome' };
  const browser = await chromium.launch({ ...found, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const pictures: Picture[] = [];
    for (const size of sizes) {
      const sized = drawing.replace('<svg ', `<svg width="${size}" height="${size}" `);
      const [png = '', pixels = ''] = await page.evaluate(
        async ([source, edge]) => {
          const image = new Image();
          image.src = `data:image/svg+xml;base64,${btoa(source)}`;
          await image.decode();
          const canvas = new OffscreenCanvas(edge, edge);
          const context = canvas.getContext('2d');
          context?.drawImage(image, 0, 0, edge, edge);
          const data = context?.getImageData(0, 0, edge, edge).data ?? new Uint8ClampedArray();
          const encoded = (blob: Blob) =>
            new Promise<string>((resolve, reject) => {
              const reader = new FileReader();
              reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
              reader.onerror = () => reject(reader.error);
              reader.readAsDataURL(blob);
            });
          const blobs = [await canvas.convertToBlob({ type: 'image/png' }), new Blob([data])];
          return await Promise.all(blobs.map(encoded));
        },
        [sized, size] as const,
      );
      pictures.push({ size, png: Buffer.from(png, 'base64'), pixels: Buffer.from(pixels, 'base64') });
    }
    return pictures;
  } finally {
    await browser.close();
  }
}

/** Windows: small pictures as bitmaps, which every program can read, the largest as PNG. */
export function icoFile(pictures: readonly Picture[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  const contents = pictures.map((picture) => (picture.size < 256 ? bitmap(picture) : picture.png));
  let offset = header.length;
  for (const [index, { size }] of pictures.entries()) {
    const entry = 6 + 16 * index;
    const length = contents[index]?.length ?? 0;
    // 256 does not fit the byte and is written as 0.
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += length;
  }
  return Buffer.concat([header, ...contents]);
}

/** A device-independent bitmap as icons hold it: rows from the bottom, blue first, then an empty mask. */
function bitmap({ size, pixels }: Picture): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(size, 4);
  header.writeInt32LE(size * 2, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const colours = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = ((size - 1 - row) * size + column) * 4;
      const to = (row * size + column) * 4;
      colours[to] = pixels[from + 2] ?? 0;
      colours[to + 1] = pixels[from + 1] ?? 0;
      colours[to + 2] = pixels[from] ?? 0;
      colours[to + 3] = pixels[from + 3] ?? 0;
    }
  }
  const mask = Buffer.alloc(Math.ceil(size / 32) * 4 * size);
  return Buffer.concat([header, colours, mask]);
}

/** macOS: PNG pictures, each with the name of its size. */
export function icnsFile(pictures: readonly Picture[]): Buffer {
  const entries = Object.entries(MAC_TYPES).map(([type, size]) => {
    const png = pictures.find((picture) => picture.size === size)?.png ?? Buffer.alloc(0);
    return Buffer.concat([Buffer.from(type), lengthOf(png.length + 8), png]);
  });
  const body = Buffer.concat(entries);
  return Buffer.concat([Buffer.from('icns'), lengthOf(body.length + 8), body]);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

if (import.meta.main) {
  const folder = join(build, 'icons');
  await mkdir(folder, { recursive: true });
  for (const { size, png } of await drawIcons(LINUX_SIZES, 'filled')) {
    await writeFile(join(folder, `${size}x${size}.png`), png);
  }
  await writeFile(join(build, 'icon.ico'), icoFile(await drawIcons(WINDOWS_SIZES, 'filled')));
  const macSizes = [...new Set(Object.values(MAC_TYPES))];
  await writeFile(join(build, 'icon.icns'), icnsFile(await drawIcons(macSizes, 'room')));
  console.log('Wrote build/icons/, build/icon.ico and build/icon.icns');
}
