import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Account } from '../../src/shared/domain/account.ts';
import type { RemoteServer } from '../../src/shared/domain/server.ts';
import { describeProblem } from '../../src/shared/problems.ts';
import { sandboxForTest, startCore, type TestCore } from '../support/core.ts';
import { filesBelow, temporaryFolder } from '../support/folder.ts';
import type { SimulatedTime } from '../support/time.ts';

/** User data with two accounts at two servers, as the app left it when it was closed. */
interface Profile {
  readonly folder: string;
  readonly time: SimulatedTime;
  readonly accounts: readonly [Account, Account];
}

async function twoAccounts(): Promise<Profile> {
  const app = await startCore({ sandbox: await sandboxForTest() });
  await app.core.start();
  const { account: first } = await app.signedIn();
  const server = await app.core.addServer((await sandboxForTest()).mcpUrl, 'Another');
  const { status } = await app.signIn(server);
  if (status.kind !== 'succeeded') throw new Error(`not signed in: ${JSON.stringify(status)}`);
  await app.core.settings.change({ theme: 'dark' });
  await app.core.stop();
  return {
    folder: app.folder,
    time: app.time,
    accounts: [first, app.core.accounts.require(status.accountId)],
  };
}

/** A damaged copy of a file: bytes, or a folder in its place. */
type Damage = Buffer | 'folder';

/** Every kind of damage, the positions spread over the file; the same in every run. */
function damagesOf(whole: Buffer): Damage[] {
  const positions = [1, whole.length >> 2, whole.length >> 1, whole.length - 1];
  return [
    Buffer.alloc(0),
    Buffer.alloc(whole.length),
    Buffer.from('hello'),
    ...positions.map((position) => whole.subarray(0, position)),
    'folder',
  ];
}

async function put(path: string, damage: Damage): Promise<void> {
  await rm(path, { force: true });
  if (damage !== 'folder') return writeFile(path, damage);
  await mkdir(path);
  await writeFile(join(path, 'inside'), 'inside');
}

/** Whether the damaged bytes are still there: under their own name, or the one they were set aside under. */
async function isKept(path: string, damage: Damage): Promise<boolean> {
  const beside = [...(await filesBelow(dirname(path)))].filter(([name]) => name.startsWith(basename(path)));
  return damage === 'folder'
    ? beside.some(([name]) => name.endsWith('/inside'))
    : beside.some(([, bytes]) => bytes.equals(damage));
}

async function call({ core }: TestCore, { serverId, id }: Account): Promise<string> {
  const connection = core.connection(serverId, id);
  const outcome = await core.calls.call(connection, { callId: id, name: 'whoami', arguments: {} });
  return outcome.kind === 'problem' ? outcome.problem.code : outcome.kind;
}

async function expectWorking(app: TestCore, ...accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) {
    expect(app.core.accounts.get(account.id)?.state.kind).toBe('live');
    expect(await call(app, account)).toBe('result');
  }
}

async function expectSignInWorks(app: TestCore, server: RemoteServer, renews?: Account): Promise<void> {
  const { status } = await app.signIn(server, renews);
  expect(status.kind).toBe('succeeded');
  if (status.kind !== 'succeeded') return;
  if (renews) expect(status.accountId).toBe(renews.id);
  await expectWorking(app, app.core.accounts.require(status.accountId));
}

