import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

/** Long enough for xdg-open to have found out that nothing opens an address; a browser it starts may run for days. */
const patience = 3000;

const meaning: Record<number, string> = {
  1: 'Error in command line syntax',
  2: 'The item does not exist',
  3: 'A required tool could not be found',
  4: 'The action failed',
};

/** Runs xdg-open; empty when it went well or is still busy, otherwise what was wrong. */
function xdgOpen(target: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('xdg-open', [target], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, MM_NOTTTY: '1' },
    });
    const timer = setTimeout(() => resolve(''), patience);
    child.unref();
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? '' : (meaning[code ?? 4] ?? 'Failed to open path'));
    });
  });
}

export const shell = {
  async openExternal(url: string): Promise<void> {
    if (!URL.canParse(url)) throw new Error('Invalid URL');
    const problem = await xdgOpen(url);
    if (problem) throw new Error(problem);
  },
  openPath: xdgOpen,
  showItemInFolder(path: string): void {
    void xdgOpen(dirname(path));
  },
  beep(): void {
    process.stderr.write('\x07');
  },
} satisfies Pick<Electron.Shell, 'openExternal' | 'openPath' | 'showItemInFolder' | 'beep'>;
