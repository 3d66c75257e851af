import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, extname, isAbsolute, join } from 'node:path';
import type { Command } from '../../../shared/domain/command.ts';
import { failure, type ProblemError } from '../../../shared/problems.ts';

export interface LaunchOptions {
  readonly command: Command;
  /** Everything the program finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
}

export interface Launched {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
}

/**
 * Starts a program, without a shell and in a process group of its own. Resolves once it runs.
 * @throws ProblemError `folder-not-found`, `program-needs-shell`, `program-not-found`, `program-not-started`
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { command, environment, platform } = options;
  const { program } = command;
  const folder = command.folder ?? homedir();
  if (!(await isFolder(folder))) throw failure('folder-not-found', { folder });
  if (platform === 'win32' && (await isScript(program, environment))) {
    throw failure('program-needs-shell', { program });
  }
  return new Promise((resolve, reject) => {
    try {
      const child = spawn(program, command.arguments, {
        cwd: folder,
        env: { ...environment },
        shell: false,
        // A group of its own, so that what it starts can be ended with it.
        detached: platform !== 'win32',
        windowsHide: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const refused = (error: Error) => reject(notStarted(program, error));
      child.once('error', refused);
      child.once('spawn', () => {
        child.off('error', refused);
        if (child.pid !== undefined) resolve({ child, pid: child.pid });
      });
    } catch (error) {
      reject(notStarted(program, error));
    }
  });
}

function notStarted(program: string, error: unknown): ProblemError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return failure('program-not-found', { program }, message, error);
  return failure('program-not-started', { program, reason: code ?? 'unknown' }, message, error);
}

async function isFolder(path: string): Promise<boolean> {
  if (!isAbsolute(path)) return false;
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Whether Windows would need a shell for this program: a batch file, named as such or, like `npx`, found as
 * one in the path. A shell would read the arguments once more, as commands.
 */
export async function isScript(
  program: string,
  environment: Readonly<Record<string, string>>,
  exists: (path: string) => Promise<boolean> = isThere,
): Promise<boolean> {
  const extension = extname(program).toLowerCase();
  if (extension === '.cmd' || extension === '.bat') return true;
  if (extension !== '') return false;
  const path = Object.entries(environment).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const places = /[\\/]/.test(program) ? [program] : path.split(delimiter).map((one) => join(one, program));
  for (const place of places) {
    if ((await exists(`${place}.exe`)) || (await exists(`${place}.com`))) return false;
    if ((await exists(`${place}.cmd`)) || (await exists(`${place}.bat`))) return true;
  }
  return false;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
