import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientName, FromChild, Results, Task } from './messages.ts';

const ENTRY = fileURLToPath(new URL('./child.ts', import.meta.url));

/** A client under test in a process of its own, its code loaded. */
export class ClientProcess {
  readonly #child: ChildProcess;
  /** The end of what it wrote on standard error. */
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-2_000);
    });
  }

  /**
   * @param folder where it keeps what it stores
   * @throws when it ends before it is ready
   */
  static async start(name: ClientName, folder: string): Promise<ClientProcess> {
    const child = fork(ENTRY, [name, folder], {
      execArgv: ['--expose-gc', '--no-warnings'],
      // The SDK says a lot about each grant it loses.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const client = new ClientProcess(child);
    await client.#answer();
    return client;
  }

  /** @throws what went wrong in the client */
  async ask<Kind extends Task['kind']>(task: Extract<Task, { kind: Kind }>): Promise<Results[Kind]> {
    const answer = this.#answer();
    this.#child.send(task);
    return (await answer) as Results[Kind];
  }

  /** Lets it end what it holds open, and waits for its end. */
  async end(): Promise<void> {
    await this.ask({ kind: 'end' });
    await this.#gone(() => this.#child.disconnect());
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.#gone(() => this.#child.kill('SIGKILL'));
  }

  async #gone(how: () => void): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    how();
    await exit;
  }

  async #answer(): Promise<unknown> {
    const heard = new AbortController();
    const { signal } = heard;
    try {
      const [message] = await Promise.race([
        once(this.#child, 'message', { signal }) as Promise<[FromChild]>,
        once(this.#child, 'exit', { signal }).then((): [FromChild] => [
          { kind: 'failed', message: `the process ended before it answered: ${this.#said}` },
        ]),
      ]);
      if (message.kind === 'failed') throw new Error(message.message);
      return message.kind === 'done' ? message.result : null;
    } finally {
      heard.abort();
    }
  }
}
