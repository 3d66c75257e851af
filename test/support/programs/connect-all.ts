// Connects a core to many servers and says what that took, as one line of JSON. Run with --expose-gc.
// Arguments: the ports of the servers as JSON, and a folder for the core's files.
import { serverSettings } from '../../../src/shared/domain/server.ts';
import { coreOnFolder } from '../../crash/core-on-folder.ts';

const [ports = '[]', folder = ''] = process.argv.slice(2);
/** Connected one after another before all others: whatever is loaded once is loaded then. */
const FIRST = 10;

const core = coreOnFolder(folder, () => undefined);
await core.load();
const connections = [];
for (const port of JSON.parse(ports) as number[]) {
  const server = await core.addServer(`http://127.0.0.1:${port}/mcp`, `${port}`, serverSettings.parse({}));
  connections.push(core.connection(server.id, null));
}

const single: number[] = [];
for (const connection of connections.slice(0, FIRST)) single.push(await timeOf(() => connection.client()));
const rest = connections.slice(FIRST);
const before = await held();
const allMs = await timeOf(() => Promise.all(rest.map((connection) => connection.client())));
// Their tools are what the page shows first.
await Promise.all(rest.map((connection) => core.features.catalog.tools(connection)));
const after = await held();
process.stdout.write(
  `${JSON.stringify({
    connected: rest.filter(({ view }) => view.status === 'connected').length,
    kilobytesEach: Math.round((after - before) / 1024 / rest.length),
    oneMs: Math.round(single.sort((a, b) => a - b)[FIRST / 2] ?? 0),
    allMs: Math.round(allMs),
  })}\n`,
);
process.exit(0);

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Bytes of the heap in use when everything that can be collected was. */
async function held(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
