import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { Core } from '../../src/main/core.ts';
import { coreOnFolder } from '../crash/core-on-folder.ts';
import { type DriveWorld, drive, exitCodes } from '../drive/drive.ts';
import { parseOptions } from '../drive/options.ts';
import { type Attack, type HostileSandbox, startAttacks } from '../sandbox/profiles/hostile.ts';
import type { ProfileOptions } from '../sandbox/profiles/profile.ts';
import { startCore, TEST_KEY, type TestCore } from '../support/core.ts';
import { filesBelow, temporaryFolder } from '../support/folder.ts';
import { webServer } from '../support/servers.ts';
import type { DrivenRow, Ending, HostileRow, ProgramRow, StagedRow } from './row.ts';
import { Watch } from './watch.ts';

type Line = { event: string } & Record<string, unknown>;

interface Run {
  readonly code: number;
  readonly lines: readonly Line[];
  /** Codes of the problems told. */
  readonly problems: readonly unknown[];
  /** The traces as JSON text. */
  readonly trace: string;
}

let honest: Promise<HostileSandbox> | undefined;
afterAll(async () => (await honest)?.close());

/** An issuer and server that behave, shared by all rows. */
function honestSandbox(): Promise<HostileSandbox> {
  honest ??= startAttacks([], { consent: 'auto' });
  return honest;
}

/** Plays a row; rejects when the behaviour is not stopped as it must be. */
export function play(row: Exclude<HostileRow, { kind: 'page' }>): Promise<void> {
  switch (row.kind) {
    case 'driven':
      return playDriven(row);
    case 'program':
      return playProgram(row);
    case 'staged':
      return playStaged(row);
  }
}

async function playDriven({ attack, ends, argv = [], limitMs, poisoned }: DrivenRow): Promise<void> {
  const watch = new Watch();
  const sandbox = await startWatched(watch, attack);
  const folder = await temporaryFolder();
  watch.codeLeaves = ends.codeLeaves ?? false;
  const run = await driven([sandbox.mcpUrl, '--list', ...argv], {
    folder,
    fetch: watch.tap(),
    ...(limitMs !== undefined && { protocolTimeoutMs: limitMs }),
  });
  expectEnding(run, ends);
  const accounts = ends.accounts ?? (run.code === exitCodes.done ? 1 : 0);
  expectPlaces(sandbox, ends);
  expectNothingAstray(watch);
  await expectWhole(folder, accounts);
  await expectSilence(folder, watch, JSON.stringify(run.lines) + run.trace);

  // A person tries again: where the other side behaves now, or somewhere else.
  sandbox.behave();
  const again = accounts > 0 || poisoned ? await honestSandbox() : sandbox;
  const afterwards = await driven([again.mcpUrl, '--list'], { folder });
  assert.deepEqual(afterwards.problems, [], 'a normal sign-in afterwards');
  assert.equal(afterwards.code, exitCodes.done, 'a normal sign-in afterwards');
}

async function playProgram({ behaviour, ends, argv = [] }: ProgramRow): Promise<void> {
  const folder = await temporaryFolder();
  const program = [process.execPath, join(import.meta.dirname, 'program.ts'), behaviour];
  const run = await driven(['--stdio', ...argv, '--', ...program], { folder });
  expectEnding(run, ends);
  await expectWhole(folder, 0);
  const afterwards = await driven([(await honestSandbox()).mcpUrl, '--list'], { folder });
  assert.deepEqual(afterwards.problems, [], 'a normal sign-in afterwards');
}

async function playStaged({ play }: StagedRow): Promise<void> {
  const watch = new Watch();
  const cores: TestCore[] = [];
  await play({
    sandbox: (attack, options) => startWatched(watch, attack ?? {}, options),
    async core(options = {}) {
      const core = await startCore({ ...options, fetch: watch.tap(options.fetch) });
      cores.push(core);
      return core;
    },
    web: webServer,
    temporaryFolder,
  });
  expectNothingAstray(watch);
  for (const { core, folder } of cores) {
    await expectSilence(folder, watch, JSON.stringify(core.traces.list(null)));
    await expectVaultFits(core);
  }
  const [last] = cores.slice(-1);
  if (!last) return;
  const server = await last.addServer({ url: (await honestSandbox()).mcpUrl });
  const { status } = await signInLikeAnybody(last, server.id);
  assert.equal(status, 'succeeded', 'a normal sign-in afterwards');
}

/** Signs in with a browser that consents, whatever browser the row had. */
async function signInLikeAnybody({ core, visits, open }: TestCore, serverId: string) {
  const before = visits.length;
  const begun = core.signIn({ serverId, accountId: null, confirmed: true, extraScopes: [] });
  const ended = core.desk.ended(begun.id);
  const over = ended.then(() => true);
  while (visits.length === before && !(await Promise.race([over, nextTurn()])));
  const url = visits[before];
  if (url && core.desk.views().find(({ id }) => id === begun.id)?.status.kind === 'waiting-for-browser') {
    const { followRedirects } = await import('../drive/follow-browser.ts');
    const outcome = await followRedirects(url, fetch);
    if (outcome.kind === 'custom-scheme') open(outcome.link);
  }
  return { status: (await ended)?.status.kind };
}

