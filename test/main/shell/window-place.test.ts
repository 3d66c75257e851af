import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePlace, placeWindow, type Rectangle, SMALLEST } from '../../../src/main/shell/window-place.ts';

const laptop: Rectangle = { x: 0, y: 25, width: 1440, height: 875 };
const left: Rectangle = { x: -1920, y: 0, width: 1920, height: 1080 };
const saved = (bounds: Rectangle, maximized = false) => ({ bounds, maximized });

test('the first window is of the usual size in the middle, or as large as the screen', () => {
  expect(placeWindow(null, [laptop])).toEqual({ bounds: { width: 1180, height: 780 }, maximized: false });
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 600 }]).bounds).toEqual({
    width: 1024,
    height: 600,
  });
});

test('a window goes where it was, on a second screen too', () => {
  const bounds = { x: -1500, y: 100, width: 900, height: 700 };
  expect(placeWindow(saved(bounds, true), [laptop, left])).toEqual({ bounds, maximized: true });
});

test('when its screen is gone it comes to the middle of the first one, with its size', () => {
  const bounds = { x: -1500, y: 100, width: 900, height: 700 };
  expect(placeWindow(saved(bounds), [laptop])).toEqual({
    bounds: { width: 900, height: 700 },
    maximized: false,
  });
});

test.each([
  ['above the screen', { x: 100, y: -200, width: 900, height: 700 }],
  ['with its title below the screen', { x: 100, y: 890, width: 900, height: 700 }],
  ['with a sliver at the right', { x: 1400, y: 100, width: 900, height: 700 }],
  ['far away', { x: 90_000, y: 90_000, width: 900, height: 700 }],
])('a window nobody could take hold of comes back: %s', (_, bounds) => {
  expect(placeWindow(saved(bounds), [laptop]).bounds).toEqual({ width: 900, height: 700 });
});

test('a window partly off the screen stays where the person left it', () => {
  const bounds = { x: 1200, y: 400, width: 900, height: 700 };
  expect(placeWindow(saved(bounds), [laptop]).bounds).toEqual(bounds);
});

test('whatever was saved and whatever screens there are, the window can be seen, moved and used', () => {
  const number = fc.integer({ min: -5000, max: 5000 });
  const rectangle = (smallest: number) =>
    fc.record({
      x: number,
      y: number,
      width: fc.integer({ min: smallest, max: 4000 }),
      height: fc.integer({ min: smallest, max: 4000 }),
    });
  fc.assert(
    fc.property(
      rectangle(1),
      fc.array(rectangle(600), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (bounds, areas, maximized) => {
        const { bounds: placed } = placeWindow(saved(bounds, maximized), areas);
        expect(placed.width).toBeGreaterThanOrEqual(SMALLEST.width);
        expect(placed.height).toBeGreaterThanOrEqual(SMALLEST.height);
        if (placed.x === undefined || placed.y === undefined) return;
        const { x, y } = placed;
        const reachable = areas.some((area) => {
          const seen = Math.min(x + placed.width, area.x + area.width) - Math.max(x, area.x);
          return seen >= 100 && y >= area.y && y + 32 <= area.y + area.height;
        });
        expect(reachable).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('what is written is read again, and anything else is no place', () => {
  const place = saved({ x: -10, y: 0, width: 800, height: 600 }, true);
  expect(parsePlace(JSON.stringify(place))).toEqual(place);
  const broken = [
    '',
    'null',
    '[]',
    '{}',
    '{"bounds":null}',
    '{"bounds":{"x":1,"y":1,"width":1}}',
    '{"bounds":{"x":1,"y":1,"width":0,"height":5}}',
    '{"bounds":{"x":"1","y":1,"width":5,"height":5}}',
    '{"bounds":{"x":1e300,"y":1,"width":5,"height":5}}',
  ];
  for (const text of broken) expect([text, parsePlace(text)]).toEqual([text, null]);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => parsePlace(text)).not.toThrow();
    }),
  );
});
