import { expect, test } from 'vitest';
import { Seeded } from '../crash/seeded.ts';
import { drawFault } from './faults.ts';
import { BOUNDS, type Figure, judge, type Sample } from './measure.ts';

const steady: Sample = { heapMiB: 50, handles: 10, sockets: 100, descriptors: 170, files: 300, traces: 200 };

/** Forty samples, the figures of each by its number. */
const samples = (change: (number: number) => Partial<Sample> = () => ({})): Sample[] =>
  Array.from({ length: 40 }, (_, number) => ({ ...steady, ...change(number) }));

const grown = (run: readonly Sample[]): Figure[] =>
  judge(run).flatMap(({ bound, isFlat }) => (isFlat ? [] : [bound.figure]));

test('a run whose figures stay is flat, whatever happened in its first half', () => {
  expect(grown(samples())).toEqual([]);
  expect(grown(samples((number) => (number < 20 ? { heapMiB: number, files: 10 * number } : {})))).toEqual(
    [],
  );
});

test.each(BOUNDS)(
  '$figure that grows by more than its bound in the second half is noticed',
  ({ figure, most }) => {
    const growing = (step: number) =>
      samples((number) => ({ [figure]: steady[figure as 'files'] + (number >= 33 ? step : 0) }));
    expect(grown(growing(most))).toEqual([]);
    expect(grown(growing(most + 1))).toEqual([figure]);
  },
);

test('one sample in the middle of a fault says nothing', () => {
  expect(grown(samples((number) => (number === 37 ? { sockets: 900, heapMiB: 400 } : {})))).toEqual([]);
});

test('what a system does not tell is not judged', () => {
  expect(grown(samples(() => ({ descriptors: null })))).toEqual([]);
});

test('the same seed brings the same faults in the same order', () => {
  const draw = (seed: number) => {
    const random = new Seeded(seed);
    return Array.from({ length: 50 }, () => drawFault(random, 50));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
