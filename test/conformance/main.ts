import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleClient } from './bundle.ts';
import { runScenarios } from './suite.ts';
import { judge } from './verdict.ts';

const folder = fileURLToPath(new URL('../../out/conformance', import.meta.url));

await mkdir(folder, { recursive: true });
const startedAt = Date.now();
const command = `${process.execPath} ${await bundleClient(folder)}`;
const results = [];
// One revision after the other: each starts some forty clients at once.
for (const revision of ['2026-07-28', '2025-11-25']) {
  results.push({ revision, scenarios: await runScenarios(revision, command, `${folder}/${revision}`) });
}
const { lines, passed } = judge(results);
console.log(lines.join('\n'));
console.log(`${Math.round((Date.now() - startedAt) / 1000)} s. Details: ${folder}`);
process.exitCode = passed ? 0 : 1;
