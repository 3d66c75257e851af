import { expect, test } from 'vitest';
import { AccountBook } from '../../../src/main/accounts/account-book.ts';
import { pauseAfterFailure, RefreshClock, renewalDue } from '../../../src/main/accounts/refresh-clock.ts';
import { sandboxForTest, startCore } from '../../support/core.ts';
import { accountEntry } from '../../support/entries.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { quietly, SimulatedTime, turnOfTheLoop, until } from '../../support/time.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

test('a token is renewed at 80 % of its life, a little earlier by jitter', () => {
  expect(renewalDue(accountEntry(), 0)).toBe(0.8 * HOUR_MS);
  expect(renewalDue(accountEntry(), 0.999)).toBeCloseTo(0.75 * HOUR_MS, -4);
});

test('a token is renewed at least 60 s before its end, when its life is long enough for that', () => {
  const of = (seconds: number) =>
    renewalDue(accountEntry({ grant: { accessTokenExpiresAt: seconds * 1000 } }), 0);
  expect(of(200)).toBe(140_000);
  expect(of(90)).toBe(30_000);
  expect(of(61)).toBe(1_000);
  // Under a minute the fraction alone decides.
  expect(of(60)).toBe(48_000);
  expect(of(10)).toBe(8_000);
  expect(of(0)).toBe(0);
});

test('what nothing can renew is looked at when it has ended', () => {
  const grant = { refreshable: false, accessTokenIssuedAt: 0, accessTokenExpiresAt: 5_000 };
  expect(renewalDue(accountEntry({ grant }), 0.5)).toBe(5_000);
});

test('nothing is renewed ahead of time without an end, or after the grant ended', () => {
  expect(renewalDue(accountEntry({ grant: { accessTokenExpiresAt: null } }), 0)).toBeNull();
  const at = 0;
  const ended = [
    { kind: 'revoked', at, reason: 'invalid_grant' },
    { kind: 'expired', at },
    { kind: 'secrets-lost', at },
    { kind: 'issuer-moved', at, newIssuer: 'https://other.example' },
  ] as const;
  for (const state of ended) expect(renewalDue(accountEntry({ state }), 0)).toBeNull();
  const insufficient = { kind: 'insufficient' as const, at, wantedScopes: ['more'] };
  expect(renewalDue(accountEntry({ state: insufficient }), 0)).not.toBeNull();
});

test('a failed renewal is tried again in time: several tries fit into what is left of the life', () => {
  const leftOf = (ms: number) =>
    pauseAfterFailure(accountEntry({ grant: { accessTokenExpiresAt: HOUR_MS } }), HOUR_MS - ms);
  expect(leftOf(12 * MINUTE_MS)).toBe(MINUTE_MS);
  expect(leftOf(MINUTE_MS)).toBe(15_000);
  expect(leftOf(4_000)).toBe(5_000);
  // A token that has ended can wait: whoever needs it renews it.
  expect(leftOf(0)).toBe(MINUTE_MS);
  expect(leftOf(-HOUR_MS)).toBe(MINUTE_MS);
});

interface ClockOptions {
  /** Issuers the accounts are spread over. Default: one for each account. */
  issuers?: number;
  lifeMs?: number;
  fraction?: () => number;
}

/** A refresh clock over a book of accounts, renewals in the test's hands. */
async function clockOver(accountCount: number, options: ClockOptions = {}) {
  const { issuers = accountCount, lifeMs = HOUR_MS, fraction = () => 0 } = options;
  const time = new SimulatedTime(0);
  const accounts = new AccountBook(await temporaryFolder());
  for (let number = 1; number <= accountCount; number += 1) {
    const issuer = `https://as-${number % issuers}.example`;
    const grant = { accessTokenExpiresAt: lifeMs };
    await accounts.put(accountEntry({ id: `account-${number}`, issuer, grant }));
  }
  const running = new Map<string, { succeed(): Promise<void>; fail(): Promise<void> }>();
  const started: string[] = [];
  const clock = new RefreshClock({
    accounts,
    clock: time,
    scheduler: time,
    randomness: { id: () => 'none', fraction },
    refresh: (accountId) =>
      new Promise((resolve, reject) => {
        started.push(accountId);
        running.set(accountId, {
          async succeed() {
            running.delete(accountId);
            const accessTokenIssuedAt = time.now();
            const accessTokenExpiresAt = accessTokenIssuedAt + lifeMs;
            await accounts.change(accountId, (account) => ({
              ...account,
              grant: { ...account.grant, accessTokenIssuedAt, accessTokenExpiresAt },
            }));
            resolve();
            await turnOfTheLoop();
          },
          async fail() {
            running.delete(accountId);
            reject(new Error('failed'));
            await turnOfTheLoop();
          },
        });
      }),
  });
  clock.start();
  return { time, accounts, clock, running, started };
}

