import type { Check, ScenarioResult } from './suite.ts';

/** Fewest checks over both revisions: fewer would mean that scenarios ended before they looked. */
export const FEWEST_CHECKS = 560;

/** Scenarios that pass without a check, and why. Anything else without one is a failure. */
const EMPTY: Readonly<Record<string, string>> = {};

export interface RevisionResult {
  readonly revision: string;
  readonly scenarios: readonly ScenarioResult[];
}

interface Verdict {
  /** Checks that judged something; what is only noted or was skipped does not count. */
  readonly count: number;
  readonly problems: string[];
  readonly note: string | null;
}

/** The report over all revisions, and whether everything in it is as it should be. */
export function judge(results: readonly RevisionResult[]): { lines: string[]; passed: boolean } {
  const lines: string[] = [];
  let passed = true;
  let total = 0;
  for (const { revision, scenarios } of results) {
    const verdicts = scenarios.map((scenario) => ({ ...scenario, ...verdictOf(scenario) }));
    lines.push('', `Revision ${revision}`, ...table(verdicts));
    for (const required of [true, false]) {
      const group = verdicts.filter((one) => one.required === required);
      const good = group.filter(({ problems }) => problems.length === 0);
      const checks = group.reduce((sum, { count }) => sum + count, 0);
      lines.push(
        `${required ? 'required' : 'unscored'}: ${good.length} of ${group.length}, ${checks} checks`,
      );
      passed &&= good.length === group.length && group.length > 0;
      total += checks;
    }
  }
  const enough = total >= FEWEST_CHECKS;
  lines.push(
    '',
    `${total} checks in all${enough ? '' : `, fewer than the ${FEWEST_CHECKS} there should be`}`,
  );
  return { lines, passed: passed && enough };
}

function verdictOf({ name, checks }: ScenarioResult): Verdict {
  if (checks === null) return { count: 0, problems: ['no result'], note: null };
  const bad = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const count = bad.length + checks.filter(({ status }) => status === 'SUCCESS').length;
  const reason = EMPTY[name];
  const empty = count === 0 && reason === undefined ? ['no check was made'] : [];
  return {
    count,
    problems: [...bad.map(inWords), ...empty],
    note: count === 0 ? (reason ?? null) : null,
  };
}

function inWords({ status, id, description, errorMessage }: Check): string {
  return `${status} ${id}: ${errorMessage ?? description}`;
}

function table(rows: readonly (ScenarioResult & Verdict)[]): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const line = (scenario: string, checks: string, result: string) =>
    `${scenario.padEnd(width)} | ${checks.padStart(6)} | ${result}`;
  return [
    line('scenario', 'checks', 'result'),
    `${'-'.repeat(width)}-|--------|-------`,
    ...rows.flatMap(({ name, required, count, problems, note }) => [
      line(
        name,
        String(count),
        `${problems.length === 0 ? 'passed' : 'FAILED'}${required ? '' : ' (unscored)'}${note ? `: ${note}` : ''}`,
      ),
      ...problems.map((problem) => line('', '', `  ${problem}`)),
    ]),
  ];
}
