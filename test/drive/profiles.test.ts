import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repairs } from '../../src/main/oauth/answer-repairs.ts';
import { type ProfileName, startProfile } from '../sandbox/profiles/catalogue.ts';
import { type AttackName, attackNames } from '../sandbox/profiles/hostile.ts';
import type { PlainSandbox, ProfileOptions } from '../sandbox/profiles/profile.ts';
import { type QuirkName, quirkNames } from '../sandbox/profiles/sloppy.ts';
import { TEST_KEY } from '../support/core.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type DriveWorld, drive, exitCodes } from './drive.ts';
import { parseOptions } from './options.ts';

type Line = { event: string } & Record<string, unknown>;

async function profile<S = PlainSandbox>(name: ProfileName, options: ProfileOptions = {}): Promise<S> {
  const sandbox = await startProfile(name, { consent: 'auto', ...options });
  onTestFinished(() => sandbox.close());
  return sandbox as S;
}

/** A run with a trace, in a profile of its own. */
async function driven(argv: string[], world: Partial<DriveWorld> = {}) {
  const folder = await temporaryFolder();
  const trace = join(folder, 'trace.json');
  const lines: Line[] = [];
  const code = await drive(parseOptions([...argv, '--trace', trace]), {
    folder,
    key: TEST_KEY,
    print: (line) => lines.push(line as Line),
    fetch,
    clientMetadataUrl: null,
    ...world,
  });
  const problems = lines.flatMap(({ event, code: problem }) => (event === 'problem' ? [problem] : []));
  return { code, lines, problems, trace: await readFile(trace, 'utf8') };
}

const probe = process.env.PROBE;
test('x', async () => {
  const out: string[] = [];
  for (const name of attackNames.filter((n) => !probe || probe.split(',').includes(n))) {
    const s = await startProfile('hostile', { consent: 'auto', attacks: [name] }) as PlainSandbox;
    const at = Date.now();
    const r = await driven([s.mcpUrl, '--list', '--call', 'whoami'], { protocolTimeoutMs: 600 });
    out.push([name, r.code, r.problems.join('|'), s.count({host:'elsewhere'}), s.requests.length, Date.now()-at, s.count({path:'/token'})].join(' '));
    if (probe) out.push(JSON.stringify(r.lines.slice(-3)), JSON.stringify(s.requests));
    await s.close();
  }
  await writeFile('/tmp/attacks.txt', out.join('\n'));
}, 300_000);
void [describe, expect, repairs, quirkNames, exitCodes];
export type X = [AttackName, QuirkName];
