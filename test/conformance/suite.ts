import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** One thing a scenario looked at. */
const check = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
  errorMessage: z.string().optional(),
});
export type Check = z.infer<typeof check>;

/** A scenario of a revision, and whether the revision requires it. */
export interface ListedScenario {
  readonly name: string;
  readonly required: boolean;
}

export interface ScenarioResult extends ListedScenario {
  /** Null when the suite left no result. */
  readonly checks: Check[] | null;
}

const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');

/** The client scenarios of a revision, as the suite lists them. */
export async function listScenarios(revision: string): Promise<ListedScenario[]> {
  const listing = await run(['list', '--client', '--requirements', revision], null);
  const scenarios: ListedScenario[] = [];
  let section = '';
  for (const line of listing.split('\n')) {
    if (/^\S/.test(line)) section = line;
    const [, name, leg] = /^\s+- (\S+)(?: \[(\w+)\])?$/.exec(line) ?? [];
    if (name && section.startsWith('Client scenarios')) scenarios.push({ name, required: true });
    if (name && leg === 'client') scenarios.push({ name, required: false });
  }
  return scenarios;
}

/** Runs all client scenarios of a revision; the suite starts them at once. */
export async function runScenarios(
  revision: string,
  command: string,
  folder: string,
): Promise<ScenarioResult[]> {
  await rm(folder, { recursive: true, force: true });
  const scenarios = await listScenarios(revision);
  // The suite’s own verdict is not asked: it overlooks warnings of a requirement set and empty scenarios.
  await run(['client', '--command', command, '--requirements', revision, '-o', folder], `${folder}.log`);
  return Promise.all(
    scenarios.map(async (scenario) => ({ ...scenario, checks: await readChecks(folder, scenario.name) })),
  );
}

/** Results lie in `<folder>/<scenario>-<time>/checks.json`; a scenario’s name may hold a slash. */
async function readChecks(folder: string, name: string): Promise<Check[] | null> {
  const parent = dirname(join(folder, name));
  const { readdir } = await import('node:fs/promises');
  const last = name.split('/').at(-1) ?? name;
  const entries = await readdir(parent).catch(() => []);
  const own = entries.filter(
    (entry) => entry.startsWith(`${last}-`) && /^\d{4}-\d\d-\d\dT/.test(entry.slice(last.length + 1)),
  );
  const found = own[0];
  if (own.length !== 1 || found === undefined) return null;
  const text = await readFile(join(parent, found, 'checks.json'), 'utf8').catch(() => 'null');
  return z.array(check).nullable().parse(JSON.parse(text));
}

/** Runs the suite’s program; its output goes to a file, or is returned. */
function run(parameters: readonly string[], log: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    const file = log === null ? null : createWriteStream(log);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (file) stream.pipe(file, { end: false });
      else stream.resume();
    }
    child.once('error', reject);
    child.once('close', () => {
      file?.end();
      resolve(output);
    });
  });
}
