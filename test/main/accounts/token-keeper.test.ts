import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REFRESHES_PER_ISSUER } from '../../../src/main/accounts/issuer-lines.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { echo, HOUR_MS, signedIn } from '../../support/signed-in.ts';
import { quietly, until } from '../../support/time.ts';

/** A network that holds back answers to refreshes: the issuer has done its part, nobody knows yet. */
function slowNetwork() {
  let gate: PromiseWithResolvers<void> | null = null;
  const network = {
    /** How many answers are on their way. */
    held: 0,
    hold(): void {
      gate = Promise.withResolvers();
    },
    release(): void {
      gate?.resolve();
      gate = null;
    },
    async fetch(input: string | URL, init?: RequestInit): Promise<Response> {
      const response = await fetch(input, init);
      if (gate && String(init?.body).includes('grant_type=refresh_token')) {
        network.held += 1;
        await gate.promise;
        network.held -= 1;
      }
      return response;
    },
  };
  return network;
}

/** A signed-in account whose renewal has begun and hangs. */
async function renewing(prepare: (app: Awaited<ReturnType<typeof signedIn>>) => void = () => undefined) {
  const network = slowNetwork();
  const signed = await signedIn({ fetch: network.fetch });
  prepare(signed);
  network.hold();
  const ahead = signed.keeper.refreshAhead(signed.id);
  await until(() => network.held === 1);
  return { ...signed, network, ahead };
}