/** What of a profile is stored where, and how the app goes on when that is damaged. */
const stored: readonly {
  readonly what: string;
  readonly outcome: string;
  readonly path: (profile: Profile) => string | Promise<string>;
  /** Whether the start says so. */
  readonly noticed: boolean;
  readonly check: (app: TestCore, profile: Profile) => Promise<void>;
}[] = [
  {
    what: 'servers.json',
    outcome: 'the accounts are kept, and a server can be added and signed in to',
    path: () => 'servers.json',
    noticed: true,
    check: async (app, { accounts }) => {
      expect(app.core.servers.all()).toEqual([]);
      expect(app.core.accounts.all().map(({ id }) => id)).toEqual(accounts.map(({ id }) => id));
      await expectSignInWorks(app, await app.core.addServer(accounts[0].grant.resource ?? '', 'Again'));
    },
  },
  {
    what: 'what is known of one account',
    outcome: 'it comes back from the vault, and both accounts work',
    path: ({ accounts }) => `accounts/${accounts[0].id}.json`,
    noticed: true,
    check: async (app, { accounts }) => {
      await expectWorking(app, ...accounts);
      await expectSignInWorks(app, app.core.servers.requireRemote(accounts[0].serverId), accounts[0]);
    },
  },
  ...['settings.json', 'registrations.json', 'issuers.json', 'processes.json'].map((name) => ({
    what: name,
    outcome: 'both accounts work, and either can be signed in to again',
    path: () => name,
    noticed: true,
    check: async (app: TestCore, { accounts }: Profile) => {
      await expectWorking(app, ...accounts);
      await expectSignInWorks(app, app.core.servers.requireRemote(accounts[0].serverId), accounts[0]);
    },
  })),
  {
    what: 'the tokens of one account',
    outcome: 'that account asks for a sign-in and gets it, the other works',
    path: ({ accounts }) => `vault/${accounts[0].id}.json`,
    noticed: false,
    check: async (app, { accounts: [lost, other] }) => {
      expect(await call(app, lost)).toBe('secrets-unreadable');
      const account = app.core.accounts.require(lost.id);
      expect(account.state.kind).toBe('secrets-lost');
      expect((await app.views.account(account)).consent).toBe('required');
      const { problem } = app.core.connection(lost.serverId, lost.id).view;
      expect(problem && describeProblem(problem).remedy).toBe('sign-in');
      await expectWorking(app, other);
      await expectSignInWorks(app, app.core.servers.requireRemote(lost.serverId), lost);
    },
  },
  {
    what: 'the secrets of a registration',
    outcome: 'both accounts work',
    path: ({ accounts }) => `vault/${accounts[0].registrationId}.json`,
    noticed: false,
    check: async (app, { accounts }) => {
      // Whoever reads it finds out.
      await app.core.registrations.credentials(accounts[0].registrationId);
      await expectWorking(app, ...accounts);
    },
  },
  {
    what: 'the history of one account',
    outcome: 'both accounts work',
    path: ({ accounts }) => `history/${accounts[0].id}.json`,
    noticed: false,
    check: async (app, { accounts }) => {
      await app.core.history.of(accounts[0].id);
      await expectWorking(app, ...accounts);
    },
  },
  {
    what: 'a trace',
    outcome: 'it is not shown, and both accounts work',
    path: async ({ folder }) => {
      const [name] = [...(await filesBelow(join(folder, 'traces'))).keys()];
      return `traces/${name}`;
    },
    noticed: false,
    check: async (app, { accounts }) => expectWorking(app, ...accounts),
  },
];

async function bytesOf(path: string): Promise<Buffer> {
  // A file the app had no reason to write yet is as damaged as any other.
  return readFile(path).catch(() => Buffer.from('{"version":1,"content":[]}'));
}

/** The app started on a copy of a profile in which one file is damaged. */
async function startDamaged(profile: Profile, name: string, damage: Damage) {
  const folder = await temporaryFolder();
  await cp(profile.folder, folder, { recursive: true });
  const path = join(folder, name);
  await put(path, damage);
  const app = await startCore({ folder, time: profile.time });
  await app.core.start();
  return { app, path };
}

for (const { what, outcome, path: pathOf, noticed, check } of stored) {
  test(`with ${what} cut, emptied or replaced, ${outcome}`, async () => {
    const profile = await twoAccounts();
    const name = await pathOf(profile);
    const whole = await bytesOf(join(profile.folder, name));
    const starts = damagesOf(whole).map(async (damage) => {
      const { app, path } = await startDamaged(profile, name, damage);
      const codes = app.notices.map(({ code, params }) => `${code} ${params.file}`);
      expect(codes).toEqual(noticed ? [`file-set-aside ${name}`] : []);
      await check(app, profile);
      await app.core.stop();
      expect([damage, await isKept(path, damage)]).toEqual([damage, true]);
    });
    await Promise.all(starts);
  });
}

test('a flipped bit anywhere is read as it is or set aside, and costs no other account', async () => {
  const profile = await twoAccounts();
  const { accounts } = profile;
  const names = await Promise.all(stored.map(({ path }) => path(profile)));
  // An address with another letter would be asked for: what it names is not on this computer.
  for (const name of names.filter((one) => one !== 'servers.json')) {
    const whole = await bytesOf(join(profile.folder, name));
    // A prime stride: every position and every bit gets its turn, spread over the file.
    const places = Array.from({ length: 5 }, (_, turn) => ({
      byte: (turn * 7919 + 13) % whole.length,
      bit: (turn * 3) % 8,
    }));
    const starts = places.map(async ({ byte, bit }) => {
      const damage = Buffer.from(whole);
      damage.writeUInt8(damage.readUInt8(byte) ^ (1 << bit), byte);
      const { app, path } = await startDamaged(profile, name, damage);
      const calls = await Promise.all(
        accounts.map((one) => (app.core.accounts.get(one.id) ? call(app, one).catch(() => 'gone') : 'gone')),
      );
      // Whatever the bit meant, it was in what belongs to at most one of the two, unless the whole book is aside.
      if (app.notices.length === 0) expect(calls).toContain('result');
      await app.core.stop();
      if (app.notices.length > 0) expect(await isKept(path, damage)).toBe(true);
    });
    await Promise.all(starts);
  }
});
