import { expect, test } from 'vitest';
import { AccountBook } from '../../../src/main/accounts/account-book.ts';
import { RefreshClock, renewalDue } from '../../../src/main/accounts/refresh-clock.ts';
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

test('nothing is renewed ahead of time without an end, without a refresh token, or after the grant ended', () => {
  expect(renewalDue(accountEntry({ grant: { accessTokenExpiresAt: null } }), 0)).toBeNull();
  expect(renewalDue(accountEntry({ grant: { refreshable: false } }), 0)).toBeNull();
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

/** A refresh clock over a book of accounts, renewals in the test's hands. */
async function clockOver(accountCount: number) {
  const time = new SimulatedTime(0);
  const accounts = new AccountBook(await temporaryFolder());
  for (let number = 1; number <= accountCount; number += 1) {
    await accounts.put(accountEntry({ id: `account-${number}` }));
  }
  const running = new Map<string, { succeed(): Promise<void>; fail(): Promise<void> }>();
  const started: string[] = [];
  const clock = new RefreshClock({
    accounts,
    clock: time,
    scheduler: time,
    randomness: { id: () => 'none', fraction: () => 0 },
    refresh: (accountId) =>
      new Promise((resolve, reject) => {
        started.push(accountId);
        running.set(accountId, {
          async succeed() {
            running.delete(accountId);
            const accessTokenIssuedAt = time.now();
            await accounts.change(accountId, (account) => ({
              ...account,
              grant: {
                ...account.grant,
                accessTokenIssuedAt,
                accessTokenExpiresAt: accessTokenIssuedAt + HOUR_MS,
              },
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
  const { time } = await clockOver(100);
  expect(time.armed).toBe(1);
  expect(time.nextDue).toBe(0.8 * HOUR_MS);
});

test('at most 4 renewals run at once; the others follow as places become free', async () => {
  const { time, running, started } = await clockOver(10);
  time.advance(0.8 * HOUR_MS);
  expect(started).toHaveLength(4);
  await running.get('account-1')?.succeed();
  await running.get('account-2')?.fail();
  expect(running.size).toBe(4);
  expect(started).toHaveLength(6);
  while (running.size > 0) await [...running.values()][0]?.succeed();
  expect(new Set(started).size).toBe(10);
});

test('a renewed token is renewed again when its own time has come', async () => {
  const { time, running, started } = await clockOver(1);
  time.advance(0.8 * HOUR_MS);
  await running.get('account-1')?.succeed();
  expect(time.nextDue).toBe(1.6 * HOUR_MS);
  time.advance(0.8 * HOUR_MS);
  expect(started).toEqual(['account-1', 'account-1']);
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

test('after wake-up what fell due in the meantime is renewed at once', async () => {
  const { time, clock, started } = await clockOver(3);
  time.sleepThrough(12 * HOUR_MS);
  expect(started).toEqual([]);
  clock.check();
  expect(started).toHaveLength(3);
});

test('an account that comes later is renewed in time too, one that goes is not', async () => {
  const { time, accounts, started } = await clockOver(1);
  await accounts.put(accountEntry({ id: 'soon', grant: { accessTokenExpiresAt: 10 * MINUTE_MS } }));
  expect(time.nextDue).toBe(8 * MINUTE_MS);
  await accounts.remove('account-1');
  time.advance(HOUR_MS);
  expect(started).toEqual(['soon']);
});

test('a stopped clock renews nothing', async () => {
  const { time, clock, started, accounts } = await clockOver(1);
  clock.stop();
  await accounts.put(accountEntry({ id: 'later' }));
  time.advance(2 * HOUR_MS);
  expect(started).toEqual([]);
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
