import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandLine } from './command-line.ts';
import { runtime } from './runtime.ts';

type Name = Parameters<Electron.App['getPath']>[0];
const set = new Map<string, string>();

/** `app.getPath`, as Electron answers on Linux. */
export function getPath(name: Name): string {
  const chosen = set.get(name);
  if (chosen) return chosen;
  const home = process.env.HOME ?? homedir();
  switch (name) {
    case 'home':
      return home;
    case 'appData':
      return process.env.XDG_CONFIG_HOME ?? join(home, '.config');
    case 'assets':
      return runtime.resourcesPath;
    case 'userData': {
      const given = commandLine.getSwitchValue('user-data-dir');
      return given ? resolve(given) : join(getPath('appData'), runtime.name);
    }
    case 'sessionData':
      return getPath('userData');
    case 'temp':
      return tmpdir();
    case 'exe':
    case 'module':
      return runtime.execPath;
    case 'desktop':
    case 'documents':
    case 'downloads':
    case 'music':
    case 'pictures':
    case 'videos':
      return join(home, name[0]?.toUpperCase() + name.slice(1));
    case 'logs':
      return join(getPath('userData'), 'logs');
    case 'crashDumps':
      return join(getPath('userData'), 'Crashpad');
    default:
      throw new Error(`Failed to get '${name}' path`);
  }
}

/** `app.setPath`. */
export function setPath(name: string, path: string): void {
  if (!path.startsWith('/')) throw new Error('Path must be absolute');
  mkdirSync(path, { recursive: true });
  set.set(name, path);
}
