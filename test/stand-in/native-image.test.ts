import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nativeImage } from './native-image.ts';

test('a bitmap becomes a PNG of the same pixels', () => {
  // Half transparent red, then opaque blue, as Electron takes them: blue, green, red and alpha, multiplied by alpha.
  const image = nativeImage.createFromBitmap(Buffer.from([0, 0, 128, 128, 255, 0, 0, 255]), {
    width: 2,
    height: 1,
  });
  const png = image.toPNG();
  expect(image.getSize()).toEqual({ width: 2, height: 1 });
  const start = png.indexOf('IDAT') + 4;
  const rows = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  expect([...rows]).toEqual([0, 255, 0, 0, 128, 0, 0, 255, 255]);
});

test('a bitmap of another size is refused, further representations are remembered', () => {
  expect(() => nativeImage.createFromBitmap(Buffer.alloc(4), { width: 2, height: 1 })).toThrow();
  const image = nativeImage.createFromBitmap(Buffer.alloc(4), { width: 1, height: 1 });
  image.addRepresentation({ scaleFactor: 2, width: 2, height: 2, buffer: Buffer.alloc(16) });
  expect(image.getScaleFactors()).toEqual([1, 2]);
  expect(() =>
    image.addRepresentation({ scaleFactor: 3, width: 3, height: 3, buffer: Buffer.alloc(16) }),
  ).toThrow();
});