/** Whether a promise has come to an end by now. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  let open = true;
  const settle = () => {
    open = false;
  };
  promise.then(settle, settle);
  await quietly();
  return open;
}

test('50 calls at once after expiry make exactly one token request and all succeed', async () => {
  const { app, server, id, expire, refreshes, account } = await signedIn();
  expire();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => echo(app, server.id, id, `${index}`)),
  );
  expect(outcomes.filter(({ kind }) => kind === 'result')).toHaveLength(50);
  expect(refreshes()).toHaveLength(1);
  expect(app.visits).toHaveLength(1);
  expect(account().state).toEqual({ kind: 'live' });
});

test('50 calls at once with a token the server refuses make exactly one token request and all succeed', async () => {
  const { app, sandbox, server, id, refreshes, account } = await signedIn();
  // The server ends the tokens early; the clock here knows nothing of it.
  sandbox.server.expireTokens();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => echo(app, server.id, id, `${index}`)),
  );
  expect(outcomes.filter(({ kind }) => kind === 'result')).toHaveLength(50);
  expect(refreshes()).toHaveLength(1);
  expect(app.visits).toHaveLength(1);
  expect(account().state).toEqual({ kind: 'live' });
});

test('at most 4 accounts of one issuer are renewed at once; the others wait in line', async () => {
  const network = slowNetwork();
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, fetch: network.fetch });
  const server = await app.addServer();
  for (let number = 0; number < 6; number += 1) await app.signIn(server);
  const accounts = app.core.accounts.all();
  expect(accounts).toHaveLength(6);
  app.time.sleepThrough(HOUR_MS + 1);
  network.hold();
  const authorizations = Promise.all(accounts.map(({ id }) => app.core.keeper.authorization(id)));
  await until(() => network.held === REFRESHES_PER_ISSUER);
  await quietly();
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(4);
  network.release();
  const tokens = (await authorizations).map(({ accessToken }) => accessToken);
  expect(new Set(tokens).size).toBe(6);
  expect(app.wire.tokenRequests('refresh_token')).toHaveLength(6);
});

test('whoever comes late with an older token gets the current one, not another refresh', async () => {
  const { keeper, id, first, refreshes } = await signedIn();
  const second = await keeper.rejected(id, first);
  expect(second.accessToken).not.toBe(first);
  expect(await keeper.rejected(id, first)).toEqual(second);
  expect(await keeper.rejected(id, 'a token from long ago')).toEqual(second);
  expect(refreshes()).toHaveLength(1);
});

test('whoever comes late with an older token when the current one has ended gets a new one', async () => {
  const { keeper, id, first, refreshes, expire } = await signedIn();
  const second = await keeper.rejected(id, first);
  expire();
  const third = await keeper.rejected(id, first);
  expect([first, second.accessToken]).not.toContain(third.accessToken);
  expect(refreshes()).toHaveLength(2);
});

test('a call during a renewal ahead of time goes out with the token that lives', async () => {
  const { keeper, id, first, refreshes, network, ahead } = await renewing();
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  network.release();
  await ahead;
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
  expect(refreshes()).toHaveLength(1);
});

test('a call during a renewal waits for it when its token is about to end', async () => {
  const { keeper, id, first, refreshes, network, ahead } = await renewing(({ app }) =>
    app.time.sleepThrough(HOUR_MS - 5_000),
  );
  const call = keeper.authorization(id);
  expect(await isOpen(call)).toBe(true);
  network.release();
  await ahead;
  expect((await call).accessToken).not.toBe(first);
  expect(refreshes()).toHaveLength(1);
});

test('a call during a renewal waits for it when its token was refused', async () => {
  const { keeper, id, first, refreshes, network, ahead } = await renewing();
  const refused = keeper.rejected(id, first);
  const call = keeper.authorization(id);
  expect(await isOpen(refused)).toBe(true);
  expect(await isOpen(call)).toBe(true);
  network.release();
  await ahead;
  expect((await call).accessToken).not.toBe(first);
  expect(await refused).toEqual(await call);
  expect(refreshes()).toHaveLength(1);
});

test('where the issuer ends the old access token with its renewal, calls meanwhile succeed all the same', async () => {
  const { app, sandbox, server, id, refreshes, network, ahead } = await renewing();
  // The new token exists, its answer is on its way: the old one is good for nothing any more.
  sandbox.server.expireTokens();
  const calls = Promise.all(Array.from({ length: 10 }, (_, index) => echo(app, server.id, id, `${index}`)));
  await until(() => sandbox.count({ host: 'server', status: 401 }) >= 10);
  network.release();
  await ahead;
  expect((await calls).map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'result'));
  expect(refreshes()).toHaveLength(1);
  expect(app.visits).toHaveLength(1);
});

test('a token that ended while its answer was on its way, because the computer slept, is not handed out', async () => {
  const { app, keeper, id, account, refreshes, network, ahead } = await renewing(({ app: { time } }) =>
    time.sleepThrough(HOUR_MS - 5_000),
  );
  const call = keeper.authorization(id);
  app.time.setBy(2 * HOUR_MS);
  network.release();
  await ahead;
  const { accessToken } = await call;
  expect(refreshes()).toHaveLength(2);
  expect(account().grant.accessTokenExpiresAt).toBeGreaterThan(app.time.now());
  expect(await keeper.authorization(id)).toMatchObject({ accessToken });
  expect(refreshes()).toHaveLength(2);
});

test('a 401 that arrives after the renewal gets the renewed token, not another refresh', async () => {
  const { keeper, id, first, refreshes, network, ahead } = await renewing();
  const { accessToken } = await keeper.authorization(id);
  expect(accessToken).toBe(first);
  network.release();
  await ahead;
  const renewed = await keeper.rejected(id, accessToken);
  expect(renewed.accessToken).not.toBe(first);
  expect(await keeper.authorization(id)).toEqual(renewed);
  expect(refreshes()).toHaveLength(1);
});

test('a token about to end is renewed before it is used', async () => {
  const { keeper, id, first, app, refreshes } = await signedIn();
  app.time.sleepThrough(HOUR_MS - 60_000);
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  app.time.sleepThrough(55_000);
  expect((await keeper.authorization(id)).accessToken).not.toBe(first);
  expect(refreshes()).toHaveLength(1);
});

test('a token that lives for seconds only is used for most of them, not renewed for each call', async () => {
  const { sandbox, keeper, id, first, app, refreshes } = await signedIn();
  sandbox.issuer.setAccessTokenTtl(8);
  const { accessToken } = await keeper.rejected(id, first);
  app.time.sleepThrough(7_000);
  expect((await keeper.authorization(id)).accessToken).toBe(accessToken);
  app.time.sleepThrough(500);
  expect((await keeper.authorization(id)).accessToken).not.toBe(accessToken);
  expect(refreshes()).toHaveLength(2);
});

test('renewed tokens survive a restart', async () => {
  const { app, keeper, id, first } = await signedIn();
  const { accessToken } = await keeper.rejected(id, first);
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect((await again.core.keeper.authorization(id)).accessToken).toBe(accessToken);
  expect(again.core.accounts.require(id).lastRefreshedAt).not.toBeNull();
});

test('when the app ends, answers on their way are waited for and kept, and nothing new is begun', async () => {
  const { app, server, keeper, sandbox, id, network, ahead, refreshes } = await renewing();
  await app.signIn(server);
  const [other] = app.core.accounts.all().filter((one) => one.id !== id);
  const stopped = keeper.stop();
  expect(await isOpen(stopped)).toBe(true);
  expect(await problemCodeOf(keeper.refreshNow(other?.id ?? ''))).toBe('refresh-delayed');
  network.release();
  await Promise.all([ahead, stopped]);
  expect(refreshes()).toHaveLength(1);
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  await again.core.keeper.refreshNow(id);
  const { accessToken } = await again.core.keeper.authorization(id);
  expect(await sandbox.issuer.introspect(accessToken)).toMatchObject({ active: true });
});

test('signing in again during a renewal of the old grant: the new grant stays, whatever the old one’s answer', async () => {
  const { app, server, sandbox, id, account, network, ahead } = await renewing();
  const signingIn = app.signIn(server, account());
  await until(() => app.wire.tokenRequests('authorization_code').length === 2);
  await quietly();
  network.release();
  await ahead;
  expect((await signingIn).status).toEqual({ kind: 'succeeded', accountId: id });
  const granted = JSON.parse(app.wire.tokenRequests('authorization_code')[1]?.answer ?? '{}');
  const { accessToken } = await app.core.keeper.authorization(id);
  expect(accessToken).toBe(granted.access_token);
  // On disk too, and good for the next renewal.
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  expect((await again.core.keeper.authorization(id)).accessToken).toBe(granted.access_token);
  await again.core.keeper.refreshNow(id);
  const renewed = (await again.core.keeper.authorization(id)).accessToken;
  expect(await sandbox.issuer.introspect(renewed)).toMatchObject({ active: true });
});

test('signing out during a renewal leaves nothing behind, and takes back the newest tokens', async () => {
  const { app, sandbox, id, network, ahead, keeper } = await renewing();
  const released = keeper.release(id);
  expect(await isOpen(released)).toBe(true);
  network.release();
  await ahead;
  const secrets = await released;
  // What is released is what the issuer would renew, not what it has spent.
  expect(await sandbox.issuer.introspect(secrets?.refreshToken ?? '')).toMatchObject({ active: true });
  // Nothing is renewed any more: it would outlive the account.
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('account-unknown');
  await keeper.forget(id);
  expect(await readdir(join(app.folder, 'vault'))).not.toContain(`${id}.json`);
});

test('a token from the future, after the clock was set back, is renewed before it is used', async () => {
  const { app, keeper, id, first, refreshes } = await signedIn();
  app.time.setBy(-5 * HOUR_MS);
  const { accessToken } = await keeper.authorization(id);
  expect(accessToken).not.toBe(first);
  expect((await keeper.authorization(id)).accessToken).toBe(accessToken);
  expect(refreshes()).toHaveLength(1);
});

test('a token from the future is used when it can not be renewed just now', async () => {
  const { app, sandbox, keeper, id, first } = await signedIn();
  app.time.setBy(-5 * HOUR_MS);
  sandbox.issuer.failNext({ endpoint: 'token', status: 503 });
  expect((await keeper.authorization(id)).accessToken).toBe(first);
});

test('a clock corrected by seconds renews nothing', async () => {
  const { app, keeper, id, first, refreshes } = await signedIn();
  app.time.setBy(-5_000);
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  expect(refreshes()).toEqual([]);
});

test('after the clock was set forward by a day and back, every call has a token that works', async () => {
  const { app, server, keeper, id, refreshes } = await signedIn();
  app.time.setBy(24 * HOUR_MS);
  await keeper.authorization(id);
  expect(await echo(app, server.id, id, 'wrong clock')).toMatchObject({ kind: 'result' });
  app.time.setBy(-24 * HOUR_MS);
  expect(await echo(app, server.id, id, 'right clock')).toMatchObject({ kind: 'result' });
  expect(refreshes()).toHaveLength(2);
});

test('a clock set back during the pause after a failure does not make hours of it', async () => {
  const { app, sandbox, keeper, id, expire, refreshes } = await signedIn();
  expire();
  sandbox.issuer.failNext({ endpoint: 'token', status: 503, headers: { 'retry-after': '120' } });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('refresh-delayed');
  app.time.setBy(-4 * HOUR_MS);
  await keeper.authorization(id);
  expect(refreshes()).toHaveLength(2);
});

test('an account parked because the server moved to another issuer gives no token', async () => {
  const { app, keeper, id, account, refreshes, first } = await signedIn();
  const newIssuer = 'https://other.example';
  const parked = { kind: 'issuer-moved' as const, at: app.time.now(), newIssuer };
  await app.core.accounts.put({ ...account(), state: parked });
  expect(await problemCodeOf(keeper.authorization(id))).toBe('issuer-moved');
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('issuer-moved');
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('issuer-moved');
  expect(refreshes()).toEqual([]);
});
