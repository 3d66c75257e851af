import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passGate } from './gate.ts';
import { OVERTIME, TIME_LIMIT_MS } from './time-limit.ts';

await passGate(process.env);
// Loaded only now: the others are still playing.
const { ConformanceHost } = await import('./host.ts');
const { readScenario } = await import('./scenario.ts');

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-conformance-'));
// Timers and listeners of the core never keep a process alive; a scenario does, as long as the suite would let it.
const alive = setTimeout(() => {
  console.error(OVERTIME);
  process.exit(1);
}, TIME_LIMIT_MS);
try {
  const host = new ConformanceHost(readScenario(process.argv, process.env), folder);
  await host.play();
} catch (error) {
  // Many scenarios end with a refusal: what the client did until then is what the suite looks at.
  console.error(error);
  process.exitCode = 1;
} finally {
  clearTimeout(alive);
  await rm(folder, { recursive: true, force: true });
}
// Idle keep-alive sockets would hold the process for seconds.
process.exit();
