import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromProcess, Order, ToProcess } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./victim.ts', import.meta.url));

/** A process of the core that waits for its order, works, and is killed. */
export class VictimProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #ready: Promise<void>;
  #listener: (message: FromProcess) => void = () => undefined;
  #killed = false;

  /** @param compileCache folder for compiled code, shared by all */
  constructor(compileCache: string) {
    this.#child = fork(ENTRY, [], {
      execArgv: [],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    // What it said before it died is still read after its death.
    this.#ended = Promise.all([once(this.#child, 'exit'), once(this.#child, 'disconnect')]);
    this.#ready = new Promise((resolve, reject) => {
      this.#child.once('exit', () => reject(new Error('the process ended before it was ready')));
      this.#child.on('message', (message: FromProcess) => {
        if (message.kind === 'ready') resolve();
        else this.#listener(message);
      });
    });
    this.#ready.catch(() => undefined);
  }

  get killed(): boolean {
    return this.#killed;
  }

  /** Gives the order once the process has loaded its code. */
  async go(order: Order, listener: (message: FromProcess) => void): Promise<void> {
    await this.#ready;
    this.#listener = listener;
    this.send({ kind: 'go', order });
  }

  /** Sends a message; one to a dead process is lost, as it would be. */
  send(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): void {
    if (this.#killed || this.#child.pid === undefined || this.#child.exitCode !== null) return;
    this.#killed = true;
    process.kill(this.#child.pid, 'SIGKILL');
  }

  /** Resolves when the process is dead and everything it said has been heard. @returns how it ended */
  async ended(): Promise<string> {
    await this.#ended;
    return this.#child.signalCode ?? `exit code ${this.#child.exitCode}`;
  }
}
