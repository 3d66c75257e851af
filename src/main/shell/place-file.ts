import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cancel, Scheduler } from '../ports.ts';
import { parsePlace, type WindowPlace } from './window-place.ts';

/** A window is moved in many small steps; the place is written this long after the last one, in milliseconds. */
const SETTLED_MS = 500;

/** Remembers the window's place. Losing it costs nothing but a glance, so no failure is told. */
export class PlaceFile {
  readonly #path: string;
  readonly #scheduler: Scheduler;
  #place: WindowPlace | null = null;
  #cancel: Cancel | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param path absolute path of the file */
  constructor(path: string, scheduler: Scheduler) {
    this.#path = path;
    this.#scheduler = scheduler;
  }

  async read(): Promise<WindowPlace | null> {
    return readFile(this.#path, 'utf8').then(parsePlace, () => null);
  }

  /** Notes a new place; written soon. */
  readonly note = (place: WindowPlace): void => {
    this.#place = place;
    this.#cancel?.();
    this.#cancel = this.#scheduler.after(SETTLED_MS, () => this.#write());
  };

  /** Writes what is noted and resolves when it is on disk, or has failed to get there. */
  async settled(): Promise<void> {
    if (this.#cancel) {
      this.#cancel();
      this.#write();
    }
    await this.#writing;
  }

  #write(): void {
    this.#cancel = null;
    const content = JSON.stringify(this.#place);
    this.#writing = this.#writing
      .then(async () => {
        await mkdir(dirname(this.#path), { recursive: true });
        await writeFile(`${this.#path}.new`, content);
        await rename(`${this.#path}.new`, this.#path);
      })
      .catch(() => undefined);
  }
}
