import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as asar from '@electron/asar';
import { electronVersion } from './runtime.ts';

/** The Node that runs the app: the project's own Node 24 where it is installed, otherwise this one. */
function node(): string {
  const own = resolve(import.meta.dirname, '../../node_modules/.bin/node');
  return existsSync(own) ? realpathSync(own) : process.execPath;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Writes a folder shaped like an Electron distribution, whose `electron` runs this checkout's stand-in.
 *
 * Usable through `ELECTRON_OVERRIDE_DIST_PATH`, as Playwright's `executablePath`, and as electron-builder's `electronDist`.
 *
 * @param folder where to; made if missing
 * @returns the executable's path
 */
export async function makeDist(folder: string): Promise<string> {
  const resources = join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const executable = join(folder, 'electron');
  const main = join(import.meta.dirname, 'main.ts');
  writeFileSync(
    executable,
    [
      '#!/bin/sh',
      '# Stand-in, not Electron: runs the app on Node and Chromium. For tests in this checkout only.',
      `node=${quote(node())}`,
      '[ -n "$ELECTRON_RUN_AS_NODE" ] && exec "$node" "$@"',
      `exec "$node" --disable-warning=ExperimentalWarning ${quote(main)} "$(readlink -f "$0")" "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(executable, 0o755);
  writeFileSync(join(folder, 'version'), electronVersion);
  writeFileSync(join(folder, 'LICENSE'), 'Stand-in for Electron, for tests only. Never shipped.\n');
  const source = mkdtempSync(join(tmpdir(), 'stand-in-default-app-'));
  try {
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.js' }));
    writeFileSync(join(source, 'main.js'), '');
    await asar.createPackage(source, join(resources, 'default_app.asar'));
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
  return executable;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const out = values.out ?? resolve(dirname(dirname(import.meta.dirname)), '.stand-in/dist');
  process.stdout.write(`${await makeDist(resolve(out))}\n`);
}
