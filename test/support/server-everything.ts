import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import type { CommandDraft } from '../../src/shared/domain/command.ts';
import { nobody } from './servers.ts';

const entry = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');

/** The command of the reference server over stdio. */
export const everythingOverStdio: CommandDraft = {
  program: process.execPath,
  arguments: [entry, 'stdio'],
  folder: null,
  environment: [{ name: 'PORT', value: 'none', secret: false }],
};

/** The reference server over HTTP on a free port, as long as its test lives; its port comes from the environment only. */
export async function serverEverything(
  transport: 'streamableHttp' | 'sse' = 'streamableHttp',
): Promise<string> {
  const { port } = new URL(await nobody());
  const child = spawn(process.execPath, [entry, transport], {
    env: { ...process.env, PORT: port, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if (said.includes(port)) resolve();
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`;
}
