import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueQueue } from '../../../src/main/accounts/due-queue.ts';

test('gives what is due in the order it is due, and nothing before its time', () => {
  const moments = fc.array(fc.nat(50), { maxLength: 60 });
  fc.assert(
    fc.property(moments, moments, fc.nat(50), (first, second, now) => {
      const queue = new DueQueue<number>();
      const takeAll = (until: number) => {
        const taken: number[] = [];
        for (let at = queue.take(until); at !== undefined; at = queue.take(until)) taken.push(at);
        return taken;
      };
      const sorted = (values: number[]) => values.toSorted((one, other) => one - other);
      for (const at of first) queue.add(at, at);
      expect(queue.next).toBe(sorted(first)[0] ?? null);
      expect(takeAll(now)).toEqual(sorted(first).filter((at) => at <= now));
      // Entries that come between are in their place too.
      for (const at of second) queue.add(at, at);
      const left = [...first.filter((at) => at > now), ...second];
      expect(takeAll(Number.POSITIVE_INFINITY)).toEqual(sorted(left));
      expect(queue.next).toBeNull();
    }),
  );
});

test('is empty when it was cleared', () => {
  const queue = new DueQueue<string>();
  queue.add(1, 'one');
  queue.clear();
  expect(queue.next).toBeNull();
  expect(queue.take(2)).toBeUndefined();
});
