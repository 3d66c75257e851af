import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as asar from '@electron/asar';

/** An app as found on disk. */
export interface AppFiles {
  /** The app's folder; a copy for one that comes in an archive. */
  folder: string;
  /** Its main module. */
  main: string;
  name: string;
  version: string;
  desktopName: string;
}

interface PackageJson {
  main?: string;
  name?: string;
  productName?: string;
  version?: string;
  desktopName?: string;
}

/** Where an app is packed with an executable, if one is. */
export function packagedApp(resources: string): string | undefined {
  return ['app.asar', 'app'].map((name) => join(resources, name)).find((path) => existsSync(path));
}

// Electron reads archives in place. Here they are unpacked for the run, into a folder of the archive's name.
function unpack(archive: string): string {
  const temporary = mkdtempSync(join(tmpdir(), 'stand-in-app-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
  const folder = join(temporary, 'app.asar');
  asar.extractAll(archive, folder);
  return folder;
}

/**
 * Reads an app's `package.json`.
 *
 * @param path a folder, an archive, or a script
 * @throws when there is no app
 */
export function readApp(path: string): AppFiles {
  const full = resolve(path);
  if (!existsSync(full)) throw new Error(`Unable to find Electron app at ${full}`);
  if (statSync(full).isFile() && !full.endsWith('.asar')) {
    return {
      folder: dirname(full),
      main: full,
      name: 'Electron',
      version: '',
      desktopName: 'Electron.desktop',
    };
  }
  const folder = full.endsWith('.asar') && statSync(full).isFile() ? unpack(full) : full;
  const packageFile = join(folder, 'package.json');
  if (!existsSync(packageFile)) throw new Error(`Unable to find Electron app at ${full}`);
  const json = JSON.parse(readFileSync(packageFile, 'utf8')) as PackageJson;
  const name = json.productName ?? json.name ?? 'Electron';
  return {
    folder,
    main: resolve(folder, json.main ?? 'index.js'),
    name,
    version: json.version ?? '',
    desktopName: json.desktopName ?? `${name}.desktop`,
  };
}