test('one timer serves all accounts', async () => {
  const { time, started } = await clockOver(100);
  expect(time.armed).toBe(1);
  time.advance(0.8 * HOUR_MS - 1);
  expect(started).toEqual([]);
  expect(time.armed).toBe(1);
  time.advance(1);
  expect(started.length).toBeGreaterThan(0);
  expect(time.armed).toBeLessThanOrEqual(1);
});

test('accounts signed in together are renewed one after another, over 5 % of their life', async () => {
  let drawn = 0;
  const { time, started, running } = await clockOver(5, { fraction: () => drawn++ / 5 });
  time.advance(0.75 * HOUR_MS);
  expect(started).toEqual([]);
  for (let step = 0; step < 5; step += 1) {
    time.advance(0.01 * HOUR_MS);
    expect(started).toHaveLength(step + 1);
    await [...running.values()][0]?.succeed();
  }
});

test('at most 8 renewals run at once; the others follow as places become free', async () => {
  const { time, running, started } = await clockOver(20);
  time.advance(0.8 * HOUR_MS);
  expect(started).toHaveLength(8);
  const [one, other] = [...running.values()];
  await one?.succeed();
  await other?.fail();
  expect(running.size).toBe(8);
  expect(started).toHaveLength(10);
  while (running.size > 0) await [...running.values()][0]?.succeed();
  expect(new Set(started).size).toBe(20);
});

test('an issuer that never answers holds up nobody else: it is asked twice at once, not more', async () => {
  const { time, running, started, accounts } = await clockOver(20, { issuers: 2 });
  time.advance(0.8 * HOUR_MS);
  expect(started).toHaveLength(4);
  const silent = 'https://as-0.example';
  const at = (id: string) => accounts.require(id).issuer;
  for (;;) {
    const [next] = [...running].filter(([id]) => at(id) !== silent);
    if (!next) break;
    await next[1].succeed();
  }
  expect(started.filter((id) => at(id) !== silent)).toHaveLength(10);
  expect(started.filter((id) => at(id) === silent)).toHaveLength(2);
});

test('a renewed token is renewed again when its own time has come', async () => {
  const { time, running, started } = await clockOver(1);
  time.advance(0.8 * HOUR_MS);
  await running.get('account-1')?.succeed();
  time.advance(0.8 * HOUR_MS - 1);
  expect(started).toHaveLength(1);
  time.advance(1);
  expect(started).toEqual(['account-1', 'account-1']);
});

test('tokens that live for a moment only are not renewed without pause', async () => {
  const { time, running, started } = await clockOver(1, { lifeMs: 1_000 });
  for (let second = 0; second < 60; second += 1) {
    time.advance(1_000);
    await running.get('account-1')?.succeed();
  }
  expect(started.length).toBeGreaterThan(1);
  expect(started.length).toBeLessThanOrEqual(12);
});

test('a renewal that failed is tried again after a minute, not at once', async () => {
  const { time, running, started } = await clockOver(1);
  time.advance(0.8 * HOUR_MS);
  await running.get('account-1')?.fail();
  expect(started).toHaveLength(1);
  time.advance(MINUTE_MS - 1);
  expect(started).toHaveLength(1);
  time.advance(1);
  expect(started).toHaveLength(2);
});

test('after wake-up what fell due in the meantime is renewed at once, whatever failed before', async () => {
  const { time, clock, started, running } = await clockOver(3);
  time.advance(0.8 * HOUR_MS);
  for (const renewal of [...running.values()]) await renewal.fail();
  expect(started).toHaveLength(3);
  time.sleepThrough(1_000);
  clock.check();
  expect(started).toHaveLength(6);
});

test('timers stand still while the computer sleeps; waking up makes up for it', async () => {
  const { time, clock, started } = await clockOver(3);
  time.setBy(12 * HOUR_MS);
  expect(started).toEqual([]);
  clock.check();
  expect(started).toHaveLength(3);
});

