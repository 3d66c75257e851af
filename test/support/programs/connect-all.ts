// Connects a core to many servers and says what that took, as one line of JSON. Run with --expose-gc.
// Arguments: the servers' origin, how many there are, and a folder for the core's files.
import { serverSettings } from '../../../src/shared/domain/server.ts';
import { coreOnFolder } from '../../crash/core-on-folder.ts';
import { median } from '../figures.ts';

const [origin = '', count = '0', folder = ''] = process.argv.slice(2);
/** Connected before anything is measured: what is loaded once, and the first of everything. */
const BEFORE = 10;

const core = coreOnFolder(folder, () => undefined);
await core.load();

async function add(number: number) {
  const server = await core.addServer(`${origin}/${number}/mcp`, `${number}`, serverSettings.parse({}));
  return core.connection(server.id, null);
}

const single: number[] = [];
for (let number = 0; number < BEFORE; number += 1) {
  const connection = await add(number);
  const startedAt = performance.now();
  await connection.client();
  single.push(performance.now() - startedAt);
}
const connections = [];
for (let number = BEFORE; number < BEFORE + Number(count); number += 1) connections.push(await add(number));
const before = await held();
const startedAt = performance.now();
await Promise.all(connections.map((connection) => connection.client()));
const allMs = performance.now() - startedAt;
const after = await held();
process.stdout.write(
  `${JSON.stringify({
    connected: connections.filter(({ view }) => view.status === 'connected').length,
    kilobytesEach: Math.round((after - before) / 1024 / connections.length),
    oneMs: Math.round(median(single)),
    allMs: Math.round(allMs),
  })}\n`,
);
await core.stop();
process.exit(0);

/** Bytes in use when everything that can be collected was. */
async function held(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
