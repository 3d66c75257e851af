import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { electronRuntime } from '../../scripts/electron-runtime.ts';
import { measureStart } from './start-time.ts';

const ROUNDS = 20;
const LIMIT_MS = 150;
const root = join(import.meta.dirname, '..', '..');

const runtime = await electronRuntime();
if (!existsSync(join(root, 'out', 'main', 'index.js')) || !process.argv.includes('--no-build')) {
  await build({ root, logLevel: 'error' });
}
console.log(runtime.description);
const { loaded, asked, together, node } = measureStart(runtime.executable, ROUNDS);
console.log(`main bundle loaded               ${milliseconds(loaded)}`);
console.log(`ready → window asked for         ${milliseconds(asked)}`);
console.log(
  `together, median of ${ROUNDS}           ${milliseconds(together)} of Node time, limit ${LIMIT_MS} ms`,
);
console.log(`beside it: node -e 0             ${milliseconds(node)}`);
process.exitCode = together <= LIMIT_MS ? 0 : 1;

function milliseconds(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}
