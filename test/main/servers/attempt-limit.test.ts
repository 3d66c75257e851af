import { expect, test } from 'vitest';
import { AttemptLimit } from '../../../src/main/servers/attempt-limit.ts';
import { quietly } from '../../support/time.ts';

const never = new AbortController().signal;

test('places are given in the order they were asked for, and no more than there are', async () => {
  const limit = new AttemptLimit(2);
  const inside: number[] = [];
  const leaves: (() => void)[] = [];
  for (let number = 0; number < 5; number += 1) {
    void limit.enter(never).then((leave) => {
      inside.push(number);
      leaves.push(leave);
    });
  }
  await quietly(5);
  expect(inside).toEqual([0, 1]);
  leaves[0]?.();
  // Leaving twice frees one place only.
  leaves[0]?.();
  await quietly(5);
  expect(inside).toEqual([0, 1, 2]);
  leaves[1]?.();
  leaves[2]?.();
  await quietly(5);
  expect(inside).toEqual([0, 1, 2, 3, 4]);
});

test('whoever gives up in line takes no place', async () => {
  const limit = new AttemptLimit(1);
  const leave = await limit.enter(never);
  const abort = new AbortController();
  const waiting = limit.enter(abort.signal);
  const next = limit.enter(never);
  abort.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  await expect(limit.enter(abort.signal)).rejects.toThrow('given up');
  leave();
  expect(await next).toBeTypeOf('function');
});
