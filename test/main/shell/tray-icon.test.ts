import { expect, test } from 'vitest';
import { trayBitmap } from '../../../src/main/shell/tray-icon.ts';

/** Blue, green, red and alpha at a place on the drawing's square of 24. */
function at({ pixels, size }: ReturnType<typeof trayBitmap>, x: number, y: number): number[] {
  const index = (Math.floor((y * size) / 24) * size + Math.floor((x * size) / 24)) * 4;
  return [...pixels.subarray(index, index + 4)];
}

for (const size of [16, 24, 32]) {
  test(`${size} pixels: a gate with a keyhole, and nothing in the corners`, () => {
    const bitmap = trayBitmap(size, { template: false, attention: false });
    expect(bitmap.pixels).toHaveLength(size * size * 4);
    expect(at(bitmap, 5, 15)[3]).toBe(255);
    expect(at(bitmap, 12, 11)[3]).toBe(0);
    expect(at(bitmap, 12, 20)[3]).toBe(0);
    for (const [x, y] of [
      [0.5, 0.5],
      [23.5, 0.5],
      [23.5, 23.5],
    ] as const)
      expect(at(bitmap, x, y)[3]).toBe(0);
  });
}

test('with a dot when something needs the person', () => {
  const [calm, attention] = [false, true].map((one) => trayBitmap(32, { template: false, attention: one }));
  if (!calm || !attention) throw new Error();
  expect(at(attention, 18.5, 18.5)).not.toEqual(at(calm, 18.5, 18.5));
  // Amber: more red than blue.
  const [blue = 0, , red = 0] = at(attention, 18.5, 18.5);
  expect(red).toBeGreaterThan(blue);
});

test('for macOS it is black and its alpha alone, and colours never exceed alpha', () => {
  const { pixels } = trayBitmap(32, { template: true, attention: true });
  for (let index = 0; index < pixels.length; index += 4) {
    expect([...pixels.subarray(index, index + 3)]).toEqual([0, 0, 0]);
  }
  const coloured = trayBitmap(32, { template: false, attention: true }).pixels;
  for (let index = 0; index < coloured.length; index += 4) {
    const [blue = 0, green = 0, red = 0, alpha = 0] = coloured.subarray(index, index + 4);
    expect(Math.max(blue, green, red)).toBeLessThanOrEqual(alpha);
  }
});
