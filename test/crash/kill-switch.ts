import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { type KillMoment, LONGEST_LIFE_IN_DEEDS, type RequestPoint, type WatchedRequest } from './plan.ts';

/** A process that has met neither its moment nor done anything is killed after this long, in milliseconds. */
const LONGEST_LIFE_MS = 20_000;

/** Kills when the planned moment comes, told of everything that might be it. */
export class KillSwitch {
  readonly #moment: KillMoment;
  readonly #kill: () => void;
  readonly #watcher: FSWatcher | null;
  #left: number;
  #deeds = 0;
  readonly #timers: NodeJS.Timeout[];

  /**
   * @param folder the user data folder
   * @param kill called once at the moment, or later when the moment never comes
   */
  constructor(moment: KillMoment, folder: string, kill: () => void) {
    this.#moment = moment;
    this.#kill = kill;
    this.#left = moment.kind === 'time' ? 1 : moment.nth;
    this.#watcher =
      moment.kind === 'file' ? watch(join(folder, moment.folder), () => this.#count(moment.delayMs)) : null;
    this.#timers = [setTimeout(kill, LONGEST_LIFE_MS)];
    if (moment.kind === 'time') this.#count(moment.afterMs);
  }

  reached(request: WatchedRequest, point: RequestPoint): void {
    const moment = this.#moment;
    if (moment.kind === 'request' && moment.request === request && moment.point === point) {
      this.#count(moment.delayMs);
    }
  }

  deedDone(): void {
    this.#deeds += 1;
    if (this.#deeds === LONGEST_LIFE_IN_DEEDS) this.#kill();
  }

  /** No moment counts any more. */
  disarm(): void {
    this.#left = 0;
    this.#watcher?.close();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #count(delayMs: number): void {
    this.#left -= 1;
    if (this.#left !== 0) return;
    if (delayMs === 0) this.#kill();
    else this.#timers.push(setTimeout(this.#kill, delayMs));
  }
}
