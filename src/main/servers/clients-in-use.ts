import type { McpClient } from './mcp-client.ts';

/** Knows who still works with which client, so that one that is given up is closed without cutting anybody off. */
export class ClientsInUse {
  readonly #uses = new Map<McpClient, number>();
  readonly #retired = new Set<McpClient>();

  /** Works with a client that stays open for it, even when it is given up meanwhile. */
  async during<T>(client: McpClient, work: () => Promise<T>): Promise<T> {
    this.#uses.set(client, (this.#uses.get(client) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#uses.get(client) ?? 1) - 1;
      if (left > 0) this.#uses.set(client, left);
      else this.#uses.delete(client);
      this.#closeIdle();
    }
  }

  /** Gives a client up: it is closed as soon as nobody works with it any more. */
  retire(client: McpClient): void {
    this.#retired.add(client);
    this.#closeIdle();
  }

  /** Closes all that were given up, now. */
  async closeRetired(): Promise<void> {
    const left = [...this.#retired];
    this.#retired.clear();
    await Promise.all(left.map((client) => client.close()));
  }

  #closeIdle(): void {
    for (const client of this.#retired) {
      if (this.#uses.has(client)) continue;
      this.#retired.delete(client);
      void client.close();
    }
  }
}
