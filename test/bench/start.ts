import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { electronRuntime } from '../../scripts/electron-runtime.ts';

// How long Node works for us until the window is asked for: loading the main bundle, and from “ready” to the window.
// What Chromium needs in between is not counted, no code of ours runs then; what Node needs to start at all is
// measured in the same rounds and printed beside it, so that a busy machine shows.
const ROUNDS = 20;
const LIMIT_MS = 150;
const root = join(import.meta.dirname, '..', '..');

interface Marks {
  readonly loaded: number;
  readonly asked: number;
}

const runtime = await electronRuntime();
if (!existsSync(join(root, 'out', 'main', 'index.js')) || !process.argv.includes('--no-build')) {
  await build({ root, logLevel: 'error' });
}
console.log(runtime.description);
// Alternating, so that both see the same machine.
const rounds = Array.from({ length: ROUNDS }, () => ({ node: timeOfEmptyNode(), ...timeOfStart() }));
const node = median(rounds.map((round) => round.node));
const loaded = median(rounds.map((round) => round.loaded));
const asked = median(rounds.map((round) => round.asked));
const ours = median(rounds.map((round) => round.loaded + round.asked));
console.log(`main bundle loaded               ${milliseconds(loaded)}`);
console.log(`ready → window asked for         ${milliseconds(asked)}`);
console.log(
  `together, median of ${ROUNDS}           ${milliseconds(ours)} of Node time, limit ${LIMIT_MS} ms`,
);
console.log(`beside it: node -e 0             ${milliseconds(node)}`);
process.exitCode = ours <= LIMIT_MS ? 0 : 1;

function timeOfEmptyNode(): number {
  const before = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

function timeOfStart(): Marks {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const marks = join(import.meta.dirname, 'start-marks.cjs');
    const args = ['-r', marks, root, `--user-data-dir=${folder}`];
    const { stdout, stderr } = spawnSync(runtime.executable, args, { encoding: 'utf8', timeout: 60_000 });
    const line = stdout.split('\n').find((one) => one.startsWith('{'));
    if (line === undefined) throw new Error(`The app did not ask for its window:\n${stderr}`);
    return JSON.parse(line) as Marks;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}
