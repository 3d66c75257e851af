import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { environmentKeyBox } from '../../../src/main/vault/environment-key-box.ts';
import { KeyUnavailable, memoryOnlyBox, type SecretBox } from '../../../src/main/vault/secret-box.ts';
import type { AccountSecrets } from '../../../src/main/vault/secrets.ts';
import { Vault, type VaultOptions } from '../../../src/main/vault/vault.ts';
import type { StorageProtection } from '../../../src/shared/domain/account.ts';
import { problemCodeOf } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { quietly, SimulatedTime, until } from '../../support/time.ts';

const secretsOf = (accessToken: string): AccountSecrets => ({
  kind: 'account',
  accessToken,
  tokenType: 'Bearer',
  refreshToken: `refresh of ${accessToken}`,
  expiresAt: null,
  issuedAt: 1,
  scopes: null,
});

/** A box whose key store the test locks and unlocks. */
class SwitchableBox implements SecretBox {
  readonly #inner = environmentKeyBox('one key');
  locked = false;
  reseal = false;
  sealed = 0;
  failing: Error | null = null;
  /** The key store says it is there and does not hand out its key. */
  withheld = false;

  protection: SecretBox['protection'] = async () =>
    this.locked ? { kind: 'memory', reason: 'locked' } : { kind: 'key-store', backend: 'test' };

  seal: SecretBox['seal'] = async (plainText) => {
    if (this.failing) throw this.failing;
    if (this.locked || this.withheld) throw new KeyUnavailable('withheld');
    this.sealed += 1;
    return this.#inner.seal(plainText);
  };

