/** Gatehouse beside the official SDK's client and mcp-remote: one run, one report. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { asChart } from './chart.ts';
import type { ClientName } from './clients/messages.ts';
import { measureBundles } from './parts/bundles.ts';
import { measureCalls } from './parts/calls.ts';
import { measureSignIns } from './parts/sign-in.ts';
import { measureStartUp } from './parts/start-up.ts';
import { measureStorm } from './parts/storm.ts';
import { measureVault } from './parts/vault.ts';
import { fetchMcpRemote, MCP_REMOTE_VERSION } from './peers.ts';
import { asMarkdown, asText, missed, type Report, type Section } from './report.ts';
import type { BenchOptions } from './rounds.ts';

const parts: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  'sign-in': measureSignIns,
  storm: measureStorm,
  'start-up': measureStartUp,
  calls: measureCalls,
  vault: measureVault,
  bundles: measureBundles,
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    delay: { type: 'string', default: '20' },
    era: { type: 'string', default: 'modern' },
    servers: { type: 'string', default: '1,10,100,300' },
    only: { type: 'string', default: Object.keys(parts).join() },
    peers: { type: 'string', default: 'sdk,mcp-remote' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench -- [options]
  --rounds <n>     rounds of everything that is timed, default 15
  --delay <ms>     how late every answer comes where round trips are measured, default 20
  --era <era>      modern (2026-07-28) or legacy, of the servers that are many or quick, default modern
  --servers <n,…>  numbers of servers at the start, default 1,10,100,300
  --only <part,…>  ${Object.keys(parts).join(', ')}
  --peers <name,…> sdk, mcp-remote`);
  process.exit();
}

const clients: ClientName[] = ['gatehouse', 'sdk'];
const about = [
  `Node ${process.version}, ${process.platform}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ` +
    `${new Date().toISOString().slice(0, 10)}, ${values.rounds} rounds`,
  'The core with its real network, disk and encryption; not Electron, whose network and key store are others.',
];
if (values.peers.split(',').includes('mcp-remote')) {
  const unavailable = fetchMcpRemote();
  if (unavailable === null) clients.push('mcp-remote');
  about.push(
    `mcp-remote ${MCP_REMOTE_VERSION}${unavailable === null ? '' : `: not compared, ${unavailable}`}`,
  );
}

const options: BenchOptions = {
  rounds: Math.max(1, Number(values.rounds)),
  delayMs: Number(values.delay),
  era: values.era === 'legacy' ? 'legacy' : 'modern',
  servers: values.servers.split(',').map(Number),
  clients,
  note: (progress) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`);
  },
};
const sections: Section[] = [];
for (const name of values.only.split(',')) {
  const measure = parts[name];
  if (!measure) throw new Error(`no such part: ${name}`);
  sections.push(await measure(options));
}
options.note('');
const report: Report = { about, sections };
const folder = join(import.meta.dirname, '..', '..', 'out', 'bench');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
await writeFile(join(folder, 'report.md'), asMarkdown(report));
await writeFile(join(folder, 'chart.svg'), asChart(report));
console.log(asText(report));
for (const what of missed(report)) console.log(`missed: ${what}`);
process.exit(missed(report).length === 0 ? 0 : 1);
