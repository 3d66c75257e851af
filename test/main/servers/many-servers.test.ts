import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createHandlers } from '../../../src/main/ipc/handlers.ts';
import { createRouter } from '../../../src/main/ipc/router.ts';
import { ATTEMPTS_AT_ONCE } from '../../../src/main/servers/supervisor.ts';
import type { Snapshot } from '../../../src/shared/domain/snapshot.ts';
import { readBody } from '../../sandbox/loopback-host.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { webServer } from '../../support/servers.ts';
import { quietly, until } from '../../support/time.ts';

const COUNT = 200;

/** These do the work of hundreds of servers; on a machine that does other work too that takes its time. */
const PATIENCE = { timeout: 180_000 };

/** What servers of the older era answer to a message; null: that they got it. */
function answerTo(message: { id?: unknown; method: string }): object | null {
  const { id, method } = message;
  if (id === undefined) return null;
  if (method === 'initialize') {
    const serverInfo = { name: 'one of many', version: '1' };
    return {
      jsonrpc: '2.0',
      id,
      result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo },
    };
  }
  return { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } };
}

/** Many servers that count, all together, how many of them are being connected to now. */
async function countingServers() {
  const begun = new Set<string>();
  const done = new Set<string>();
  const counts = { most: 0, done };
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const path = request.url ?? '';
    begun.add(path);
    counts.most = Math.max(counts.most, begun.size - done.size);
    const message = JSON.parse(await readBody(request));
    await gate;
    await quietly(3);
    const answer = answerTo(message);
    if (message.method === 'notifications/initialized') done.add(path);
    response.writeHead(answer ? 200 : 202, answer ? { 'content-type': 'application/json' } : {});
    return response.end(answer ? JSON.stringify(answer) : '');
  };
  const origin = await webServer((request, response) => void serve(request, response));
  return { origin, begun, counts, open };
}

/** What the page would call. */
function pageOf({ core, views, time, files, clipboard }: TestCore) {
  const route = createRouter(
    createHandlers({
      core,
      views,
      clock: time,
      files,
      clipboard: {
        readText: async () => clipboard.text,
        writeText: async (text) => {
          clipboard.text = text;
        },
      },
      app: { version: '0', runtime: 'test', platform: 'test', systemLanguage: 'en' },
      notices: [],
    }),
  );
  return async (name: string, input: unknown) => {
    const answer = await route(name, input);
    if (!answer.ok || !('value' in answer)) throw new Error(JSON.stringify(answer));
    return answer.value;
  };
}

test(
  `${COUNT} servers at start: the page is answered at once, 8 are connected to at a time, and all come up`,
  PATIENCE,
  async () => {
    const { origin, begun, counts, open } = await countingServers();
    const app = await startCore({ untapped: true });
    await addAll(app, COUNT, (number) => `${origin}/${number}/mcp`);
    const page = pageOf(app);
    await app.core.start();
    await until(() => begun.size === ATTEMPTS_AT_ONCE);

    // No server has answered anything yet.
    const snapshot = (await page('app.snapshot', undefined)) as Snapshot;
    expect(snapshot.servers).toHaveLength(COUNT);
    expect(snapshot.connections.map(({ status }) => status)).toEqual(Array(COUNT).fill('connecting'));
    await page('app.update-settings', { theme: 'dark' });
    const [first] = snapshot.servers;
    await page('servers.rename', { serverId: first?.id, name: 'Renamed' });
    expect([begun.size, counts.done.size]).toEqual([ATTEMPTS_AT_ONCE, 0]);

    open();
    let asked = 0;
    const statuses = () => app.core.supervisor.views().map(({ status }) => status);
    while (statuses().some((status) => status !== 'connected')) {
      await page('app.snapshot', undefined);
      asked += 1;
      await quietly(5);
    }
    expect(statuses()).toEqual(Array(COUNT).fill('connected'));
    expect(asked).toBeGreaterThan(2);
    expect(counts.most).toBe(ATTEMPTS_AT_ONCE);
  },
);

test(
  '300 servers take no more than 1.3 times what 8 at a time have to: nothing waits between attempts',
  PATIENCE,
  async () => {
    const ANSWER_MS = 100;
    /** Connects that many and says what time it took, which passes in answers only. */
    const timeOf = async (count: number): Promise<number> => {
      const app = await startCore({
        untapped: true,
        fetch: async (_, init) => {
          await new Promise<void>((resolve) => app.time.after(ANSWER_MS, resolve));
          if (init?.method !== 'POST') return new Response(null, { status: 405 });
          const answer = answerTo(JSON.parse(String(init.body)));
          return answer ? Response.json(answer) : new Response(null, { status: 202 });
        },
      });
      await addAll(app, count, (number) => `https://s${number}.example/mcp`);
      const startedAt = app.time.now();
      await app.core.start();
      for (;;) {
        await quietly(20);
        if (app.core.supervisor.views().every(({ status }) => status === 'connected')) break;
        const wait = (app.time.nextDue ?? app.time.now()) - app.time.now();
        if (wait <= ANSWER_MS) app.time.advance(wait);
      }
      return app.time.now() - startedAt;
    };
    const one = await timeOf(1);
    expect(one).toBe(3 * ANSWER_MS);
    const all = await timeOf(300);
    const ideal = (300 / ATTEMPTS_AT_ONCE) * one;
    console.log(`300 servers: ${(all / ideal).toFixed(2)} times the ideal, counted in answers`);
    expect(all / ideal).toBeLessThanOrEqual(1.3);
  },
);

function addAll(app: TestCore, count: number, urlOf: (number: number) => string): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, (_, number) => app.addServer({ url: urlOf(number) })));
}

const program = (name: string) =>
  fileURLToPath(new URL(`../../support/programs/${name}.ts`, import.meta.url));

for (const era of ['modern', 'legacy'] as const) {
  test(
    `${era}: an idle connection, its 20 tools listed, takes at most 400 KB of the heap`,
    PATIENCE,
    async () => {
      const servers = spawn(process.execPath, [program('many-servers'), '50', era], {
        env: { ...process.env, NODE_OPTIONS: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void servers.kill());
      const [ports] = (await once(createInterface(servers.stdout), 'line')) as [string];
      const options = ['--expose-gc', program('connect-all'), ports, await temporaryFolder()];
      const { stdout } = await promisify(execFile)(process.execPath, options, {
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      console.log(`${era}: ${stdout.trim()}`);
      const { connected, kilobytesEach } = JSON.parse(stdout);
      expect(connected).toBe(40);
      expect(kilobytesEach).toBeLessThanOrEqual(400);
    },
  );
}
