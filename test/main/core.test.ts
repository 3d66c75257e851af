import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import type { SecretBox } from '../../src/main/vault/secret-box.ts';
import type { StorageProtection } from '../../src/shared/domain/account.ts';
import { problemCodeOf, sandboxForTest, startCore } from '../support/core.ts';
import { until } from '../support/time.ts';

test('a server that is switched off is not signed in to', async () => {
  const app = await startCore({ sandbox: await sandboxForTest() });
  const server = await app.addServer();
  await app.core.changeServer(server.id, (current) => ({ ...current, enabled: false }));
  const begin = async () =>
    app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  expect(await problemCodeOf(begin())).toBe('server-disabled');
});

test('nobody signs in to a program on this computer', async () => {
  const app = await startCore({});
  const { id } = await app.core.commands.add('Files', {
    program: process.execPath,
    arguments: [],
    folder: null,
    environment: [],
  });
  const begin = async () =>
    app.core.signIn({ serverId: id, accountId: null, confirmed: true, extraScopes: [] });
  expect(await problemCodeOf(begin())).toBe('server-without-accounts');
});

test('as many sign-ins are open as a person can overlook; one more is refused, until one ends', async () => {
  const app = await startCore({ sandbox: await sandboxForTest(), browser: 'hold' });
  app.wire.intercept = () => new Promise(() => {});
  const begin = async (number: number) => {
    const server = await app.core.addServer(`https://mcp-${number}.example/mcp`, `Server ${number}`);
    return app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  };
  const first = await begin(1);
  for (let number = 2; number <= 32; number += 1) await begin(number);
  expect(await problemCodeOf(begin(33))).toBe('too-many-sign-ins');
  app.core.desk.cancel(first.id);
  await app.core.desk.ended(first.id);
  expect((await begin(34)).status.kind).toBe('working');
});

test('a change that can not be written down is told once it failed, with the file it was for', async () => {
  const app = await startCore({});
  await app.addServer({ url: 'https://mcp.example/mcp' });
  await app.core.servers.settled();
  // Nothing can be put in place of a folder that is not empty.
  const path = join(app.folder, 'servers.json');
  await rm(path);
  await mkdir(join(path, 'in the way'), { recursive: true });
  await app.addServer({ url: 'https://other.example/mcp' }).catch(() => undefined);
  await until(() => app.payloads('notice').length > 0);
  expect(app.payloads('notice')).toMatchObject([
    {
      code: 'changes-not-stored',
      params: { file: 'servers.json', reason: expect.stringMatching(/^E[A-Z]+$/) },
    },
  ]);
});

test('when the key store comes back, what had to stay in memory moves there, and it is said', async () => {
  const inner = environmentKeyBox('a key');
  let locked = true;
  const secretBox: SecretBox = {
    ...inner,
    protection: async (): Promise<StorageProtection> =>
      locked ? { kind: 'memory', reason: 'locked' } : { kind: 'key-store', backend: 'test' },
  };
  const app = await startCore({ secretBox });
  await app.core.vault.write('account-1', {
    kind: 'account',
    accessToken: 'token',
    tokenType: 'Bearer',
    refreshToken: null,
    expiresAt: null,
    issuedAt: 1,
    scopes: null,
  });
  locked = false;
  app.core.wake();
  await until(() => app.events.some(({ name }) => name === 'storage.changed'));
  expect(await app.core.vault.protectionOf('account-1')).toEqual({ kind: 'key-store', backend: 'test' });
  expect(await app.core.vault.ids('account-')).toEqual(['account-1']);
});

test('a server whose first sign-in was given up says that it wants one', async () => {
  const app = await startCore({ sandbox: await sandboxForTest(), browser: 'hold' });
  const server = await app.addServer();
  const consent = () => app.views.server(app.core.servers.require(server.id)).consent;
  const begun = app.core.signIn({
    serverId: server.id,
    accountId: null,
    confirmed: true,
    extraScopes: [],
  });
  await until(() => app.visits.length === 1);
  expect(consent()).toBe('pending');
  app.core.desk.cancel(begun.id);
  await until(() => consent() === 'required');
});