test('a clock set forward by a day is noticed within 5 minutes, though nobody tells', async () => {
  const { time, started } = await clockOver(3);
  time.advance(10 * MINUTE_MS);
  time.setBy(24 * HOUR_MS);
  expect(started).toEqual([]);
  time.advance(5 * MINUTE_MS);
  expect(started).toHaveLength(3);
});

test('a clock set back by hours is noticed within 5 minutes: tokens from the future are renewed', async () => {
  const { time, accounts, started } = await clockOver(3);
  time.advance(10 * MINUTE_MS);
  time.setBy(-5 * HOUR_MS);
  // Changes that are none of the clock's business do not put it off.
  for (let step = 0; step < 10; step += 1) {
    time.advance(30_000);
    await accounts.change('account-1', (account) => ({ ...account, lastUsedAt: time.now() }));
  }
  expect(started.toSorted()).toEqual(['account-1', 'account-2', 'account-3']);
});

test('a clock set back is noticed however often other accounts are renewed meanwhile', async () => {
  const { time, accounts, started } = await clockOver(1);
  time.advance(10 * MINUTE_MS);
  time.setBy(-5 * HOUR_MS);
  for (let step = 0; step < 20; step += 1) {
    time.advance(30_000);
    const accessTokenIssuedAt = time.now();
    const grant = { accessTokenIssuedAt, accessTokenExpiresAt: accessTokenIssuedAt + HOUR_MS };
    await accounts.put(accountEntry({ id: 'used all the time', grant }));
  }
  expect(started).toEqual(['account-1']);
});

test('a clock set back during the pause after a failure does not make hours of it', async () => {
  const { time, running, started } = await clockOver(1);
  time.advance(0.8 * HOUR_MS);
  await running.get('account-1')?.fail();
  time.setBy(-5 * HOUR_MS);
  time.advance(5 * MINUTE_MS);
  expect(started).toHaveLength(2);
});

test('a clock corrected by seconds changes nothing', async () => {
  const { time, started } = await clockOver(1);
  time.advance(1_000);
  time.setBy(-5_000);
  time.advance(10 * MINUTE_MS);
  expect(started).toEqual([]);
});

test('an account that comes later is renewed in time too, one that goes is not', async () => {
  const { time, accounts, started } = await clockOver(1);
  await accounts.put(accountEntry({ id: 'soon', grant: { accessTokenExpiresAt: 10 * MINUTE_MS } }));
  await accounts.remove('account-1');
  time.advance(8 * MINUTE_MS - 1);
  expect(started).toEqual([]);
  time.advance(HOUR_MS);
  expect(started).toEqual(['soon']);
});

test('a grant that ends meanwhile is renewed no more, one that comes back is', async () => {
  const { time, accounts, started } = await clockOver(1);
  const state = (kind: 'live' | 'expired') =>
    accounts.change('account-1', (account) => ({
      ...account,
      state: kind === 'live' ? { kind } : { kind, at: time.now() },
    }));
  await state('expired');
  time.advance(0.9 * HOUR_MS);
  expect(started).toEqual([]);
  await state('live');
  time.advance(0);
  expect(started).toEqual(['account-1']);
});

test('a stopped clock renews nothing, also when what was under way ends', async () => {
  const { time, clock, started, accounts, running } = await clockOver(3, { issuers: 1 });
  time.advance(0.8 * HOUR_MS);
  expect(started).toHaveLength(2);
  clock.stop();
  await accounts.put(accountEntry({ id: 'later' }));
  for (const renewal of [...running.values()]) await renewal.succeed();
  time.advance(2 * HOUR_MS);
  expect(started).toHaveLength(2);
  expect(time.armed).toBe(0);
});

test('the app renews ahead of time, so that calls find a token that lives', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { account } = await app.signedIn();
  await app.core.start();
  const first = (await app.core.keeper.authorization(account.id)).accessToken;
  app.time.advance(0.8 * HOUR_MS);
  await until(() => app.core.accounts.require(account.id).lastRefreshedAt !== null);
  expect((await app.core.keeper.authorization(account.id)).accessToken).not.toBe(first);
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(1);
});

test('an issuer that fails while the token still lives is not asked without pause', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  await app.signedIn();
  await app.core.start();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, times: 1000 });
  app.time.advance(0.8 * HOUR_MS);
  await until(() => app.wire.tokenRequests('refresh_token')[0]?.status === 503);
  await quietly(200);
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(1);
});
