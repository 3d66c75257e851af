import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, vi } from 'vitest';
import { makeDist } from './make-dist.ts';

// How long a browser takes to start says nothing about whether it behaves.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

export const fixture = join(import.meta.dirname, 'fixture');

const temporary = mkdtempSync(join(tmpdir(), 'stand-in-test-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(temporary, { recursive: true, force: true });
});

let executable: Promise<string> | undefined;

/** The stand-in's `electron`, made once for a test file. */
export function electron(): Promise<string> {
  executable ??= makeDist(join(temporary, 'dist'));
  return executable;
}

/** A folder of this test file's own, removed in the end. */
export function temporaryFolder(): string {
  return mkdtempSync(join(temporary, 'folder-'));
}

/** Environment with some variables set, or taken away where undefined. */
export function environment(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const all = { ...process.env, ...changes };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Launches the fixture as an end-to-end test launches the app. */
export async function launchFixture(
  env: Record<string, string | undefined> = {},
): Promise<ElectronApplication> {
  return await _electron.launch({
    executablePath: await electron(),
    args: [fixture, `--user-data-dir=${temporaryFolder()}`],
    env: environment(env),
    colorScheme: 'no-override' as unknown as null,
  });
}

/** A run whose output can be waited for. */
export interface Run {
  child: ChildProcess;
  output(): string;
  /** Resolves when a line containing `text` has been printed; rejects when the run ends without. */
  printed(text: string): Promise<void>;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
}

/** Starts a program and reads what it prints. */
export function start(
  command: string,
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Run {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  started.push(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let over = false;
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      wake();
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      over = true;
      wake();
      resolve(code ?? signal ?? '');
    });
  });
  return {
    child,
    output: () => lines.join('\n'),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.some((line) => line.includes(text));
          if (!found && !over) return;
          waiting.delete(look);
          if (found) resolve();
          else reject(new Error(`ended without printing "${text}":\n${lines.join('\n')}`));
        };
        waiting.add(look);
        look();
      }),
    ended,
  };
}
