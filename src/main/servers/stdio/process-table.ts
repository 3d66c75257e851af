import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { appIdentity } from '../../../shared/app-identity.ts';

const run = promisify(execFile);

/** The variable that marks what belongs to one start of a local server, whatever became of its ancestors. */
export const MARK_NAME = `${appIdentity.productName.toUpperCase()}_PROCESS`;

/** What the system knows of its processes. */
export interface ProcessTable {
  /**
   * What tells a process from a later one of the same number: when it was started, in the system's own words.
   * Null when there is no such process.
   */
  startOf(pid: number): Promise<string | null>;
  /** Living processes of a process group, and those that carry a mark in their environment. */
  members(wanted: { group: number | null; mark: string }): Promise<number[]>;
}

/** The table of this system; Windows has neither groups nor a readable environment. */
export function processTable(platform: NodeJS.Platform): ProcessTable {
  if (platform === 'linux') return linuxTable;
  return platform === 'win32' ? windowsTable : psTable;
}

const linuxTable: ProcessTable = {
  async startOf(pid) {
    const [stat, boot] = await Promise.all([statOf(pid), bootOf()]);
    return stat && `${boot}/${stat.startedAt}`;
  },
  async members({ group, mark }) {
    const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 1);
    const belongs = await Promise.all(
      pids.map(async (pid) => {
        const stat = await statOf(pid);
        if (!stat || stat.isDead) return false;
        return stat.group === group || (await isMarked(pid, mark));
      }),
    );
    return pids.filter((pid, index) => belongs[index] && pid !== process.pid);
  },
};

/** proc_pid_stat(5): state, process group and start time are fields 3, 5 and 22. */
async function statOf(pid: number): Promise<{ group: number; startedAt: string; isDead: boolean } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  if (text === null) return null;
  // The name of the program, field 2, may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { group: Number(fields[2]), startedAt: fields[19] ?? '', isDead: /^[ZX]$/.test(fields[0] ?? '') };
}

/** The start time counts from the boot, so the boot is part of it. */
async function bootOf(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '')).trim();
}

async function isMarked(pid: number, mark: string): Promise<boolean> {
  // Other people's processes can't be read, and are none of ours.
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').includes(`${MARK_NAME}=${mark}`);
}

/** macOS and its relatives. */
const psTable: ProcessTable = {
  async startOf(pid) {
    const { stdout } = await run('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { LC_ALL: 'C' },
    }).catch(() => ({ stdout: '' }));
    return stdout.trim() || null;
  },
  async members({ group, mark }) {
    const { stdout } = await run('/bin/ps', ['-A', '-E', '-ww', '-o', 'pid=,pgid=,stat=,command='], {
      env: { LC_ALL: 'C' },
      maxBuffer: 64 * 1024 * 1024,
    }).catch(() => ({ stdout: '' }));
    return stdout.split('\n').flatMap((line) => {
      const [, pid, pgid, state, rest] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      if (!pid || state?.startsWith('Z') || Number(pid) === process.pid) return [];
      const belongs = Number(pgid) === group || rest?.split(' ').includes(`${MARK_NAME}=${mark}`);
      return belongs ? [Number(pid)] : [];
    });
  },
};

const windowsTable: ProcessTable = {
  async startOf(pid) {
    const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
    const { stdout } = await run('powershell.exe', [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      script,
    ]).catch(() => ({ stdout: '' }));
    return stdout.trim() || null;
  },
  members: async () => [],
};
