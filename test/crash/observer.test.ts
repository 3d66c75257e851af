import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentKeyBox } from '../../src/main/vault/environment-key-box.ts';
import { Vault } from '../../src/main/vault/vault.ts';
import { temporaryFolder } from '../support/folder.ts';
import { VAULT_KEY } from './core-on-folder.ts';
import { Observer } from './observer.ts';

/** An issuer's view of one sign-in that was renewed `renewals` times, of which `stored` are on disk. */
async function renewed({ renewals, stored }: { renewals: number; stored: number }) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'vault'));
  const vault = new Vault(join(folder, 'vault'), environmentKeyBox(VAULT_KEY));
  const store = (step: number) =>
    vault.write('account-1', {
      kind: 'account',
      accessToken: `access-${step}`,
      tokenType: 'Bearer',
      refreshToken: `refresh-${step}`,
      expiresAt: null,
      issuedAt: 1,
      scopes: null,
    });
  const observer = new Observer(folder);
  observer.ledger.granted(['access-0', 'refresh-0']);
  for (let step = 1; step <= renewals; step += 1) {
    observer.ledger.renewed(`refresh-${step - 1}`, [`access-${step}`, `refresh-${step}`]);
  }
  await store(stored);
  await observer.beginRun();
  return { observer, store };
}

test('the newest token, stored and then used, is as it should be', async () => {
  const { observer } = await renewed({ renewals: 2, stored: 2 });
  observer.accessTokenArrived('access-2');
  observer.accessTokenArrived('access-1');
  observer.refreshTokenArrived('refresh-2');
  await observer.settled();
  expect(observer.violations).toEqual([]);
  expect(observer.counts).toEqual({
    refreshRequests: 1,
    spentSent: 0,
    spentSentThoughNewerStored: 0,
    usedBeforeStored: 0,
  });
});

test('a spent refresh token is forgiven when the process found no newer one, and only once', async () => {
  const { observer } = await renewed({ renewals: 2, stored: 1 });
  observer.refreshTokenArrived('refresh-1');
  await observer.settled();
  expect(observer.violations).toEqual([]);
  expect(observer.counts).toMatchObject({ spentSent: 1, spentSentThoughNewerStored: 0 });
  observer.refreshTokenArrived('refresh-1');
  expect(observer.violations).toEqual([expect.stringContaining('sent a refresh token twice')]);
});

test('a spent refresh token is a violation when a newer one was stored', async () => {
  const { observer } = await renewed({ renewals: 2, stored: 2 });
  observer.refreshTokenArrived('refresh-1');
  await observer.settled();
  expect(observer.counts.spentSentThoughNewerStored).toBe(1);
  expect(observer.violations).toEqual([expect.stringContaining('though a newer one was stored')]);
});

test('a token used before it was stored is a violation, judged by the moment it came in', async () => {
  const { observer, store } = await renewed({ renewals: 1, stored: 0 });
  observer.accessTokenArrived('access-1');
  await store(1);
  await observer.settled();
  expect(observer.counts.usedBeforeStored).toBe(1);
  observer.accessTokenArrived('access-1');
  observer.refreshTokenArrived('refresh-1');
  await observer.settled();
  expect(observer.violations).toHaveLength(1);
});

test('tokens of a sign-in that never reached the disk are a violation, nobody’s tokens too', async () => {
  const { observer } = await renewed({ renewals: 0, stored: 0 });
  observer.ledger.granted(['another-access', 'another-refresh']);
  observer.accessTokenArrived('another-access');
  observer.accessTokenArrived('made up');
  observer.refreshTokenArrived('made up');
  await observer.settled();
  expect(observer.violations).toHaveLength(3);
});
