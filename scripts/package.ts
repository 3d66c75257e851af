import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { licences } from './bundled-packages.ts';
import { electronRuntime } from './electron-runtime.ts';

// Builds the app and hands it to electron-builder with the arguments given: `-- --dir` packs into a folder only.
const root = join(import.meta.dirname, '..');
const given = process.argv.slice(2);

await build({ root, logLevel: 'warn' });
writeFileSync(join(root, 'out', 'LICENSES.bundled.txt'), licences());
const electronDist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? (await installedDist());
const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
const config = electronDist ? [`-c.electronDist=${electronDist}`] : [];
const { status } = spawnSync(process.execPath, [builder, ...given, ...config, '--publish', 'never'], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** Packing into a folder takes the Electron that is here; for everything else electron-builder fetches one per target. */
async function installedDist(): Promise<string | null> {
  if (!given.includes('--dir')) return null;
  const runtime = await electronRuntime();
  console.log(runtime.description);
  return runtime.folder;
}
