import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import type { TestCore } from './core.ts';
import { type SimulatedTime, until } from './time.ts';

/** Whether a process lives; one that has ended and was not collected by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') X ');
  return !/\) [ZX] /.test(stat);
}

/** Stops a core whose programs may need the graces they are given before they are ended by force. */
export async function stopInTime({ core, time }: Pick<TestCore, 'core' | 'time'>): Promise<void> {
  let isStopped = false;
  const stopping = core.stop().finally(() => {
    isStopped = true;
  });
  await until(() => {
    if (!isStopped) passGrace(time);
    return isStopped;
  });
  await stopping;
}

/** Lets as much time pass as whoever waits for the end of a program wants before looking again. */
export function passGrace(time: SimulatedTime): void {
  const wait = (time.nextDue ?? Number.POSITIVE_INFINITY) - time.now();
  if (wait <= 100) time.advance(wait);
}

/** Ends processes a failing test would leave behind. */
export function endAfterTest(...pids: number[]): void {
  onTestFinished(() => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    }
  });
}
