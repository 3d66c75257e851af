import { AsyncLocalStorage } from 'node:async_hooks';
import type { Connection } from './connection.ts';

/** A request a person started, in whose middle a server may ask something. */
export interface RunningRequest {
  /** Null: no tool call. */
  readonly callId: string | null;
  /** Name of the tool or prompt, or URI of the resource. */
  readonly name: string;
}

/** Knows which request a server's question belongs to. */
export class RunningRequests {
  readonly #running = new Map<Connection, Set<RunningRequest>>();
  /** What arrives on the answer of a request is handled in the context that sent it. */
  readonly #context = new AsyncLocalStorage<RunningRequest>();

  /** Runs a request, known as such until it ends. */
  async during<T>(connection: Connection, request: RunningRequest, run: () => Promise<T>): Promise<T> {
    const running = this.#running.get(connection) ?? new Set();
    this.#running.set(connection, running.add(request));
    try {
      return await this.#context.run(request, run);
    } finally {
      running.delete(request);
      if (running.size === 0) this.#running.delete(connection);
    }
  }

  /** The request in whose answer we are now, or the only one under way; null when nobody can tell. */
  current(connection: Connection): RunningRequest | null {
    const running = this.#running.get(connection);
    const here = this.#context.getStore();
    if (here && running?.has(here)) return here;
    const [only, another] = running ?? [];
    return only && !another ? only : null;
  }
}
