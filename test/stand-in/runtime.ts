import type { Chromium } from './chromium.ts';

/** What is known about this run: settled by `main.ts` before the app's first line. */
export interface Runtime {
  execPath: string;
  resourcesPath: string;
  /** The arguments after the executable, as given. */
  args: string[];
  /** Folder the app's files are read from; for a packaged app a copy of its archive. */
  appPath: string;
  isPackaged: boolean;
  name: string;
  version: string;
  desktopName: string;
}

export const runtime: Runtime = {
  execPath: process.execPath,
  resourcesPath: '',
  args: [],
  appPath: process.cwd(),
  isPackaged: false,
  name: 'Electron',
  version: '0.0.0',
  desktopName: '',
};

export const electronVersion = '45.4.1';

let running: Chromium | undefined;

export function setChromium(chromium: Chromium): void {
  running = chromium;
}

/** Chromium, once the app is ready. */
export function chromium(): Chromium {
  if (!running) throw new Error('Chromium has not started: the app is not ready');
  return running;
}

/** Says something to whoever reads the run's log. */
export function say(line: string): void {
  process.stderr.write(`stand-in: ${line}\n`);
}
