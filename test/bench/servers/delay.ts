import { setTimeout as pause } from 'node:timers/promises';
import type { LoopbackHost } from '../../sandbox/loopback-host.ts';

/** Makes every answer of a host come later by so many milliseconds, as if it were far away. */
export function delayAnswers(host: LoopbackHost, ms: number): void {
  if (ms === 0) return;
  const answer = host.handler;
  host.handler = async (req, res, entry) => {
    await pause(ms);
    return answer(req, res, entry);
  };
}
