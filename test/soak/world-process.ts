import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromWorld, PlaceAddress, PlaceFault, ToWorld } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./world.ts', import.meta.url));

/** Where a visit of the browser ended. */
export type VisitEnd = Pick<Extract<FromWorld, { kind: 'visited' }>, 'link' | 'delivered'>;

/** The servers, issuers and the browser, in a process of their own. */
export class WorldProcess {
  readonly places: readonly PlaceAddress[];
  /** Rejects when the process ends by itself. */
  readonly died: Promise<never>;
  readonly #child: ChildProcess;
  readonly #visits = new Map<number, (end: VisitEnd) => void>();
  #visited = 0;
  #calm: () => void = () => undefined;

  private constructor(child: ChildProcess, places: readonly PlaceAddress[]) {
    this.#child = child;
    this.places = places;
    this.died = once(child, 'exit').then(([code]) => {
      throw new Error(`the process with the servers ended by itself: ${code}`);
    });
    this.died.catch(() => undefined);
    child.on('message', (message: FromWorld) => {
      if (message.kind === 'calm') this.#calm();
      if (message.kind !== 'visited') return;
      this.#visits.get(message.visit)?.(message);
      this.#visits.delete(message.visit);
    });
  }

  /** @param tokenLifeS life of an access token in seconds */
  static async start(places: number, tokenLifeS: number): Promise<WorldProcess> {
    const child = fork(ENTRY, [String(places), String(tokenLifeS)], { execArgv: [] });
    const [ready] = (await once(child, 'message')) as [FromWorld];
    if (ready.kind !== 'ready') throw new Error('the servers did not start');
    return new WorldProcess(child, ready.places);
  }

  fault(place: number, fault: PlaceFault): void {
    this.#send({ kind: 'fault', place, fault });
  }

  /** Resolves when every fault is over. */
  calm(): Promise<void> {
    return new Promise((resolve) => {
      this.#calm = resolve;
      this.#send({ kind: 'calm' });
    });
  }

  /** Opens an address in the browser of somebody who consents. */
  visit(url: URL, user: string): Promise<VisitEnd> {
    const visit = this.#visited++;
    return new Promise((resolve) => {
      this.#visits.set(visit, resolve);
      this.#send({ kind: 'visit', visit, url: url.href, user });
    });
  }

  async end(): Promise<void> {
    if (!this.#child.connected) return;
    this.#child.disconnect();
    await this.died.catch(() => undefined);
  }

  #send(message: ToWorld): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
