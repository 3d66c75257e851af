import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Account } from '../../src/shared/domain/account.ts';
import { sandboxForTest, startCore, TEST_KEY } from '../support/core.ts';
import { filesBelow } from '../support/folder.ts';

const DRIVE = fileURLToPath(new URL('../drive/main.ts', import.meta.url));

/** Whom permissions bind: the superuser's processes give them up for these tests. */
const person = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;

/** Why the tests with permissions can't run here; null when they can. */
function permissionsUnusable(): string | null {
  if (process.platform === 'win32') return 'permissions are others on Windows';
  if (!person) return null;
  const trial = spawnSync(process.execPath, ['--check', DRIVE], person);
  return trial.status === 0 ? null : 'another user may not read this folder';
}

/** Why no small disk can be made here; null when one can. */
function smallDiskUnusable(): string | null {
  if (process.platform !== 'linux') return 'only Linux lets a process mount a disk of its own';
  const trial = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return trial.status === 0 ? null : 'this system lets nobody mount a disk of their own';
}

function unless(reason: string | null) {
  if (reason) console.log(`not run: ${reason}`);
  return test.skipIf(reason !== null);
}

/** A profile with two accounts at two servers, closed. */
async function twoAccounts() {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { account: first } = await app.signedIn();
  const other = await app.core.addServer((await sandboxForTest()).mcpUrl, 'Another');
  const { status } = await app.signIn(other);
  if (status.kind !== 'succeeded') throw new Error(`not signed in: ${JSON.stringify(status)}`);
  await app.core.stop();
  const second = app.core.accounts.require(status.accountId);
  return { folder: app.folder, time: app.time, mcpUrl: sandbox.mcpUrl, first, second };
}

interface Run {
  /** The codes of the problems it told of, each with its reason. */
  readonly problems: string[];
  readonly results: number;
}

