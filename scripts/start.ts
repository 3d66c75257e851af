import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'electron-vite';
import { electronRuntime } from './electron-runtime.ts';

// Builds the app and runs it, on Electron or, where its binary can't be had, on the stand-in.
const root = join(import.meta.dirname, '..');
await build({ root, logLevel: 'warn' });
const runtime = await electronRuntime();
console.log(runtime.description);
const headed = runtime.kind === 'stand-in' && process.env.DISPLAY ? { STAND_IN_HEADED: '1' } : {};
const app = spawn(runtime.executable, [root, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...headed },
});
app.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
