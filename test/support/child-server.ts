import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const anyPort = new URL('programs/any-port.ts', import.meta.url).href;

/** A server that runs as a process of its own, as long as its test lives. */
export interface ChildServer {
  readonly origin: string;
  readonly child: ChildProcess;
}

/** Starts a program that serves HTTP on loopback, whichever port it asks for. */
export async function childServer(
  file: string,
  options: { arguments?: readonly string[]; environment?: Record<string, string> } = {},
): Promise<ChildServer> {
  const child = spawn(process.execPath, ['--import', anyPort, file, ...(options.arguments ?? [])], {
    env: { ...process.env, NODE_OPTIONS: '', ...options.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const found = /listening on (\d+)\n/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return { origin: `http://127.0.0.1:${port}`, child };
}

/** One of the example servers that come with the SDK's older generation. */
export function sdkExample(name: string): Promise<ChildServer> {
  const server = createRequire(import.meta.url).resolve('@modelcontextprotocol/sdk/server/index.js');
  return childServer(fileURLToPath(new URL(`../../esm/examples/server/${name}.js`, `file://${server}`)));
}
