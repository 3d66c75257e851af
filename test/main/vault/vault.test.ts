import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentKeyBox } from '../../../src/main/vault/environment-key-box.ts';
import { memoryOnlyBox, type SecretBox } from '../../../src/main/vault/secret-box.ts';
import type { AccountSecrets } from '../../../src/main/vault/secrets.ts';
import { Vault } from '../../../src/main/vault/vault.ts';
import { problemCodeOf } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';

const secretsOf = (accessToken: string): AccountSecrets => ({
  kind: 'account',
  accessToken,
  tokenType: 'Bearer',
  refreshToken: `refresh of ${accessToken}`,
  expiresAt: null,
  issuedAt: 1,
  scopes: null,
  label: 'alice',
});

/** A box whose key store the test locks and unlocks. */
class SwitchableBox implements SecretBox {
  readonly #inner = environmentKeyBox('one key');
  locked = false;
  reseal = false;
  sealed = 0;
  failing: Error | null = null;

  protection: SecretBox['protection'] = async () =>
    this.locked ? { kind: 'memory', reason: 'locked' } : { kind: 'key-store', backend: 'test' };

  seal: SecretBox['seal'] = async (plainText) => {
    if (this.locked || this.failing) throw this.failing ?? new Error('locked');
    this.sealed += 1;
    return this.#inner.seal(plainText);
  };

  open: SecretBox['open'] = async (sealed) => {
    if (this.locked) throw new Error('locked');
    return { ...(await this.#inner.open(sealed)), reseal: this.reseal };
  };
}

async function vaultIn(folder: string, box: SecretBox = environmentKeyBox('one key')) {
  return new Vault(join(folder, 'vault'), box);
}

test('secrets survive a restart, in one file of ciphertext each', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  await vault.write('account-1', secretsOf('token-1'));
  await vault.write('account-2', secretsOf('token-2'));
  const again = await vaultIn(folder);
  expect(await again.read('account-1', 'account')).toEqual({ kind: 'found', secrets: secretsOf('token-1') });
  expect((await readdir(join(folder, 'vault'))).sort()).toEqual(['account-1.json', 'account-2.json']);
  const file = join(folder, 'vault', 'account-1.json');
  expect(await readFile(file, 'utf8')).not.toContain('token-1');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('two files of the same secret differ, so that nobody sees it is the same', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  for (const id of ['a', 'b']) await vault.write(id, secretsOf('token'));
  const [a, b] = await Promise.all(
    ['a', 'b'].map((id) => readFile(join(folder, 'vault', `${id}.json`), 'utf8')),
  );
  expect(a).not.toBe(b);
});

test('with another key a file is set aside and named, and the others stay as they are', async () => {
  const folder = await temporaryFolder();
  await (await vaultIn(folder)).write('mine', secretsOf('token-1'));
  const other = await vaultIn(folder, environmentKeyBox('another key'));
  await other.write('theirs', secretsOf('token-2'));
  expect(await other.read('mine', 'account')).toMatchObject({
    kind: 'unreadable',
    problem: { code: 'secrets-unreadable' },
  });
  expect(await other.read('theirs', 'account')).toMatchObject({ kind: 'found' });
  expect(await other.read('mine', 'account')).toEqual({ kind: 'absent' });
  expect((await readdir(join(folder, 'vault'))).sort()).toEqual(['mine.json.unreadable-1', 'theirs.json']);
});

const damages: readonly (readonly [string, (file: string) => string])[] = [
  ['cut short', (file) => file.slice(0, file.length / 2)],
  ['emptied', () => ''],
  ['with a changed byte of ciphertext', (file) => file.replace(/"ciphertext":"..../, '"ciphertext":"AAAA')],
  ['with ciphertext too short for any key', () => '{"version":1,"ciphertext":"AAAA"}'],
  ['of an unknown version', (file) => file.replace('"version":1', '"version":2')],
  ['that is no JSON', () => 'hello'],
];

for (const [what, damage] of damages) {
  test(`a file ${what} is set aside whole and never overwritten`, async () => {
    const folder = await temporaryFolder();
    const vault = await vaultIn(folder);
    await vault.write('id', secretsOf('token'));
    const path = join(folder, 'vault', 'id.json');
    const damaged = damage(await readFile(path, 'utf8'));
    await writeFile(path, damaged);
    expect(await vault.read('id', 'account')).toMatchObject({ kind: 'unreadable' });
    await vault.write('id', secretsOf('new'));
    expect(await readFile(`${path}.unreadable-1`, 'utf8')).toBe(damaged);
    expect(await vault.read('id', 'account')).toMatchObject({ kind: 'found' });
  });
}

test('secrets of another kind are not handed out', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  await vault.write('id', secretsOf('token'));
  expect((await vault.read('id', 'registration')).kind).toBe('unreadable');
});

test('without a key store secrets are in memory only, and nothing is written', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder, memoryOnlyBox('no key store'));
  await vault.write('id', secretsOf('token'));
  expect(await vault.read('id', 'account')).toMatchObject({ kind: 'found' });
  expect(await vault.protectionOf('id')).toEqual({ kind: 'memory', reason: 'no key store' });
  expect(await readdir(folder)).toEqual([]);
  expect(await (await vaultIn(folder, memoryOnlyBox('no'))).read('id', 'account')).toEqual({
    kind: 'absent',
  });
});

test('while the key store is locked files are left alone, and open again when it is back', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  await vault.write('id', secretsOf('token'));
  box.locked = true;
  expect(await vault.read('id', 'account')).toEqual({ kind: 'unavailable', reason: 'locked' });
  box.locked = false;
  expect(await vault.read('id', 'account')).toMatchObject({ kind: 'found' });
});

