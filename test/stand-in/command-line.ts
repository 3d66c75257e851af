import { parseSwitches } from './launch-arguments.ts';

const switches = new Map<string, string>();
const given: string[] = [];

/** Takes over the switches the process was started with. */
export function readCommandLine(args: string[]): void {
  for (const [name, value] of parseSwitches(args)) switches.set(name, value);
}

/** `app.commandLine`. What is appended before Chromium starts reaches Chromium. */
export const commandLine = {
  appendSwitch(name: string, value = ''): void {
    switches.set(name.toLowerCase(), value);
  },
  appendArgument(value: string): void {
    given.push(value);
  },
  hasSwitch(name: string): boolean {
    return switches.has(name.toLowerCase());
  },
  getSwitchValue(name: string): string {
    return switches.get(name.toLowerCase()) ?? '';
  },
  removeSwitch(name: string): void {
    switches.delete(name.toLowerCase());
  },
} satisfies Electron.CommandLine;

// These are Node's or Electron's, or would take from the stand-in what it needs of Chromium.
const notForChromium = new Set([
  'inspect',
  'inspect-brk',
  'user-data-dir',
  'remote-debugging-pipe',
  'password-store',
  'require',
  'app',
  'headless',
  'disable-background-networking',
]);

/** What Chromium is started with on top of its own switches. */
export function chromiumSwitches(): string[] {
  const known = [...switches].filter(([name]) => !notForChromium.has(name));
  return [...known.map(([name, value]) => (value ? `--${name}=${value}` : `--${name}`)), ...given];
}
