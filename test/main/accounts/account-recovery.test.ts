import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentKeyBox } from '../../../src/main/vault/environment-key-box.ts';
import { KeyUnavailable, type SecretBox } from '../../../src/main/vault/secret-box.ts';
import type { Account } from '../../../src/shared/domain/account.ts';
import { sandboxForTest, startCore, TEST_KEY, type TestCore } from '../../support/core.ts';

/** User data in which the vault knows an account that the account book does not. */
async function tokensWithoutAccount() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  await app.core.start();
  const { server, account } = await app.signedIn();
  await app.core.stop();
  const book = join(app.folder, 'accounts.json');
  await rm(book, { recursive: true });
  await writeFile(book, JSON.stringify({ version: 1, content: [] }));
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
  const report = await app.core.signOut(account.id, { forgetRegistration: true });
  expect(report.revocation).toBe('confirmed');
  await app.core.stop();

  const again = await startCore({ sandbox, ...rest });
  await again.core.start();
  expect(again.core.accounts.all()).toEqual([]);
});

test('with the key store locked at the start, it is back when the key store is', async () => {
  const { sandbox, account, ...rest } = await tokensWithoutAccount();
  const open = environmentKeyBox(TEST_KEY);
  let locked = true;
  const secretBox: SecretBox = {
    ...open,
    protection: async () => (locked ? { kind: 'memory', reason: 'locked' } : open.protection()),
    open: async (ciphertext) => {
      if (locked) throw new KeyUnavailable('locked');
      return open.open(ciphertext);
    },
  };
  const app = await startCore({ sandbox, secretBox, ...rest });
  await app.core.start();
  await app.core.vault.protection();
  expect(app.core.accounts.all()).toEqual([]);
  locked = false;
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