  open: SecretBox['open'] = async (sealed) => {
    if (this.locked || this.withheld) throw new KeyUnavailable('withheld');
    return { ...(await this.#inner.open(sealed)), reseal: this.reseal };
  };
}

async function vaultIn(
  folder: string,
  box: SecretBox = environmentKeyBox('one key'),
  options?: VaultOptions,
) {
  return new Vault(join(folder, 'vault'), box, options);
}

/** A vault whose time and key store the test holds, and what it tells of its protection. */
async function watchedVault() {
  const folder = await temporaryFolder();
  const [box, time, told] = [new SwitchableBox(), new SimulatedTime(), [] as StorageProtection['kind'][]];
  const vault = await vaultIn(folder, box, {
    scheduler: time,
    protectionChanged: ({ kind }) => told.push(kind),
  });
  // What is being moved when a test has seen enough is still being written.
  onTestFinished(() => vault.stop());
  const onDisk = async () => (await readdir(join(folder, 'vault')).catch(() => [])).sort();
  return { folder, box, time, told, vault, onDisk };
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

test('what waits in memory moves by itself when the key store is back, and it is said', async () => {
  const { folder, box, time, told, vault, onDisk } = await watchedVault();
  box.locked = true;
  for (const id of ['one', 'two']) await vault.write(id, secretsOf('token'));
  expect(time.armed).toBe(1);
  // Still locked: asked again, and again later.
  time.advance(60_000);
  await until(() => time.armed === 1);
  expect(await onDisk()).toEqual([]);
  box.locked = false;
  time.advance(60_000);
  await until(() => told.length === 1);
  expect(told).toEqual(['key-store']);
  expect(await onDisk()).toEqual(['one.json', 'two.json']);
  expect(await (await vaultIn(folder, box)).read('two', 'account')).toMatchObject({ kind: 'found' });
  await until(() => time.armed === 0);
});

test('any question to the key store that finds it open is an occasion to move', async () => {
  const { box, vault, onDisk } = await watchedVault();
  box.locked = true;
  await vault.write('one', secretsOf('token'));
  box.locked = false;
  await vault.read('another', 'account');
  await vault.protection();
  await until(async () => (await onDisk()).length === 1);
});

test('a key store that comes back or goes is told of, also when nothing waits', async () => {
  const { box, time, told, vault } = await watchedVault();
  box.locked = true;
  await vault.protection();
  expect([told, time.armed]).toEqual([[], 1]);
  box.locked = false;
  time.advance(60_000);
  await until(() => told.length === 1);
  box.locked = true;
  await vault.protection();
  expect(told).toEqual(['key-store', 'memory']);
  await vault.stop();
  expect(time.armed).toBe(0);
  await vault.protection();
  expect(time.armed).toBe(0);
});

test('what can not be moved stays in memory and is tried again', async () => {
  const { box, time, told, vault, onDisk } = await watchedVault();
  box.locked = true;
  await vault.write('one', secretsOf('token'));
  box.locked = false;
  box.failing = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  expect(await problemCodeOf(vault.moveFromMemory())).toBe('secrets-not-stored');
  time.advance(60_000);
  await until(() => time.armed === 1);
  await quietly();
  expect(await vault.read('one', 'account')).toMatchObject({ kind: 'found' });
  expect(await onDisk()).toEqual([]);
  box.failing = null;
  time.advance(60_000);
  await until(() => told.length === 2);
  expect(await onDisk()).toEqual(['one.json']);
});

test('a key withheld for the moment condemns nothing, and what is written meanwhile waits in memory', async () => {
  const { box, vault, onDisk } = await watchedVault();
  await vault.write('one', secretsOf('old'));
  box.withheld = true;
  expect((await vault.protection()).kind).toBe('key-store');
  expect(await vault.read('one', 'account')).toEqual({ kind: 'unavailable', reason: 'withheld' });
  expect(await onDisk()).toEqual(['one.json']);
  await vault.write('one', secretsOf('new'));
  expect(await onDisk()).toEqual([]);
  box.withheld = false;
  expect(await vault.moveFromMemory()).toBe(1);
  expect(await vault.read('one', 'account')).toMatchObject({ secrets: { accessToken: 'new' } });
});

test('a file the disk does not hand out is left where it is', async () => {
  const folder = await temporaryFolder();
  const vault = await vaultIn(folder);
  await vault.write('other', secretsOf('token'));
  const path = join(folder, 'vault', 'id.json');
  // A link that leads to itself can't be read by anybody, whoever runs this.
  await symlink(path, path);
  expect(await vault.read('id', 'account')).toEqual({
    kind: 'unavailable',
    reason: 'The file could not be read (ELOOP).',
  });
  expect((await readdir(join(folder, 'vault'))).sort()).toEqual(['id.json', 'other.json']);
});

test('what is damaged and can not be set aside is not overwritten', async () => {
  const folder = await temporaryFolder();
  const box = new SwitchableBox();
  const vault = await vaultIn(folder, box);
  const path = join(folder, 'vault', 'id.json');
  await mkdir(join(folder, 'vault'));
  await writeFile(path, 'broken');
  const taken = Array.from({ length: 1000 }, (_, index) => `${path}.unreadable-${index + 1}`);
  await Promise.all(taken.map((name) => writeFile(name, '')));
  expect((await vault.read('id', 'account')).kind).toBe('unreadable');
  expect(await problemCodeOf(vault.write('id', secretsOf('token')))).toBe('secrets-not-stored');
  box.locked = true;
  await vault.write('id', secretsOf('token'));
  expect(await readFile(path, 'utf8')).toBe('broken');
});

test('a file cut at any byte, or with any bit of its text flipped, is read whole or set aside', async () => {
  const folder = await temporaryFolder();
  await (await vaultIn(folder)).write('id', secretsOf('token'));
  const whole = await readFile(join(folder, 'vault', 'id.json'));
  const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
  const flips = Array.from({ length: whole.length }, (_, index) => {
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(index) ^ (1 << (index % 8)), index);
    return flipped;
  });
  for (const [index, damaged] of [...cuts, ...flips].entries()) {
    const place = join(folder, `${index}`);
    await mkdir(join(place, 'vault'), { recursive: true });
    await writeFile(join(place, 'vault', 'id.json'), damaged);
    const reading = await (await vaultIn(place)).read('id', 'account');
    if (reading.kind === 'found') {
      expect([index, reading.secrets]).toEqual([index, secretsOf('token')]);
      continue;
    }
    expect([index, reading.kind]).toEqual([index, 'unreadable']);
    expect(await readFile(join(place, 'vault', 'id.json.unreadable-1'))).toEqual(damaged);
  }
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
