import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'electron-vite';
import type { Page } from 'playwright-core';
import { launchApp, runtimeInUse } from '../e2e/app.ts';
import { askAbout, waitForConnected } from '../e2e/window.ts';

// One server lists ten thousand tools with hostile names and schemas. How long is the window ever unable to
// answer while a person opens the list, filters, scrolls and opens the worst of them? Chromium reports each task
// of the page that takes more than 50 ms.
const COUNT = 10_000;
const root = join(import.meta.dirname, '..', '..');

const nested = (depth: number): string =>
  `${'{"type":"object","properties":{"a":'.repeat(depth)}{}${'}}'.repeat(depth)}`;
const doubled = (levels: number): string => {
  const definitions = Array.from({ length: levels }, (_, level) => {
    const next = `{"$ref":"#/$defs/l${level + 1}"}`;
    return `"l${level}":{"anyOf":[${next},${next}]}`;
  });
  return `{"type":"object","properties":{"a":{"$ref":"#/$defs/l0"}},"$defs":{${definitions.join()},"l${levels}":{"type":"string"}}}`;
};
const choices = (count: number): string =>
  `{"type":"object","properties":{"a":{"enum":${JSON.stringify(Array.from({ length: count }, (_, index) => `choice ${index}`))}}}}`;
const wide = (count: number): string =>
  `{"type":"object","properties":{${Array.from({ length: count }, (_, index) => `"p${index}":{"type":"string"}`).join()}}}`;

/** The worst schemas, by the names of the tools that have them. */
const worst: Record<string, string> = {
  deep: nested(50_000),
  nested: nested(30),
  doubled: doubled(60),
  recursive:
    '{"type":"object","properties":{"self":{"$ref":"#"},"list":{"type":"array","items":{"$ref":"#"}}}}',
  choices: choices(30_000),
  wide: wide(8_000),
};

const names = [
  '\u202Egnp.exe',
  '<img src=x onerror=alert(1)>',
  '\u0000\u200B',
  '__proto__',
  'x'.repeat(3000),
];
const ordinary = Array.from({ length: COUNT - Object.keys(worst).length }, (_, index) =>
  JSON.stringify({
    name: `${index % 20 === 0 ? (names[index % names.length] ?? '') : 'tool'}_${index}`,
    description: `Does the work of ${index}. ${'More words about it. '.repeat(index % 40)}`,
    inputSchema: { type: 'object', properties: { query: { type: 'string' }, limit: { type: 'integer' } } },
  }),
);
const listed = `[${[...Object.entries(worst).map(([name, schema]) => `{"name":"${name}","inputSchema":${schema}}`), ...ordinary].join()}]`;

/** A server of the older era that knows nothing but its list. */
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    const { id, method } = body ? JSON.parse(body) : { id: undefined, method: undefined };
    const results: Record<string, string> = {
      initialize:
        '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"many","version":"1"}}',
      'tools/list': `{"tools":${listed}}`,
      'tools/call': '{"content":[{"type":"text","text":"called"}]}',
    };
    const result = Object.hasOwn(results, method) ? results[method] : undefined;
    if (request.method !== 'POST') response.writeHead(405).end();
    else if (id === undefined) response.writeHead(202).end();
    else {
      const answer = result ? `"result":${result}` : '"error":{"code":-32601,"message":"Method not found"}';
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},${answer}}`);
    }
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

if (!existsSync(join(root, 'out', 'main', 'index.js')) || !process.argv.includes('--no-build')) {
  await build({ root, logLevel: 'error' });
}
const runtime = await runtimeInUse();
// The stand-in copies what crosses to the page in JavaScript, on the page's own thread.
const LIMIT_MS = runtime.kind === 'electron' ? 100 : 400;
console.log(runtime.description);
console.log(`the list: ${COUNT} tools, ${(listed.length / 1e6).toFixed(1)} MB`);
const app = await launchApp();
const { page } = app;
let longest = 0;

/** Does something as a person would, and tells the longest time the page could not answer meanwhile. */
async function measured(what: string, act: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    const scope = window as unknown as { tasks: number[]; observer: PerformanceObserver };
    scope.tasks = [];
    scope.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) scope.tasks.push(duration);
    });
    scope.observer.observe({ type: 'longtask' });
  });
  await act();
  await frames(page);
  const tasks = await page.evaluate(() => {
    const scope = window as unknown as { tasks: number[]; observer: PerformanceObserver };
    for (const { duration } of scope.observer.takeRecords()) scope.tasks.push(duration);
    scope.observer.disconnect();
    return scope.tasks;
  });
  const worstTask = Math.max(0, ...tasks);
  longest = Math.max(longest, worstTask);
  console.log(`${what.padEnd(44)} ${worstTask === 0 ? '< 50' : Math.round(worstTask)} ms`);
}

const frames = (shown: Page) =>
  shown.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
const field = () => page.getByLabel('Search tools');
const openTool = async (name: string) => {
  await field().fill(name);
  await page.getByTestId(`tool-${name}`).click();
  await page.getByTestId('tool-run').waitFor();
};

try {
  const { port } = server.address() as AddressInfo;
  await askAbout(page, `http://127.0.0.1:${port}/mcp`);
  await page.getByRole('dialog').getByRole('button', { name: 'Add server' }).click();
  await waitForConnected(page);
  await measured('opening the list', async () => {
    await page.getByRole('tab', { name: /^Tools/ }).click();
    await page.getByTestId('tool-deep').waitFor();
  });
  await measured('typing a filter, letter by letter', async () => {
    for (const letter of 'tool_99') await field().press(letter);
    await page.getByTestId('tool-tool_99').waitFor();
  });
  await measured('clearing it', () => field().fill(''));
  await measured('going to the end of the list', async () => {
    await page.getByTestId('tool-deep').press('End');
    await page.getByTestId(`tool-tool_${ordinary.length - 1}`).waitFor();
  });
  for (const name of Object.keys(worst)) {
    await measured(`opening the tool “${name}”`, () => openTool(name));
    await measured(`running the tool “${name}”`, async () => {
      await page.getByTestId('tool-run').click();
      await page.getByTestId('tool-result').waitFor();
    });
  }
  await measured('searching all servers', async () => {
    await page.getByTestId('search-all').click();
    await page.getByTestId('search-field').pressSequentially('tool_9991');
    await page.getByTestId('hit-tools-tool_9991').waitFor();
  });
  console.log(`longest: ${Math.round(longest)} ms, limit ${LIMIT_MS} ms`);
} finally {
  await app.dispose();
  server.close();
}
process.exitCode = longest <= LIMIT_MS ? 0 : 1;
