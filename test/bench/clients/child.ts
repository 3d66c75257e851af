/** The process of one client: gets tasks over its channel, and answers each. */
import type { BenchClient, ClientName, FromChild, Task } from './messages.ts';

const [name, folder = ''] = process.argv.slice(2) as [ClientName, string?];
const tell = (message: FromChild): void => void process.send?.(message);
// Whoever started this is gone.
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit();

const clients: Record<ClientName, () => Promise<BenchClient>> = {
  gatehouse: async () => (await import('./gatehouse.ts')).gatehouseClient(folder),
  sdk: async () => (await import('./sdk.ts')).sdkClient(folder),
  'mcp-remote': async () => (await import('./mcp-remote.ts')).mcpRemoteClient(folder),
};
const client = await clients[name]();
process.on('message', (task: Task) => {
  const work = client[task.kind] as ((task: Task) => Promise<never>) | undefined;
  Promise.resolve(work?.(task) ?? Promise.reject(new Error(`${name} can't ${task.kind}`))).then(
    (result) => tell({ kind: 'done', result }),
    (error: unknown) =>
      tell({ kind: 'failed', message: error instanceof Error ? `${error.stack}` : `${error}` }),
  );
});
tell({ kind: 'ready' });
