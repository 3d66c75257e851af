import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows');

// Whether they are workflows at all is a matter of `npm run lint`, which runs actionlint.
describe.each(readdirSync(folder))('the workflow %s', (name) => {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');

  test('runs no action but one commit of it, with its version beside it', () => {
    const used = lines.flatMap((line) => /\buses: (.*)$/.exec(line)?.[1] ?? []);
    const foreign = used.filter((action) => !action.startsWith('./'));
    const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(foreign.filter((action) => !pinned.test(action))).toEqual([]);
  });

  test('may read the code and nothing else, unless a job says so', () => {
    const at = lines.indexOf('permissions:');
    expect(lines[at + 1]).toBe('  contents: read');
    expect(lines[at + 2]).toMatch(/^\S/);
  });

  test('does not run with our secrets on somebody else’s code, nor leave its token in the checkout', () => {
    const text = lines.join('\n');
    expect(text).not.toContain('pull_request_target');
    const checkouts = text.match(/actions\/checkout@/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)?.length ?? 0).toBe(checkouts);
  });
});
