import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import * as z from 'zod';
import { openGate } from './gate.ts';
import { OVERTIME } from './time-limit.ts';

/** One thing a scenario looked at. */
const check = z.object({
  id: z.string(),
  description: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'SKIPPED', 'INFO']),
  errorMessage: z.string().optional(),
});
export type Check = z.infer<typeof check>;

/** A client scenario of a revision, and whether the revision requires it. */
export interface ListedScenario {
  readonly name: string;
  readonly required: boolean;
}

export interface ScenarioResult extends ListedScenario {
  /** Null when the suite left no result. */
  readonly checks: Check[] | null;
  /** The client did not come to an end by itself. */
  readonly overtime: boolean;
}

/** Clients that play at once. */
const AT_ONCE = 4;
/** The suite's limit for one scenario, in milliseconds: the wait at the gate, and the client's own limit. */
const SCENARIO_TIMEOUT_MS = 10 * 60_000;

const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');

/** Runs all client scenarios of revisions of the specification, and reads what the suite wrote down. */
export class Suite {
  readonly #folder: string;

  /** @param folder absolute path for results; what was in a revision's folder is deleted */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Runs one revision; the suite starts all its scenarios at once.
   * @param client path of the client's program, relative to the folder and without spaces: the suite splits
   * the command at spaces and hands it to a shell
   */
  async run(revision: string, client: string): Promise<ScenarioResult[]> {
    const folder = join(this.#folder, revision);
    await rm(folder, { recursive: true, force: true });
    const scenarios = parseListing(await this.#program(['list', '--client', '--requirements', revision]));
    // The suite's own verdict is not asked: it overlooks warnings of a requirement set and empty scenarios.
    const what = ['--requirements', revision, '--timeout', String(SCENARIO_TIMEOUT_MS), '-o', revision];
    await this.#program(['client', '--command', `node ${client}`, ...what], `${folder}.log`);
    return Promise.all(scenarios.map(async (one) => ({ ...one, ...(await resultOf(folder, one.name)) })));
  }

  /** Runs the suite's program and returns its output; a copy of it and of its errors goes to a file. */
  async #program(parameters: readonly string[], log?: string): Promise<string> {
    const gate = await openGate(AT_ONCE);
    const child = spawn(process.execPath, [program, ...parameters], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ...gate.environment,
        // The Node that runs this, also for what the suite starts.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        NODE_COMPILE_CACHE: join(this.#folder, 'compile-cache'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = log === undefined ? null : createWriteStream(log);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      file?.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => file?.write(chunk));
    try {
      await once(child, 'close');
    } finally {
      gate.close();
      file?.end();
    }
    return output;
  }
}

/** The client scenarios of `conformance list --requirements`: the required ones, then those run unscored. */
export function parseListing(listing: string): ListedScenario[] {
  let required = false;
  return listing.split('\n').flatMap((line) => {
    if (/^\S/.test(line)) required = line.startsWith('Client scenarios');
    const [, name, leg] = /^\s+- (\S+)(?: \[(\w+)\])?$/.exec(line) ?? [];
    if (name === undefined || !(required || leg === 'client')) return [];
    return [{ name, required }];
  });
}

/** Results lie in `<folder>/<scenario>-<time>/`; a scenario's name may hold a slash. */
async function resultOf(folder: string, name: string): Promise<Pick<ScenarioResult, 'checks' | 'overtime'>> {
  const parent = dirname(join(folder, name));
  const prefix = `${basename(name)}-`;
  const own = (await readdir(parent).catch(() => [])).find(
    (entry) => entry.startsWith(prefix) && /^\d{4}-\d\d-\d\dT/.test(entry.slice(prefix.length)),
  );
  if (own === undefined) return { checks: null, overtime: false };
  const read = (file: string, otherwise: string) =>
    readFile(join(parent, own, file), 'utf8').catch(() => otherwise);
  return {
    checks: z
      .array(check)
      .nullable()
      .parse(JSON.parse(await read('checks.json', 'null'))),
    overtime: (await read('stderr.txt', '')).includes(OVERTIME),
  };
}
