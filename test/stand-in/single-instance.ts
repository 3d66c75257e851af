import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';

export interface SecondInstance {
  argv: string[];
  workingDirectory: string;
  additionalData: unknown;
}

// A process is more than its number, which the system gives away again: the time it started goes with it.
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * One instance per user data folder, as Chromium does it on Linux: a symbolic link made atomically names the owner, a
 * socket takes what later instances have to say.
 */
export class SingleInstance {
  #owned: { link: string; socketLink: string; socketFolder: string; server: Server } | undefined;

  get held(): boolean {
    return this.#owned !== undefined;
  }

  /**
   * @param folder the user data folder
   * @param mine what to tell the owner if there is one
   * @param onSecond called for each later instance
   * @returns whether this process is the owner
   */
  request(folder: string, mine: SecondInstance, onSecond: (second: SecondInstance) => void): boolean {
    if (this.#owned) return true;
    mkdirSync(folder, { recursive: true });
    const link = join(folder, 'SingletonLock');
    const socketLink = join(folder, 'SingletonSocket');
    const me = `${hostname()}-${process.pid}-${processStart(process.pid)}`;
    for (;;) {
      try {
        symlinkSync(me, link);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = this.#owner(link);
      if (owner?.alive && tellOwner(socketLink, owner.pid, mine)) return false;
      if (this.#owner(link)?.text === owner?.text) rmSync(link, { force: true });
    }
    // A socket's path may have 107 bytes at most, a user data folder's may be longer: hence a short one and a link.
    const socketFolder = mkdtempSync(join(tmpdir(), 'stand-in-'));
    const socket = join(socketFolder, 'S');
    const server = createServer({ allowHalfOpen: true }, (connection) => {
      const chunks: Buffer[] = [];
      connection.on('data', (chunk: Buffer) => chunks.push(chunk));
      connection.on('error', () => {});
      connection.on('end', () => {
        onSecond(deserialize(Buffer.concat(chunks)) as SecondInstance);
        connection.end('ACK');
      });
    });
    server.listen(socket);
    server.unref();
    removeOldSocket(socketLink);
    symlinkSync(socket, socketLink);
    this.#owned = { link, socketLink, socketFolder, server };
    process.once('exit', () => this.release());
    return true;
  }

  release(): void {
    if (!this.#owned) return;
    const { link, socketLink, socketFolder, server } = this.#owned;
    this.#owned = undefined;
    server.close();
    for (const path of [socketLink, link]) {
      try {
        unlinkSync(path);
      } catch {}
    }
    rmSync(socketFolder, { recursive: true, force: true });
  }

  #owner(link: string): { text: string; pid: number; alive: boolean } | undefined {
    try {
      const text = readlinkSync(link);
      const [, pid = '', started = ''] = /-(\d+)-(\d+)$/.exec(text) ?? [];
      return { text, pid: Number(pid), alive: processStart(Number(pid)) === started };
    } catch {
      return undefined;
    }
  }
}

// An owner that was killed has left its socket behind.
function removeOldSocket(socketLink: string): void {
  try {
    const folder = dirname(readlinkSync(socketLink));
    if (basename(folder).startsWith('stand-in-')) rmSync(folder, { recursive: true, force: true });
    unlinkSync(socketLink);
  } catch {
    // There was none.
  }
}

/**
 * `requestSingleInstanceLock` is synchronous, sockets are not: a thread speaks while this one waits.
 *
 * @returns whether the owner has acknowledged; it may die before it does
 */
function tellOwner(socketLink: string, pid: number, mine: SecondInstance): boolean {
  const outcome = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./single-instance-messenger.ts', import.meta.url), {
    workerData: { socketLink, pid, payload: serialize(mine), outcome },
    execArgv: [],
  });
  worker.unref();
  Atomics.wait(outcome, 0, 0);
  return outcome[0] === 1;
}
