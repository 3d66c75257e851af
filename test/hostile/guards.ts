/**
 * Shows that the rows of the table notice when their guard is gone: `node test/hostile/guards.ts [<row> …]`.
 * Each guard that can be taken away by an exact replacement is, one after the other, in a copy of the sources;
 * its row must fail then. Exits 1 when a row still passes, or a replacement no longer fits the source.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard, HostileRow } from './row.ts';
import { table } from './table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A row whose guard is gone may wait for what never comes, in milliseconds. */
const PATIENCE_MS = 20_000;

type Outcome = 'fails' | 'STILL PASSES' | 'DOES NOT FIT THE SOURCE' | 'DOES NOT RUN';

interface Removal {
  readonly row: HostileRow;
  readonly guard: Guard & { readonly removed: NonNullable<Guard['removed']> };
}

const wanted = process.argv.slice(2);
const removals = table.flatMap((row): Removal[] => {
  const { removed } = row.guard;
  if (!removed || row.kind === 'page' || (wanted.length > 0 && !wanted.includes(row.name))) return [];
  return [{ row, guard: { ...row.guard, removed } }];
});

const copy = mkdtempSync(join(tmpdir(), 'gatehouse-guards-'));
let failed = false;
try {
  for (const part of ['src', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  console.log(`${removals.length} guards; with all of them in place:`);
  const whole = run(removals.map(({ row }) => row.name));
  const passing = whole.filter(({ status }) => status === 'passed').length;
  console.log(`  ${passing} of ${removals.length} rows pass`);
  failed ||= passing !== removals.length;
  console.log('one after the other taken away:');
  for (const { row, guard } of removals) {
    const { outcome, why } = withoutGuard(row.name, guard);
    failed ||= outcome !== 'fails';
    console.log(
      `  ${row.name.padEnd(44)} ${`${guard.file} ${guard.name}`.padEnd(78)} ${outcome}${why && `: ${why}`}`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** Plays one row without its guard. */
function withoutGuard(row: string, { file, removed }: Removal['guard']): { outcome: Outcome; why: string } {
  const path = join(copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(removed.text).length !== 2)
    return { outcome: 'DOES NOT FIT THE SOURCE', why: removed.text };
  writeFileSync(
    path,
    source.replace(removed.text, () => removed.by),
  );
  try {
    const [played, ...others] = run([row]);
    if (!played || others.length > 0) return { outcome: 'DOES NOT RUN', why: '' };
    if (played.status === 'passed') return { outcome: 'STILL PASSES', why: '' };
    const [message = ''] = played.failureMessages;
    // A copy that can't be loaded says nothing about the row.
    if (/SyntaxError|is not defined|Cannot find module/.test(message))
      return { outcome: 'DOES NOT RUN', why: message };
    return { outcome: 'fails', why: message.split('\n', 1)[0]?.slice(0, 90) ?? '' };
  } finally {
    writeFileSync(path, source);
  }
}

interface Played {
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Plays rows in the copy. */
function run(rows: readonly string[]): Played[] {
  const report = join(copy, 'report.json');
  const options = ['--project', 'unit', '--reporter=json', `--outputFile=${report}`];
  const names = `^(${rows.join('|')}) ends by name`;
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  rmSync(report, { force: true });
  spawnSync(process.execPath, [vitest, 'run', ...options, 'test/hostile/hostile.test.ts', '-t', names], {
    cwd: copy,
    stdio: 'ignore',
    env: { ...process.env, HOSTILE_PATIENCE_MS: String(rows.length === 1 ? PATIENCE_MS : 120_000) },
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: readonly { assertionResults: readonly Played[] }[];
  };
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed' || status === 'failed');
}
