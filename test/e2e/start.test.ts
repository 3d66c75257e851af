import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, runtimeInUse } from './app.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
const main = join(root, 'out', 'main');

beforeAll(async () => console.log((await runtimeInUse()).description));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an app does synchronously before it asks for its window. */
async function watchStart(app: string, watched: string): Promise<string[]> {
  const { executable } = await runtimeInUse();
  const report = join(mkdtempSync(join(folder, 'run-')), 'report.json');
  const args = [
    '-r',
    join(import.meta.dirname, 'start-watch.cjs'),
    app,
    `--user-data-dir=${join(folder, 'profile')}`,
  ];
  const env = { ...process.env, START_WATCH_FOLDER: watched, START_WATCH_REPORT: report };
  const { stderr } = spawnSync(executable, args, { env, encoding: 'utf8' });
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as string[];
  } catch (cause) {
    throw new Error(`The app did not ask for a window:\n${stderr}`, { cause });
  }
}

test('no file, program or key store is waited for before the window is asked for', async () => {
  expect(await watchStart(root, main)).toEqual([]);
});

test('the watch sees what an app does that waits', async () => {
  const app = join(folder, 'impatient');
  mkdirSync(app);
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'impatient', main: 'main.mjs', type: 'module' }),
  );
  writeFileSync(
    join(app, 'main.mjs'),
    `import { app, BrowserWindow, safeStorage } from 'electron';
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
existsSync('/');
await app.whenReady();
safeStorage.isEncryptionAvailable();
execFileSync(process.platform === 'win32' ? 'whoami' : 'true');
new BrowserWindow({ show: false });
`,
  );
  expect(await watchStart(app, app)).toEqual([
    'fs.existsSync',
    'safeStorage.isEncryptionAvailable',
    'child_process.execFileSync',
  ]);
});

/** The files a module loads before its first line runs. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = readFileSync(file, 'utf8');
  for (const [, path = ''] of code.matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];?$/gm)) {
    loadedWith(join(file, '..', path), seen);
  }
  return seen;
}

/** Libraries bundled into a file: the bundler names the source of each part. */
const librariesIn = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/gm)].map(
    ([, name]) => name,
  );

test('what is loaded before the window holds no library, and the rest waits', () => {
  const loaded = [...loadedWith(join(main, 'index.js'))];
  for (const file of loaded) expect([file, librariesIn(file)]).toEqual([file, []]);
  const bytes = loaded.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`loaded before the window: ${loaded.length} file(s), ${(bytes / 1024).toFixed(0)} KiB`);
  expect(bytes).toBeLessThan(96 * 1024);
  const later = readdirSync(join(main, 'chunks')).map((name) => join(main, 'chunks', name));
  const libraries = later.filter((file) => !loaded.includes(file)).flatMap(librariesIn);
  expect(libraries).toEqual(expect.arrayContaining(['zod', 'oauth4webapi', '@modelcontextprotocol/client']));
});

test('before the window only Node and Electron are imported', () => {
  for (const file of loadedWith(join(main, 'index.js'))) {
    const imported = [...readFileSync(file, 'utf8').matchAll(/^import\b[^;]*?["']([^."'][^"']*)["'];?$/gm)];
    for (const [, name = ''] of imported) expect(name).toMatch(/^(node:[\w/]+|electron)$/);
  }
});
