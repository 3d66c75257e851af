import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Account } from '../../../src/shared/domain/account.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { lockableBox } from '../../support/lockable-box.ts';

/** User data in which the vault knows an account that the account book does not. */
async function tokensWithoutAccount() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  await app.core.start();
  const { server, account } = await app.signedIn();
  await app.core.stop();
  await rm(join(app.folder, 'accounts', `${account.id}.json`));
  return { sandbox, server, account, folder: app.folder, time: app.time };
}

async function call({ core }: TestCore, { serverId, id }: Account): Promise<string> {
  const outcome = await core.calls.call(core.connection(serverId, id), {
    callId: id,
    name: 'whoami',
    arguments: {},
  });
  return outcome.kind;
}

test('an account whose tokens were stored when the app was killed is back at the next start, works, and can be signed out', async () => {
  const { sandbox, server, account, ...rest } = await tokensWithoutAccount();
  const app = await startCore({ sandbox, ...rest });
  expect(app.core.accounts.all()).toEqual([]);
  await app.core.start();
  expect(app.core.accounts.get(account.id)).toMatchObject({
    serverId: server.id,
    label: account.label,
    grant: account.grant,
    state: { kind: 'live' },
  });
  expect(await call(app, account)).toBe('result');
  const report = await app.core.leaving.signOut(account.id, { forgetRegistration: true });
  expect(report.revocation).toBe('confirmed');
  await app.core.stop();

  const again = await startCore({ sandbox, ...rest });
  await again.core.start();
  expect(again.core.accounts.all()).toEqual([]);
});

test('with the key store locked at the start, it is back when the key store is', async () => {
  const { sandbox, account, ...rest } = await tokensWithoutAccount();
  const secretBox = lockableBox();
  secretBox.locked = true;
  const app = await startCore({ sandbox, secretBox, ...rest });
  await app.core.start();
  await app.core.vault.protection();
  expect(app.core.accounts.all()).toEqual([]);
  secretBox.locked = false;
  await app.core.vault.protection();
  await expect.poll(() => app.core.accounts.get(account.id)?.id).toBe(account.id);
  expect(await call(app, account)).toBe('result');
});

test('tokens of a server that is not in the list stay where they are', async () => {
  const { sandbox, server, account, ...rest } = await tokensWithoutAccount();
  const app = await startCore({ sandbox, ...rest });
  await app.core.servers.remove(server.id);
  await app.core.start();
  expect(app.core.accounts.all()).toEqual([]);
  expect(await app.core.vault.ids(account.id)).toEqual([account.id]);
});
