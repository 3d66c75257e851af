import { spawnSync } from 'node:child_process';
import { runtime } from './runtime.ts';

/** Runs one of xdg-utils' programs to its end; undefined where they are not installed. */
function xdg(command: string, args: string[]): { ok: boolean; output: string } | undefined {
  const { error, status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return error ? undefined : { ok: status === 0, output: stdout.trim() };
}

const handler = 'default-url-scheme-handler';

/** `app.setAsDefaultProtocolClient` on Linux: needs a desktop entry of the app's name that is already installed. */
export function setAsDefaultProtocolClient(scheme: string): boolean {
  return xdg('xdg-settings', ['set', handler, scheme, runtime.desktopName])?.ok ?? false;
}

/** `app.isDefaultProtocolClient` on Linux. */
export function isDefaultProtocolClient(scheme: string): boolean {
  return xdg('xdg-settings', ['check', handler, scheme, runtime.desktopName])?.output === 'yes';
}

/** `app.removeAsDefaultProtocolClient`: Electron does nothing on Linux. */
export function removeAsDefaultProtocolClient(_scheme: string): boolean {
  return false;
}

/** `app.getApplicationNameForProtocol` on Linux: the desktop entry's name, empty if there is none. */
export function getApplicationNameForProtocol(url: string): string {
  const scheme = url.split(':')[0] ?? '';
  return xdg('xdg-mime', ['query', 'default', `x-scheme-handler/${scheme}`])?.output ?? '';
}
