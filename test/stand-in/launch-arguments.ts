/** What a command line asks of Electron itself, as opposed to the app. */
export interface LaunchArguments {
  /** The app's folder or file; absent for a packaged app. */
  app?: string;
  /** Modules to load before the app (`-r`). */
  require: string[];
  /** `--inspect[-brk][=[host:]port]`; absent when not asked for. */
  inspect?: { host: string; port: number; wait: boolean };
  version: boolean;
}

/**
 * Reads a command line as Electron's own default app does: options come before the app's path, all that follows is the app's.
 *
 * @param args the arguments after the executable
 * @param packaged whether an app is packed with the executable; then no argument names one
 */
export function parseLaunchArguments(args: string[], packaged: boolean): LaunchArguments {
  const parsed: LaunchArguments = { require: [], version: false };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    const inspect = /^--inspect(-brk)?(?:=(?:(.*):)?(\d+))?$/.exec(arg);
    if (inspect) {
      const [, wait, host, port] = inspect;
      parsed.inspect = { host: host ?? '127.0.0.1', port: Number(port ?? 9229), wait: Boolean(wait) };
    } else if (packaged) {
      // All the rest is the app's.
    } else if (arg === '-r' || arg === '--require') {
      parsed.require.push(args[++index] ?? '');
    } else if (arg === '-v' || arg === '--version') {
      parsed.version = true;
    } else if (arg.startsWith('--app=')) {
      parsed.app = arg.slice('--app='.length);
      break;
    } else if (!arg.startsWith('-')) {
      parsed.app = arg;
      break;
    }
  }
  return parsed;
}

/** The switches of a command line: `--name=value` and `--name`; nothing after a bare `--`, as in Chromium. */
export function parseSwitches(args: string[]): Map<string, string> {
  const switches = new Map<string, string>();
  for (const arg of args) {
    if (arg === '--') break;
    const [, name, value = ''] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name && arg.startsWith('--')) switches.set(name.toLowerCase(), value);
  }
  return switches;
}
