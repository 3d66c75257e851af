import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDist } from '../test/stand-in/make-dist.ts';

const root = join(import.meta.dirname, '..');
const electronPackage = join(root, 'node_modules', 'electron');

/** What runs the built app: Electron, or the stand-in where Electron's binary can't be had. */
export interface ElectronRuntime {
  readonly kind: 'electron' | 'stand-in';
  readonly executable: string;
  /** The distribution's folder, as `ELECTRON_OVERRIDE_DIST_PATH` and electron-builder's `electronDist` want it. */
  readonly folder: string;
  /** One line that says which, for people. */
  readonly description: string;
}

/**
 * Finds Electron's binary, fetching it once if need be; otherwise makes the stand-in.
 * `GATEHOUSE_RUNTIME=stand-in` or `=electron` decides by force.
 */
export async function electronRuntime(): Promise<ElectronRuntime> {
  const wanted = process.env.GATEHOUSE_RUNTIME;
  if (wanted !== 'stand-in') {
    const executable = installed() ?? download();
    if (executable) {
      return {
        kind: 'electron',
        executable,
        folder: join(electronPackage, 'dist'),
        description: `Runtime: Electron ${version()}`,
      };
    }
    if (wanted === 'electron') throw new Error('Electron’s binary is not here and could not be fetched.');
  }
  const folder = join(root, '.stand-in', 'dist');
  return {
    kind: 'stand-in',
    executable: await makeDist(folder),
    folder,
    description: `Runtime: stand-in, not Electron (the binary of Electron ${version()} could not be fetched)`,
  };
}

function version(): string {
  return (JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8')) as { version: string })
    .version;
}

function installed(): string | null {
  const pathFile = join(electronPackage, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const executable = join(electronPackage, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : null;
}

function download(): string | null {
  const install = spawnSync(process.execPath, [join(electronPackage, 'install.js')], { stdio: 'ignore' });
  return install.status === 0 ? installed() : null;
}
