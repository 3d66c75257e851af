import type { IpcMain } from 'electron';
import { CALL_CHANNEL } from '../../shared/contract/channels.ts';
import type { CrossingAnswer } from '../../shared/contract/index.ts';
import { makeProblem } from '../../shared/problems.ts';
import { isOwnFrame } from './security.ts';

/** Connects the one IPC channel to the router; only the app's own page is answered. */
export function answerCalls(
  ipcMain: Pick<IpcMain, 'handle'>,
  route: (name: unknown, input: unknown) => Promise<CrossingAnswer>,
): void {
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, input: unknown): Promise<CrossingAnswer> => {
    if (!isOwnFrame(event.senderFrame)) {
      return { ok: false, problem: makeProblem('internal', {}, 'call from a foreign frame') };
    }
    return route(name, input);
  });
}
