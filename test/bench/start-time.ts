import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './figures.ts';

const root = join(import.meta.dirname, '..', '..');

/** How long Node works for us until the window is asked for, in milliseconds, as medians. */
export interface StartTime {
  /** Loading the main bundle. */
  readonly loaded: number;
  /** From “ready” to the window. */
  readonly asked: number;
  readonly together: number;
  /** What `node -e 0` needs, in the same rounds: a busy machine shows there. */
  readonly node: number;
}

/**
 * Starts the built app again and again. What Chromium needs in between is not counted, no code of ours runs then.
 * @param executable the Electron, or the stand-in
 * @throws when the app does not ask for its window
 */
export function measureStart(executable: string, rounds: number): StartTime {
  // Alternating, so that both see the same machine.
  const all = Array.from({ length: rounds }, () => ({ node: timeOfEmptyNode(), ...timeOfStart(executable) }));
  return {
    loaded: median(all.map(({ loaded }) => loaded)),
    asked: median(all.map(({ asked }) => asked)),
    together: median(all.map(({ loaded, asked }) => loaded + asked)),
    node: median(all.map(({ node }) => node)),
  };
}

function timeOfEmptyNode(): number {
  const before = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

function timeOfStart(executable: string): { loaded: number; asked: number } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const marks = join(import.meta.dirname, 'start-marks.cjs');
    const args = ['-r', marks, root, `--user-data-dir=${folder}`];
    const { stdout, stderr } = spawnSync(executable, args, { encoding: 'utf8', timeout: 60_000 });
    const line = stdout.split('\n').find((one) => one.startsWith('{'));
    if (line === undefined) throw new Error(`The app did not ask for its window:\n${stderr}`);
    return JSON.parse(line) as { loaded: number; asked: number };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