const nextTurn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));

async function startWatched(
  watch: Watch,
  attack: Attack,
  options: ProfileOptions = {},
): Promise<HostileSandbox> {
  let sandbox: HostileSandbox | undefined;
  const witness = watch.witness(() => sandbox);
  // Told first what the issuer really made, then what became of it.
  const attacks = [{ ...witness }, attack, { ...witness }];
  sandbox = await startAttacks(attacks, { consent: 'auto', ...options });
  onTestFinished(() => sandbox?.close());
  return sandbox;
}

/** A run of `drive` in this process, with its trace. */
async function driven(
  argv: readonly string[],
  world: Pick<DriveWorld, 'folder'> & Partial<DriveWorld>,
): Promise<Run> {
  const trace = join(await temporaryFolder(), 'trace.json');
  const lines: Line[] = [];
  const code = await drive(parseOptions(['--trace', trace, ...argv]), {
    key: TEST_KEY,
    print: (line) => lines.push(line as Line),
    fetch,
    clientMetadataUrl: null,
    ...world,
  });
  const problems = lines.flatMap(({ event, code: problem }) => (event === 'problem' ? [problem] : []));
  return { code, lines, problems, trace: await readFile(trace, 'utf8') };
}

function expectEnding(run: Run, { problems, code, note, prints }: Ending): void {
  assert.deepEqual(run.problems, problems);
  assert.equal(run.code, code ?? (problems.length === 0 ? exitCodes.done : exitCodes.signInFailed));
  if (typeof note === 'string') assert.ok(run.trace.includes(note), `the trace does not say: ${note}`);
  else if (note) assert.match(run.trace, note);
  if (!prints) return;
  const printed = run.lines.filter(({ event }) => event === prints.event);
  assert.ok(
    printed.some((line) => isLike(line, prints.like)),
    `nothing printed is like it: ${JSON.stringify(printed).slice(0, 2000)}`,
  );
}

/** Whether every member of the pattern is in the value; texts fit when they occur in it. */
function isLike(value: unknown, like: unknown): boolean {
  if (typeof like === 'string') return typeof value === 'string' && value.includes(like);
  if (Array.isArray(like)) return Array.isArray(value) && like.every((one, at) => isLike(value[at], one));
  if (typeof like !== 'object' || like === null) return Object.is(value, like);
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(like).every(([name, one]) => isLike((value as Record<string, unknown>)[name], one))
  );
}

function expectPlaces(sandbox: HostileSandbox, ends: Ending): void {
  const { method = 'none', atMost = 0 } = ends.elsewhere ?? {};
  const asked = sandbox.count({ host: 'elsewhere' });
  assert.ok(asked <= atMost, `${asked} requests elsewhere`);
  assert.equal(sandbox.count({ host: 'elsewhere', method }), asked, 'of another method elsewhere');
  const requests = sandbox.requests.length;
  assert.ok(requests < (ends.requestsBelow ?? 30), `${requests} requests`);
  const tokenRequests = sandbox.count({ path: '/token' });
  assert.ok(tokenRequests < (ends.tokenRequestsBelow ?? 4), `${tokenRequests} token requests`);
}

function expectNothingAstray(watch: Watch): void {
  assert.deepEqual(watch.astray(), [], 'a secret went astray');
}

/** The next start finds whole accounts and nothing half. */
async function expectWhole(folder: string, accounts: number): Promise<void> {
  const core = coreOnFolder(folder, () => undefined, TEST_KEY);
  const notices = await core.load();
  assert.deepEqual(notices, []);
  assert.equal(core.accounts.all().length, accounts, 'accounts stored');
  await expectVaultFits(core);
  await core.stop();
}

/** Every account has its tokens, and the vault holds nothing that belongs to nobody. */
async function expectVaultFits(core: Core): Promise<void> {
  const known = [core.accounts, core.registrations, core.servers].flatMap((book) =>
    book.all().map(({ id }) => id),
  );
  const strangers = (await core.vault.ids('')).filter((id) => !known.includes(id));
  assert.deepEqual(strangers, [], 'secrets of nobody in the vault');
  for (const { id } of core.accounts.all()) {
    assert.equal((await core.vault.read(id, 'account')).kind, 'found', 'tokens of an account');
  }
}

/** No secret is in any file, nor in what was said. */
async function expectSilence(folder: string, watch: Watch, said: string): Promise<void> {
  const files = [...(await filesBelow(folder)).values()].map((bytes) => bytes.toString('latin1'));
  for (const text of [said, ...files]) {
    assert.ok(!watch.values.some((value) => text.includes(value)), 'a secret in a file or a trace');
  }
}
