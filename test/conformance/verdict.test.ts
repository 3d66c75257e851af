import { expect, test } from 'vitest';
import { type Check, parseListing } from './suite.ts';
import { FEWEST_CHECKS, judge } from './verdict.ts';

const checks = (status: Check['status'], count = 1): Check[] =>
  Array.from({ length: count }, (_, index) => ({ id: `check-${index}`, description: 'A rule', status }));

const judged = (...found: (Check[] | null)[]) =>
  judge([
    {
      revision: 'r',
      scenarios: [
        { name: 'large', required: true, checks: checks('SUCCESS', FEWEST_CHECKS), overtime: false },
        ...found.map((one, index) => ({
          name: `scenario-${index}`,
          required: index % 2 === 0,
          checks: one,
          overtime: false,
        })),
      ],
    },
  ]);

test('passes when everything was looked at and nothing found', () => {
  const { lines, passed } = judged(checks('SUCCESS'), [...checks('SUCCESS'), ...checks('SKIPPED')]);
  expect(passed).toBe(true);
  expect(lines).toContain('required: 2 of 2 passed, 561 checks');
  expect(lines).toContain('unscored: 1 of 1 passed, 1 checks');
  expect(lines.at(-1)).toBe('562 checks in all');
});

test.each([
  ['a failure', checks('FAILURE')],
  ['a warning', [...checks('SUCCESS'), ...checks('WARNING')]],
  ['a scenario that only noted things', checks('INFO', 5)],
  ['a scenario that skipped everything', checks('SKIPPED')],
  ['an empty scenario', []],
  ['a missing result', null],
])('fails on %s, required or not', (_, found) => {
  expect(judged(found).passed).toBe(false);
  expect(judged(checks('SUCCESS'), found).passed).toBe(false);
});

test('an empty scenario may pass when the list says why', () => {
  const results = [
    {
      revision: 'r',
      scenarios: [
        { name: 'large', required: true, checks: checks('SUCCESS', FEWEST_CHECKS), overtime: false },
        { name: 'quiet', required: true, checks: [], overtime: false },
      ],
    },
  ];
  expect(judge(results, { quiet: 'it waits for something that must not happen' }).passed).toBe(true);
});

test('fails on a client that had to be stopped, whatever was checked until then', () => {
  const scenarios = [
    { name: 'one', required: true, checks: checks('SUCCESS', FEWEST_CHECKS), overtime: true },
  ];
  expect(judge([{ revision: 'r', scenarios }]).passed).toBe(false);
});

test('fails below the least number of checks', () => {
  const scenarios = [
    { name: 'one', required: true, checks: checks('SUCCESS', FEWEST_CHECKS - 1), overtime: false },
  ];
  expect(judge([{ revision: 'r', scenarios }]).passed).toBe(false);
});

test('reads which client scenarios a revision requires and which run unscored', () => {
  const listing = `Required for r (2 scenarios, frozen):

Server scenarios (test against a server):
  - server-initialize

Client scenarios (test against a client):
  - initialize
  - auth/basic-cimd

Run and reported, but never scored:
  extension (2):
    - auth/dpop [client]
    - tasks-lifecycle [server]
`;
  expect(parseListing(listing)).toEqual([
    { name: 'initialize', required: true },
    { name: 'auth/basic-cimd', required: true },
    { name: 'auth/dpop', required: false },
  ]);
});
