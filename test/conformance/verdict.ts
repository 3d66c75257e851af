import type { Check, ScenarioResult } from './suite.ts';

/** Fewest checks over all revisions: fewer would mean that scenarios ended before they looked. */
export const FEWEST_CHECKS = 560;

/** Scenarios that may pass without a single check, each with the reason. There is none. */
const EMPTY_BY_NATURE: Readonly<Record<string, string>> = {};

export interface RevisionResult {
  readonly revision: string;
  readonly scenarios: readonly ScenarioResult[];
}

interface Row extends ScenarioResult {
  /** Checks that judged something; what was only noted or skipped does not count. */
  readonly count: number;
  /** What is wrong, in words; empty when the scenario passed. */
  readonly faults: readonly string[];
}

/** The report over all revisions, and whether everything in it is as it should be. */
export function judge(
  results: readonly RevisionResult[],
  emptyByNature = EMPTY_BY_NATURE,
): { lines: string[]; passed: boolean } {
  const revisions = results.map(({ revision, scenarios }) => ({
    revision,
    rows: scenarios.map((scenario) => rowOf(scenario, emptyByNature)),
  }));
  const all = revisions.flatMap(({ rows }) => rows);
  const total = countOf(all);
  const enough = total >= FEWEST_CHECKS;
  const lines = revisions.flatMap(({ revision, rows }) => [
    '',
    `Revision ${revision}`,
    ...table(rows),
    summary('required', rows),
    summary('unscored', rows),
  ]);
  return {
    lines: [
      ...lines,
      '',
      `${total} checks in all${enough ? '' : `: fewer than ${FEWEST_CHECKS}, something was not looked at`}`,
    ],
    passed: enough && all.every(({ faults }) => faults.length === 0),
  };
}

function rowOf(scenario: ScenarioResult, emptyByNature: Readonly<Record<string, string>>): Row {
  const { name, checks, overtime } = scenario;
  if (checks === null) return { ...scenario, count: 0, faults: ['the suite left no result'] };
  const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const count = bad.length + checks.filter(({ status }) => status === 'SUCCESS').length;
  const empty = count === 0 && !Object.hasOwn(emptyByNature, name);
  const faults = [
    ...bad.map(inWords),
    ...(empty ? ['no check was made'] : []),
    ...(overtime ? ['the client did not end in time'] : []),
  ];
  return { ...scenario, count, faults };
}

function inWords({ status, id, description, errorMessage }: Check): string {
  return `${status} ${id}: ${errorMessage ?? description}`;
}

function countOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function summary(kind: 'required' | 'unscored', rows: readonly Row[]): string {
  const group = rows.filter(({ required }) => required === (kind === 'required'));
  const passed = group.filter(({ faults }) => faults.length === 0);
  return `${kind}: ${passed.length} of ${group.length} passed, ${countOf(group)} checks`;
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(8, ...rows.map(({ name }) => name.length));
  const line = (scenario: string, checks: string, result: string) =>
    `${scenario.padEnd(width)} | ${checks.padStart(6)} | ${result}`;
  return [
    line('scenario', 'checks', 'result'),
    `${'-'.repeat(width)}-|--------|-${'-'.repeat(17)}`,
    ...rows.flatMap(({ name, required, count, faults }) => [
      line(
        name,
        String(count),
        `${faults.length === 0 ? 'passed' : 'FAILED'}${required ? '' : ' (unscored)'}`,
      ),
      ...faults.map((fault) => line('', '', `  ${fault}`)),
    ]),
  ];
}