test('what is written while the key store is locked replaces the file, and is moved there when it is back', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  await vault.write('id', secretsOf('old'));
  box.locked = true;
  await vault.write('id', secretsOf('new'));
  // A spent refresh token found on disk after a restart would end the grant.
  expect(await readdir(join(folder, 'vault'))).toEqual([]);
  expect(await vault.moveFromMemory()).toBe(0);
  box.locked = false;
  expect((await vault.protectionOf('id')).kind).toBe('memory');
  expect(await vault.moveFromMemory()).toBe(1);
  expect((await vault.protectionOf('id')).kind).toBe('key-store');
  expect(await (await vaultIn(folder, box)).read('id', 'account')).toMatchObject({
    secrets: { accessToken: 'new' },
  });
});

test('moving from memory never brings back what was written over or deleted meanwhile', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  box.locked = true;
  for (const id of ['first', 'changed', 'deleted']) await vault.write(id, secretsOf('old'));
  box.locked = false;
  await Promise.all([
    vault.moveFromMemory(),
    vault.write('changed', secretsOf('new')),
    vault.delete('deleted'),
  ]);
  expect(await vault.read('changed', 'account')).toMatchObject({ secrets: { accessToken: 'new' } });
  expect(await vault.read('deleted', 'account')).toEqual({ kind: 'absent' });
  expect((await readdir(join(folder, 'vault'))).sort()).toEqual(['changed.json', 'first.json']);
});

test('what the key store wants encrypted anew is, and a failure of that loses nothing', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  await vault.write('id', secretsOf('token'));
  const path = join(folder, 'vault', 'id.json');
  const before = await readFile(path, 'utf8');
  box.reseal = true;
  box.failing = new Error('not now');
  expect(await vault.read('id', 'account')).toMatchObject({ kind: 'found' });
  expect(await readFile(path, 'utf8')).toBe(before);
  box.failing = null;
  await vault.read('id', 'account');
  expect(await readFile(path, 'utf8')).not.toBe(before);
  box.reseal = false;
  expect(await vault.read('id', 'account')).toEqual({ kind: 'found', secrets: secretsOf('token') });
});

test('a write that fails is named and leaves what was stored before', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  await vault.write('id', secretsOf('old'));
  box.failing = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  const failed = vault.write('id', secretsOf('new'));
  expect(await problemCodeOf(failed)).toBe('secrets-not-stored');
  box.failing = null;
  expect(await vault.read('id', 'account')).toMatchObject({ secrets: { accessToken: 'old' } });
});

test('writes, reads and deletions of one identifier happen in the order they were asked for', async () => {
  const vault = await vaultIn(await temporaryFolder());
  const order = [
    vault.write('id', secretsOf('1')),
    vault.read('id', 'account'),
    vault.write('id', secretsOf('2')),
    vault.write('id', secretsOf('3')),
    vault.read('id', 'account'),
    vault.delete('id'),
    vault.read('id', 'account'),
  ];
  const outcomes = await Promise.all(order);
  expect(outcomes.filter(Boolean)).toMatchObject([
    { secrets: { accessToken: '1' } },
    { secrets: { accessToken: '3' } },
    { kind: 'absent' },
  ]);
});

test('identifiers never lead out of the folder', async () => {
  const vault = await vaultIn(await temporaryFolder());
  for (const id of ['../outside', 'a/b', '', '.', 'UPPER', 'x'.repeat(65), 'a\0b', 'a.json']) {
    await expect(vault.write(id, secretsOf('token'))).rejects.toThrow();
    await expect(vault.delete(id)).rejects.toThrow();
  }
});

test('identifiers are found by their beginning, files set aside are not', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  for (const id of ['pending-a', 'pending-b', 'other']) await vault.write(id, secretsOf('t'));
  await writeFile(join(folder, 'vault', 'pending-c.json.unreadable-1'), '');
  expect((await vault.ids('pending-')).sort()).toEqual(['pending-a', 'pending-b']);
  expect(await (await vaultIn(join(folder, 'nowhere'))).ids('pending-')).toEqual([]);
});

test('a folder in the place of a file is unreadable, not an accident', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  await mkdir(join(folder, 'vault', 'id.json', 'inside'), { recursive: true });
  expect((await vault.read('id', 'account')).kind).toBe('unreadable');
  await vault.write('id', secretsOf('token'));
  expect(await vault.read('id', 'account')).toMatchObject({ kind: 'found' });
});

test('a deletion that fails is named', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  await mkdir(join(folder, 'vault', 'account-1.json'), { recursive: true });
  expect(await problemCodeOf(vault.delete('account-1'))).toBe('secrets-not-deleted');
});
