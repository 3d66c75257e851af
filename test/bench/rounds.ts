import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientProcess } from './clients/client-process.ts';
import type { ClientName } from './clients/messages.ts';
import type { QuickEra } from './servers/quick-servers.ts';

export interface BenchOptions {
  readonly rounds: number;
  /** By how much every answer is late where round trips are what is measured, in milliseconds. */
  readonly delayMs: number;
  /** Which revision the servers speak that are there for their number, or for their speed. */
  readonly era: QuickEra;
  /** Numbers of servers connected at the start. */
  readonly servers: readonly number[];
  readonly clients: readonly ClientName[];
  readonly note: (progress: string) => void;
}

/** Runs some work with a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs some work with a client in a process of its own, which is gone afterwards. */
export async function withClient<T>(
  name: ClientName,
  folder: string,
  work: (client: ClientProcess) => Promise<T>,
): Promise<T> {
  const client = await ClientProcess.start(name, folder);
  try {
    const result = await work(client);
    await client.end();
    return result;
  } finally {
    await client.kill();
  }
}

/** Each client's outcomes, a round of all of them after the other, so that all see the same machine. */
export async function inRounds<T>(
  { rounds, clients, note }: BenchOptions,
  what: string,
  once: (client: ClientName, round: number) => Promise<T>,
): Promise<Map<ClientName, T[]>> {
  const outcomes = new Map<ClientName, T[]>(clients.map((client) => [client, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one: nobody always has the warm machine.
    const order = clients.map((_, place) => clients[(place + round) % clients.length] ?? 'gatehouse');
    for (const client of order) {
      note(`${what}: round ${round + 1} of ${rounds}, ${client}`);
      outcomes.get(client)?.push(await once(client, round));
    }
  }
  return outcomes;
}
