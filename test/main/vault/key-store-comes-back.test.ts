import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Account } from '../../../src/shared/domain/account.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { filesBelow } from '../../support/folder.ts';
import { lockableBox } from '../../support/lockable-box.ts';
import { until } from '../../support/time.ts';

async function call({ core }: TestCore, { serverId, id }: Account): Promise<string> {
  const connection = core.connection(serverId, id);
  const outcome = await core.calls.call(connection, { callId: id, name: 'whoami', arguments: {} });
  return outcome.kind === 'problem' ? outcome.problem.code : outcome.kind;
}

const vaultOf = async ({ folder }: TestCore) => readdir(join(folder, 'vault')).catch(() => []);

test('a sign-in made while the key store was locked moves there by itself and survives a restart', async () => {
  const secretBox = lockableBox();
  secretBox.locked = true;
  const app = await startCore({ sandbox: await sandboxForTest(), secretBox });
  const { account } = await app.signedIn();
  await app.core.keeper.refreshNow(account.id);
  expect((await app.views.account(account)).storage).toMatchObject({ kind: 'memory' });
  expect(await vaultOf(app)).toEqual([]);

  secretBox.locked = false;
  app.time.advance(60_000);
  await until(() => app.payloads('storage.changed').length === 1);
  expect(app.payloads('storage.changed')).toEqual([{ kind: 'key-store', backend: 'test' }]);
  // The account is shown anew, with where its tokens rest now.
  await until(() => app.payloads('account.changed').at(-1)?.storage.kind === 'key-store');
  expect(await vaultOf(app)).toContain(`${account.id}.json`);
  await app.core.stop();

  const again = await startCore({ folder: app.folder, time: app.time, secretBox });
  expect(again.core.accounts.require(account.id).state.kind).toBe('live');
  expect(await call(again, account)).toBe('result');
  expect(again.visits).toEqual([]);
});

test('a start while the key store is locked condemns nothing; unlocked, the account works', async () => {
  const secretBox = lockableBox();
  const first = await startCore({ sandbox: await sandboxForTest(), secretBox });
  const { account } = await first.signedIn();
  await first.core.stop();
  const before = await filesBelow(join(first.folder, 'vault'));

  secretBox.locked = true;
  const app = await startCore({ folder: first.folder, time: first.time, secretBox });
  await app.core.start();
  expect(await call(app, account)).toBe('secrets-locked');
  expect(app.core.accounts.require(account.id).state.kind).toBe('live');
  expect(await filesBelow(join(app.folder, 'vault'))).toEqual(before);

  secretBox.locked = false;
  // The next look at the key store and the connection's own next attempt: nobody has to do anything.
  app.time.advance(60_000);
  await until(() => app.payloads('storage.changed').length === 1);
  await until(() => app.core.connection(account.serverId, account.id).view.status === 'connected');
  expect(await call(app, account)).toBe('result');
  expect(app.visits).toEqual([]);
});
