import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { REFRESHES_PER_ISSUER } from '../../../src/main/accounts/issuer-lines.ts';
import { RENEWALS_AT_ONCE } from '../../../src/main/accounts/refresh-clock.ts';
import type { Failure } from '../../support/simulated-issuers.ts';
import { turnOfTheLoop } from '../../support/time.ts';
import { SETTLING_MS } from './refresh-rules.ts';
import { type GrantPlan, RefreshWorld } from './refresh-world.ts';

const SEED = Number(process.env.WEEK_SEED ?? Date.now() % 2 ** 31);
const ACCOUNTS = 1_000;
const ISSUERS = 40;
const CALLS = 30_000;
const CALLS_ON_WAKING = 100;
const OUTAGES_PER_ISSUER = 6;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.UTC(2026, 0, 5, 8);
const DAYS = 7;
/** Before that day the app is restarted daily; from then on it runs without end, and its memory is watched. */
const FIRST_DAY_IN_ONE_RUN = 2;
/** What garbage collection leaves at one time or another, besides what is really held. */
const HEAP_TOLERANCE_MB = 5;

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomOf(SEED);
const between = (least: number, most: number, fraction = random()) => least + (most - least) * fraction;
/** Spread evenly over the orders of magnitude. */
const logBetween = (least: number, most: number, fraction = random()) => least * (most / least) ** fraction;
function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

const issuerOf = (number: number) => `https://issuer-${number % ISSUERS}.example`;

function grantPlan(number: number): GrantPlan {
  // From five minutes to a day, long lives more often than short ones.
  const lifeMs = logBetween(5 * MINUTE, DAY, Math.max(random(), random()));
  return {
    issuer: issuerOf(number),
    lifeMs: Math.round(lifeMs / 1000) * 1000,
    rotates: number % 4 > 0,
    endsOldToken: number % 4 === 3,
    age: between(0, 0.7),
  };
}

const failures: readonly Failure[] = [
  { kind: 'unreachable' },
  { kind: 'silent' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, retryAfter: 'seconds' },
  { kind: 'status', status: 503, retryAfter: 'date' },
  { kind: 'status', status: 429, retryAfter: 'seconds' },
  { kind: 'html', status: 403 },
  { kind: 'html', status: 404 },
];

/** Something that happens at a moment of the right time. */
interface Happening {
  readonly at: number;
  readonly run: (world: RefreshWorld) => Promise<void> | void;
}

function makeCalls(world: RefreshWorld, count: number): void {
  const accounts = world.accounts();
  for (let number = 0; number < count; number += 1) world.call(oneOf(accounts).id);
}

function dayPlan(day: number): Happening[] {
  const at = (hours: number) => START + day * DAY + hours * HOUR + between(0, 20) * MINUTE;
  const sleep = (hours: number, ms: number): Happening => ({
    at: at(hours),
    run(world) {
      world.sleep(ms);
      // Whatever was connected before comes back at once.
      makeCalls(world, CALLS_ON_WAKING);
    },
  });
  const clockIsOff = oneOf([-5 * HOUR, -20 * MINUTE, -3 * MINUTE, 4 * MINUTE, 2 * HOUR, DAY]);
  const plan: Happening[] = [
    sleep(4, 45 * MINUTE),
    sleep(10, 90 * MINUTE),
    sleep(15, 8.5 * HOUR),
    { at: at(1), run: (world) => world.setClock(clockIsOff) },
    { at: at(2.5), run: (world) => world.setClock(-clockIsOff) },
  ];
  if (day < FIRST_DAY_IN_ONE_RUN) plan.push({ at: at(7), run: (world) => world.restart() });
  if (day % 3 === 1) {
    const fullAt = at(8.5);
    plan.push({ at: fullAt, run: (world) => world.fillDisk(true) });
    plan.push({ at: fullAt + 20 * MINUTE, run: (world) => world.fillDisk(false) });
  }
  return plan;
}

function planOutages({ outages }: RefreshWorld['issuers']): void {
  const outage = (from: number, ms: number, failure: Failure) => ({ from, until: from + ms, failure });
  for (let number = 0; number < ISSUERS; number += 1) {
    const own = Array.from({ length: OUTAGES_PER_ISSUER }, () =>
      outage(START + between(0, DAYS * DAY), logBetween(MINUTE, 3 * HOUR), oneOf(failures)),
    );
    outages.set(issuerOf(number), own);
  }
}

/** The network as a whole is gone, and the app is told when it is back. */
function networkGone({ outages }: RefreshWorld['issuers'], day: number): Happening {
  const from = START + day * DAY + 5.5 * HOUR;
  const until = from + 12 * MINUTE;
  for (const own of outages.values()) own.push({ from, until, failure: { kind: 'unreachable' } });
  return { at: until, run: (world) => world.wake() };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function heapInMb(): Promise<number> {
  collectGarbage();
  // What is collected may be held by what waits to be told of it.
  await turnOfTheLoop();
  collectGarbage();
  return Math.round((process.memoryUsage().heapUsed / 2 ** 20) * 10) / 10;
}

test('a week of 1,000 accounts with sleep, outages, set clocks, a full disk and restarts breaks no rule', {
  timeout: 600_000,
}, async () => {
  console.log(`seed ${SEED} (set WEEK_SEED to repeat)`);
  const grants = Array.from({ length: ACCOUNTS }, (_, number) => grantPlan(number));
  const world = new RefreshWorld(START, random, grants);
  planOutages(world.issuers);
  const plan = Array.from({ length: DAYS }, (_, day) => dayPlan(day)).flat();
  plan.push(networkGone(world.issuers, 2), networkGone(world.issuers, 4));
  for (let call = 0; call < CALLS; call += 1) {
    const at = between(START, START + DAYS * DAY);
    // Nobody calls while the computer sleeps.
    plan.push({ at, run: () => (world.now() > at ? undefined : makeCalls(world, 1)) });
  }
  plan.sort((one, other) => one.at - other.at);

  const heap: number[] = [];
  for (const { at, run } of plan) {
    while (at > START + (heap.length + 1) * DAY) heap.push(await heapInMb());
    await world.passUntil(at);
    await run(world);
  }
  heap.push(await heapInMb());
  // The last outage is over by then, and what it left behind.
  await world.passUntil(START + DAYS * DAY + 4 * HOUR + SETTLING_MS);
  const { waited, refused } = world.counts;
  for (const { id } of world.accounts()) world.call(id);
  await world.passUntil(world.now() + MINUTE);

  const { rules, counts } = world;
  console.log(JSON.stringify({ ...rules.counts, ...counts }));
  console.log(`heap after each day, in MB: ${heap.join(', ')}`);
  expect([...rules.broken]).toEqual([]);
  expect(rules.counts.mostAtOneIssuer).toBeLessThanOrEqual(REFRESHES_PER_ISSUER);
  expect(counts.mostByClock).toBeLessThanOrEqual(RENEWALS_AT_ONCE);
  // A set clock, and issuers that end the old token with its renewal, cost a 401 now and then, not more.
  expect(counts.endedEarly + counts.endedUnknown).toBeLessThan(counts.calls / 100);
  // In the end every account works, at once.
  expect(world.accounts().filter(({ state }) => state.kind !== 'live')).toEqual([]);
  expect(counts).toMatchObject({ waited, refused });
  const [first = 0, last = Number.POSITIVE_INFINITY] = [heap.at(FIRST_DAY_IN_ONE_RUN), heap.at(-1)];
  expect(last - first).toBeLessThan(HEAP_TOLERANCE_MB);
});