/** Runs the core in a process of its own on a folder; `wrap` says how that process is started. */
async function drive(
  options: readonly string[],
  wrap: (command: string[]) => string[] = (command) => command,
  identity: { uid: number; gid: number } | null = null,
): Promise<Run> {
  const [program = '', ...parameters] = wrap([process.execPath, DRIVE, ...options]);
  const child = spawn(program, parameters, {
    ...identity,
    env: { ...process.env, GATEHOUSE_DRIVE_KEY: TEST_KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const events = said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { event: string; code?: string; sentence?: string });
  return {
    problems: events.flatMap(({ event, code, sentence }) =>
      event === 'problem' ? `${code}: ${sentence}` : [],
    ),
    results: events.filter(({ event }) => event === 'result').length,
  };
}

/** Hands a profile to the person who is to use it. */
async function give(folder: string): Promise<void> {
  if (!person) return;
  for (const path of ['', ...(await readdir(folder, { recursive: true }))]) {
    await chown(join(folder, path), person.uid, person.gid);
  }
}

async function setWritable(folder: string, writable: boolean): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  // A folder last: while it is closed, nothing in it can be changed.
  for (const path of [...names, ''].map((name) => join(folder, name))) {
    const isFolder = (await lstat(path)).isDirectory();
    await chmod(path, (isFolder ? 0o500 : 0o400) | (writable ? 0o200 : 0));
  }
}

/** Starts the app on a profile, with everything as it should be, and calls a tool as an account. */
async function callAfterwards(
  { folder, time }: Pick<Awaited<ReturnType<typeof twoAccounts>>, 'folder' | 'time'>,
  account: Account,
): Promise<{ notices: string[]; outcome: string }> {
  const app = await startCore({ folder, time });
  const connection = app.core.connection(account.serverId, account.id);
  const outcome = await app.core.calls.call(connection, { callId: 'one', name: 'whoami', arguments: {} });
  return { notices: app.notices.map(({ code }) => code), outcome: outcome.kind };
}

unless(permissionsUnusable())(
  'a profile nobody may write is used, changes nothing, and it is said',
  async () => {
    const profile = await twoAccounts();
    await give(profile.folder);
    await setWritable(profile.folder, false);
    const before = await filesBelow(profile.folder);
    const run = await drive(
      [profile.mcpUrl, '--profile', profile.folder, '--call', 'whoami'],
      undefined,
      person,
    );
    expect(run.results).toBe(1);
    expect(run.problems).toContainEqual(
      expect.stringMatching(/^changes-not-stored: .*servers\.json \(EACCES\)/),
    );
    expect(await filesBelow(profile.folder)).toEqual(before);
    await setWritable(profile.folder, true);
    expect(await callAfterwards(profile, profile.first)).toEqual({ notices: [], outcome: 'result' });
  },
);

unless(permissionsUnusable())(
  'a file nobody may read is left as it is, and back with its permissions',
  async () => {
    const profile = await twoAccounts();
    await give(profile.folder);
    const path = join(profile.folder, 'accounts', `${profile.first.id}.json`);
    const before = await readFile(path);
    await chmod(path, 0);
    const run = await drive(
      [profile.mcpUrl, '--profile', profile.folder, '--call', 'whoami'],
      undefined,
      person,
    );
    expect(run.problems).toContainEqual(
      expect.stringMatching(/^file-not-read: .*accounts\/.*\.json .*\(EACCES\)/),
    );
    // The server itself is known, and a sign-in gives it another account.
    expect(run.results).toBe(1);
    await chmod(path, 0o600);
    expect(await readFile(path)).toEqual(before);
    for (const account of [profile.first, profile.second]) {
      expect(await callAfterwards(profile, account)).toEqual({ notices: [], outcome: 'result' });
    }
  },
);

function isWhole(document: Buffer | undefined): boolean {
  try {
    JSON.parse(document?.toString() ?? '');
    return true;
  } catch {
    return false;
  }
}

/** What has to be so after a renewal for which there was no room. */
async function expectWhole(
  profile: Awaited<ReturnType<typeof twoAccounts>>,
  before: ReadonlyMap<string, Buffer>,
  run: Run,
  reason: RegExp,
): Promise<void> {
  expect(run.problems).toContainEqual(expect.stringMatching(/^secrets-not-stored/));
  expect(run.problems.join('\n')).toMatch(reason);
  const after = await filesBelow(profile.folder);
  // Old or new, but whole; and of the vault nothing was renewed but what could not be stored.
  for (const name of before.keys()) expect([name, isWhole(after.get(name))]).toEqual([name, true]);
  const vaultOf = (files: ReadonlyMap<string, Buffer>) =>
    [...files].filter(([name]) => name.startsWith('vault'));
  expect(vaultOf(after)).toEqual(vaultOf(before));
  expect(await callAfterwards(profile, profile.second)).toEqual({ notices: [], outcome: 'result' });
}

unless(process.platform === 'win32' ? 'there is no such limit on Windows' : null)(
  'a file that can not be written to its end never takes the place of a whole one',
  async () => {
    const profile = await twoAccounts();
    const before = await filesBelow(profile.folder);
    // Every write ends after 512 bytes, some way into the file. The signal that says so would end the process.
    const limited = ([node = '', ...rest]: string[]) => [
      'sh',
      '-c',
      'ulimit -f 1; exec "$@"',
      'sh',
      node,
      '--import',
      `data:text/javascript,process.on('SIGXFSZ',()=>{})`,
      ...rest,
    ];
    const run = await drive([profile.mcpUrl, '--profile', profile.folder, '--refresh'], limited);
    await expectWhole(profile, before, run, /EFBIG/);
  },
);

unless(smallDiskUnusable())('on a full disk nothing is lost but what had to be written', async () => {
  const profile = await twoAccounts();
  const before = await filesBelow(profile.folder);
  // The profile moves to a disk of its own, another file takes what is left of it, and the profile comes back.
  const script = `set -e
    profile=$1; shift
    keep=$(mktemp -d); cp -a "$profile/." "$keep"
    mount -t tmpfs -o size=1m tmpfs "$profile"
    cp -a "$keep/." "$profile"
    cat /dev/zero > "$profile/filler" 2>/dev/null || true
    "$@" || true
    rm "$profile/filler"; rm -rf "$keep"; mkdir "$keep"; cp -a "$profile/." "$keep"
    umount "$profile"; cp -a "$keep/." "$profile"; rm -rf "$keep"`;
  const onSmallDisk = (command: string[]) => [
    'unshare',
    '-Urm',
    'sh',
    '-c',
    script,
    'sh',
    profile.folder,
    ...command,
  ];
  const run = await drive([profile.mcpUrl, '--profile', profile.folder, '--refresh'], onSmallDisk);
  await expectWhole(profile, before, run, /ENOSPC/);
});
