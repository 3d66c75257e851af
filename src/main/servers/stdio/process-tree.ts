import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessTable } from './process-table.ts';

/** A process with everything it started. */
export interface ProcessTree {
  /** Its number, which on POSIX is its group's too. */
  readonly pid: number;
  /** What it and its descendants carry in their environment. */
  readonly mark: string;
}

/** Rounds of looking for processes that were born while their parents were being ended. */
const ROUNDS = 10;

/** Ends processes with their descendants, as the system lets one. */
export class TreeEnding {
  readonly #table: ProcessTable;
  readonly #platform: NodeJS.Platform;

  constructor(table: ProcessTable, platform: NodeJS.Platform) {
    this.#table = table;
    this.#platform = platform;
  }

  /** Whether anything of the tree lives. On Windows nobody but the root can be seen. */
  async isAlive({ pid, mark }: ProcessTree): Promise<boolean> {
    if (this.#platform !== 'win32') return (await this.#table.members({ group: pid, mark })).length > 0;
    return (await this.#table.startOf(pid)) !== null;
  }

  /** Asks everything of the tree to end. */
  async ask({ pid, mark }: ProcessTree): Promise<void> {
    if (this.#platform === 'win32') return;
    for (const member of await this.#table.members({ group: pid, mark })) send(member, 'SIGTERM');
  }

  /** Ends everything of the tree, at once. */
  async kill(tree: ProcessTree): Promise<void> {
    if (this.#platform === 'win32') {
      await promisify(execFile)('taskkill', ['/pid', String(tree.pid), '/T', '/F']).catch(() => undefined);
      return;
    }
    await this.killMembers({ group: tree.pid, mark: tree.mark });
  }

  /** Ends everything that belongs to a group or carries a mark, and what is born meanwhile. */
  async killMembers(wanted: { group: number | null; mark: string }): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const members = await this.#table.members(wanted);
      if (members.length === 0) return;
      for (const member of members) send(member, 'SIGKILL');
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
