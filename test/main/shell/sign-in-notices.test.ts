import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountToSignIn } from '../../../src/main/shell/attention.ts';
import { SignInNotices } from '../../../src/main/shell/sign-in-notices.ts';
import { SimulatedTime } from '../../support/time.ts';

const HOUR_MS = 3_600_000;
const account = (accountId: string): AccountToSignIn => ({
  accountId,
  serverId: `server-of-${accountId}`,
  serverName: 'Server',
  label: accountId,
});

function watched({ wanted = () => true }: { wanted?: () => boolean } = {}) {
  const time = new SimulatedTime(0);
  const told: { at: number; accounts: string[] }[] = [];
  const notices = new SignInNotices({
    clock: time,
    scheduler: time,
    wanted,
    notify: ({ accounts }) => told.push({ at: time.now(), accounts: accounts.map((one) => one.accountId) }),
  });
  const update = (...ids: string[]) => notices.update({ accounts: ids.map(account) });
  return { time, told, notices, update };
}

test('an account that begins to need a sign-in is told of once', () => {
  const { time, told, update } = watched();
  update();
  update('a');
  update('a');
  time.advance(HOUR_MS / 2);
  expect(told.map(({ accounts }) => accounts)).toEqual([['a']]);
});

test('accounts that begin to need one at the same time are told of together', () => {
  const { time, told, update } = watched();
  update();
  update('a');
  time.advance(1000);
  update('a', 'b');
  update('a', 'b', 'c');
  time.advance(10_000);
  expect(told.map(({ accounts }) => accounts)).toEqual([['a', 'b', 'c']]);
});

test('what was so at start is not told', () => {
  const { time, told, update } = watched();
  update('a');
  update('a', 'b');
  time.advance(10_000);
  expect(told.map(({ accounts }) => accounts)).toEqual([['b']]);
});

test('one that no longer needs it when its time comes is not told of', () => {
  const { time, told, update } = watched();
  update();
  update('a', 'b');
  update('b');
  time.advance(10_000);
  expect(told.map(({ accounts }) => accounts)).toEqual([['b']]);
});

test('within an hour an account is not told of again, after it it is', () => {
  const { time, told, update } = watched();
  update();
  for (const _ of [1, 2, 3]) {
    update('a');
    time.advance(10_000);
    update();
    time.advance(10_000);
  }
  expect(told).toHaveLength(1);
  time.advance(HOUR_MS);
  update('a');
  time.advance(10_000);
  expect(told).toHaveLength(2);
});

test('while nobody wants to be told, nothing is told, and it does not count as told', () => {
  let wanted = false;
  const { time, told, update } = watched({ wanted: () => wanted });
  update();
  update('a');
  time.advance(10_000);
  expect(told).toEqual([]);
  wanted = true;
  update();
  update('a');
  time.advance(10_000);
  expect(told).toHaveLength(1);
});

test('after the end nothing is told', () => {
  const { time, told, notices, update } = watched();
  update();
  update('a');
  notices.stop();
  time.advance(HOUR_MS);
  expect(told).toEqual([]);
});

test('whatever comes and goes, no account is told of twice within an hour', () => {
  const step = fc.record({
    accounts: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')),
    pause: fc.integer({ min: 0, max: HOUR_MS / 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { time, told, update } = watched();
      for (const { accounts, pause } of steps) {
        update(...accounts);
        time.advance(pause);
      }
      for (const id of ['a', 'b', 'c', 'd']) {
        const times = told.filter(({ accounts }) => accounts.includes(id)).map(({ at }) => at);
        for (const [index, at] of times.entries()) {
          if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(HOUR_MS);
        }
      }
    }),
  );
});
