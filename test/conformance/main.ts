import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleClient } from './bundle.ts';
import { Suite } from './suite.ts';
import { judge, type RevisionResult } from './verdict.ts';

const REVISIONS = ['2026-07-28', '2025-11-25'];

const folder = fileURLToPath(new URL('../../out/conformance', import.meta.url));
const startedAt = Date.now();
await mkdir(folder, { recursive: true });
const client = relative(folder, await bundleClient(folder));
const suite = new Suite(folder);
const results: RevisionResult[] = [];
// One after the other: each revision starts some forty clients at once.
for (const revision of REVISIONS) {
  results.push({ revision, scenarios: await suite.run(revision, client) });
}
const { lines, passed } = judge(results);
console.log(lines.join('\n'));
console.log(
  `\n${Math.round((Date.now() - startedAt) / 1000)} s; what each scenario saw: ${relative('', folder)}`,
);
process.exitCode = passed ? 0 : 1;
