import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eraseFiles } from '../../src/main/store/erase.ts';
import { sandboxForTest, startCore } from '../support/core.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/time.ts';

test('erasing everything ends every sign-in at its issuer and leaves no file of ours', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  await app.signIn(server);
  const { accessToken } = await app.core.keeper.authorization(account.id);
  const { clientId = '' } = app.core.registrations.get(account.registrationId) ?? {};
  await app.core.settings.change({ theme: 'dark' });
  await writeFile(join(app.folder, 'accounts.json.unreadable-1'), 'an old copy');
  await writeFile(join(app.folder, 'accounts', 'another.json.unreadable-1'), 'another old copy');
  await writeFile(join(app.folder, 'Preferences'), 'of the browser engine');
  app.core.signIn({ serverId: server.id, accountId: null, confirmed: false, extraScopes: [] });
  await until(() => app.core.desk.views().some(({ status }) => status.kind === 'awaiting-confirmation'));

  const report = await app.core.leaving.eraseEverything();

  expect(report.left).toEqual([]);
  expect(report.signOuts.map(({ revocation }) => revocation)).toEqual(['confirmed', 'confirmed']);
  expect(await sandbox.issuer.introspect(accessToken)).toEqual({ active: false });
  expect(sandbox.issuer.clientExists(clientId)).toBe(false);
  expect(await readdir(app.folder)).toEqual(['Preferences']);
  expect(app.core.servers.all()).toEqual([]);
  expect(app.core.accounts.all()).toEqual([]);
  expect(app.core.registrations.all()).toEqual([]);
  expect(app.core.settings.current.theme).toBe('system');
  expect(app.core.traces.list(null)).toEqual([]);
});

test('erasing without a network says what no issuer confirmed, and keeps nothing for later', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  await app.signedIn();
  await sandbox.issuer.stop();
  const report = await app.core.leaving.eraseEverything();
  expect(report.signOuts).toMatchObject([{ revocation: 'failed', detail: expect.any(String) }]);
  expect(app.core.revocations.views()).toEqual([]);
  expect(await readdir(app.folder)).toEqual([]);
});

test('after erasing, the app goes on as on the first day', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  await app.signedIn();
  await app.core.leaving.eraseEverything();
  const { account } = await app.signedIn();
  expect((await app.core.history.of(account.id)).map(({ kind }) => kind)).toEqual(['asked', 'granted']);
  await app.core.stop();
  const again = await startCore({ sandbox, folder: app.folder, time: app.time });
  expect(again.core.accounts.all()).toMatchObject([{ id: account.id }]);
});

test('files of ours go with the copies beside them, files of others stay', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'vault'));
  await writeFile(join(folder, 'vault', 'one.json'), '{}');
  await writeFile(join(folder, 'settings.json'), '{}');
  await writeFile(join(folder, 'settings.json.tmp-1234567890abcdef'), '{');
  await writeFile(join(folder, 'settingsjson'), 'of somebody else');
  expect(await eraseFiles(folder, ['settings.json', 'vault'])).toEqual([]);
  expect(await readdir(folder)).toEqual(['settingsjson']);
});

test.runIf(process.platform === 'linux')('what the system does not let go is named', async () => {
  // Nobody deletes these, the administrator neither.
  expect(await eraseFiles('/proc/self', ['cmdline'])).toEqual(['cmdline']);
});
