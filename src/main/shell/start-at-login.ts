import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from 'electron';
import { autostartEntry, DESKTOP_ENTRY, writeDesktopEntry } from './desktop-entry.ts';

/** Given when the system starts the app by itself: no window is opened. */
export const HIDDEN_SWITCH = '--hidden';

export interface StartAtLoginOptions {
  readonly app: Pick<App, 'setLoginItemSettings' | 'getLoginItemSettings' | 'isPackaged' | 'getAppPath'>;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly execPath: string;
  /** Absolute path of the person's home folder. */
  readonly home: string;
}

/** Has the system start the app, hidden, when the person logs in; or no longer. */
export async function applyStartAtLogin(
  wanted: boolean,
  { app, platform, environment, execPath, home }: StartAtLoginOptions,
): Promise<void> {
  const args = app.isPackaged ? [HIDDEN_SWITCH] : [app.getAppPath(), HIDDEN_SWITCH];
  if (platform === 'linux') {
    const folder = join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'autostart');
    // The file the person has, not the place an AppImage is mounted at while it runs.
    const program = (app.isPackaged && environment.APPIMAGE) || execPath;
    if (wanted) await writeDesktopEntry(folder, autostartEntry({ program, args }));
    else await rm(join(folder, DESKTOP_ENTRY), { force: true });
    return;
  }
  // Windows keeps the arguments; macOS knows none, and tells at start that it was the one who started the app.
  const item = platform === 'win32' ? { path: execPath, args } : {};
  if (app.getLoginItemSettings(item).openAtLogin !== wanted) {
    app.setLoginItemSettings({ ...item, openAtLogin: wanted });
  }
}

/** Whether the system started the app by itself, so that nobody waits for a window. */
export function startedHidden(
  app: Pick<App, 'getLoginItemSettings'>,
  platform: NodeJS.Platform,
  argv: readonly string[],
): boolean {
  if (argv.includes(HIDDEN_SWITCH)) return true;
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}
