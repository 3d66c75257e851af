import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Fetch } from '../../../src/main/ports.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../../support/core.ts';
import { HOUR_MS, signedIn } from '../../support/signed-in.ts';
import { SimulatedTime, until } from '../../support/time.ts';

/** A folder in the place of the vault's file: nothing can be renamed over it, whoever runs this. */
async function blocked({ app, id }: Awaited<ReturnType<typeof signedIn>>) {
  const file = join(app.folder, 'vault', `${id}.json`);
  await rm(file);
  await mkdir(join(file, 'in-the-way'), { recursive: true });
  return { unblock: () => rm(file, { recursive: true }) };
}

test('tokens that could not be stored are not used, the spent one is never sent again, and storing is retried', async () => {
  const signed = await signedIn();
  const { sandbox, keeper, id, first, expire, refreshes } = signed;
  expire();
  const { unblock } = await blocked(signed);
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('secrets-not-stored');
  expect(refreshes()).toHaveLength(1);
  await unblock();
  const { accessToken } = await keeper.authorization(id);
  expect(accessToken).not.toBe(first);
  expect(refreshes()).toHaveLength(1);
  expect(await sandbox.issuer.introspect(accessToken)).toMatchObject({ active: true });
  // The newest refresh token was not lost with it.
  await keeper.refreshNow(id);
  expect(new Set(refreshes()).size).toBe(2);
});

test('while renewed tokens can not be stored, a token that still lives is used', async () => {
  const signed = await signedIn();
  const { keeper, id, first, refreshes } = signed;
  await blocked(signed);
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('secrets-not-stored');
  expect((await keeper.authorization(id)).accessToken).toBe(first);
  expect(refreshes()).toHaveLength(1);
});

test('a token refused by the server is not used in the place of one that can not be stored', async () => {
  const signed = await signedIn();
  const { keeper, id, first } = signed;
  await blocked(signed);
  expect(await problemCodeOf(keeper.rejected(id, first))).toBe('secrets-not-stored');
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
});

test('renewed tokens that ended before they could be stored are stored, then renewed', async () => {
  const signed = await signedIn();
  const { app, sandbox, keeper, id, expire, refreshes } = signed;
  const { unblock } = await blocked(signed);
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('secrets-not-stored');
  expire();
  expect(await problemCodeOf(keeper.authorization(id))).toBe('secrets-not-stored');
  await unblock();
  const { accessToken } = await keeper.authorization(id);
  expect(await sandbox.issuer.introspect(accessToken)).toMatchObject({ active: true });
  expect(new Set(refreshes()).size).toBe(2);
  expect(app.core.accounts.require(id).grant.accessTokenExpiresAt).toBeGreaterThan(app.time.now());
});

test('a sign-in whose tokens can not be stored fails by name and leaves no account', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({
    sandbox,
    secretBox: {
      protection: async () => ({ kind: 'key-store', backend: 'test' }),
      seal: async () => {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
      open: async () => {
        throw new Error('nothing was sealed');
      },
    },
  });
  const { status } = await app.signIn(await app.addServer());
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'secrets-not-stored' } });
  expect(app.core.accounts.all()).toEqual([]);
});

test('signing in again with tokens that can not be stored leaves the old grant in use', async () => {
  const signed = await signedIn();
  const { app, server, keeper, id, first, account } = signed;
  await blocked(signed);
  const { status } = await app.signIn(server, account());
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'secrets-not-stored' } });
  expect((await keeper.authorization(id)).accessToken).toBe(first);
});

test('a token that ran out without a refresh token is used to its end, then expired, not revoked', async () => {
  const { app, id } = await signedIn();
  await app.core.vault.write(id, {
    kind: 'account',
    accessToken: 'the only one',
    tokenType: 'Bearer',
    refreshToken: null,
    expiresAt: app.time.now() + HOUR_MS,
    issuedAt: app.time.now(),
    scopes: null,
  });
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  const { keeper, accounts } = again.core;
  // While it lives, wanting to renew it does not end it.
  expect(await problemCodeOf(keeper.refreshNow(id))).toBe('refresh-not-offered');
  expect(accounts.require(id).state.kind).toBe('live');
  app.time.sleepThrough(HOUR_MS - 1);
  expect((await keeper.authorization(id)).accessToken).toBe('the only one');
  app.time.sleepThrough(1);
  expect(await problemCodeOf(keeper.authorization(id))).toBe('grant-expired');
  expect(accounts.require(id).state.kind).toBe('expired');
  expect(again.wire.tokenRequests()).toHaveLength(0);
});

test('a token that ends and that nothing can renew is said to have ended when it does, without anybody using it', async () => {
  const time = new SimulatedTime();
  // An issuer that grants no refresh token.
  const withoutRefreshToken: Fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!new URL(answer.url).pathname.endsWith('/token')) return answer;
    const { refresh_token: _, ...tokens } = await answer.json();
    return Response.json(tokens, { status: answer.status });
  };
  const app = await startCore({ sandbox: await sandboxForTest(), time, fetch: withoutRefreshToken });
  const server = await app.addServer();
  await app.core.start();
  await app.signIn(server);
  const [account] = app.core.accounts.all();
  expect(account?.grant.refreshable).toBe(false);
  const requests = app.wire.tokenRequests().length;
  time.advance(HOUR_MS - 1);
  expect(app.core.accounts.all()).toMatchObject([{ state: { kind: 'live' } }]);
  time.advance(1);
  await until(() => app.payloads('account.changed').at(-1)?.consent === 'expired');
  expect(app.wire.tokenRequests()).toHaveLength(requests);
});

test('a token without end and without a refresh token is used until the server refuses it', async () => {
  const { app, id } = await signedIn();
  await app.core.vault.write(id, {
    kind: 'account',
    accessToken: 'without end',
    tokenType: 'Bearer',
    refreshToken: null,
    expiresAt: null,
    issuedAt: app.time.now(),
    scopes: null,
  });
  await app.core.stop();
  const again = await startCore({ folder: app.folder, time: app.time });
  const { keeper, accounts } = again.core;
  app.time.sleepThrough(1000 * HOUR_MS);
  expect((await keeper.authorization(id)).accessToken).toBe('without end');
  expect(await problemCodeOf(keeper.rejected(id, 'without end'))).toBe('grant-expired');
  expect(accounts.require(id).state.kind).toBe('expired');
  expect(again.wire.tokenRequests()).toHaveLength(0);
});
