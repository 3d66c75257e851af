import { expect, test } from 'vitest';
import { createSandboxServer } from '../../sandbox/mcp-features.ts';
import { startCore } from '../../support/core.ts';
import { openMcpServer } from '../../support/mcp-server.ts';
import { until } from '../../support/time.ts';

const ERA_QUESTION = '"server/discover"';
const MODERN = '2026-07-28';

/** A connection whose first question about the era is answered like this, once. */
async function asked(era: 'modern' | 'both' | 'legacy', answer: () => Response) {
  const app = await startCore();
  const { url } = await openMcpServer(() => createSandboxServer(), era);
  const server = await app.addServer({ url });
  let questions = 0;
  app.wire.intercept = ({ body }) => {
    if (!body.includes(ERA_QUESTION)) return undefined;
    questions += 1;
    return questions === 1 ? answer() : undefined;
  };
  return { app, connection: app.core.connection(server.id, null) };
}

const busy = (status: number) => () => Response.json({ error: 'busy' }, { status });

/** The beginning of an answer, whose connection breaks. */
const cut = (type: string) => () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"jsonrpc"')),
    pull: (controller) => controller.error(new TypeError('terminated')),
  });
  return new Response(body, { headers: { 'content-type': type } });
};

const passing = [
  ['429', busy(429), 'server-error'],
  ['408', busy(408), 'server-error'],
  ['503', busy(503), 'server-error'],
  ['a stream that is cut', cut('text/event-stream'), 'answer-cut'],
] as const;

for (const era of ['modern', 'both'] as const) {
  test.each(passing)(
    `a server of the era ${era} whose first answer is %s is asked again, and spoken to in its own era`,
    async (_, answer, problem) => {
      const { app, connection } = await asked(era, answer);
      await expect(connection.client()).rejects.toMatchObject({ problem: { code: problem } });
      expect(connection.view.status).toBe('reconnecting');
      app.time.advance(60_000);
      await until(() => connection.view.status === 'connected');
      expect(connection.view.protocolVersion).toBe(MODERN);
    },
  );
}

test('an older server that ends a stream without a word is still an older server', async () => {
  const silent = () => new Response('', { headers: { 'content-type': 'text/event-stream' } });
  const { connection } = await asked('legacy', silent);
  await connection.client();
  expect(connection.view).toMatchObject({ status: 'connected', protocolVersion: '2025-11-25' });
});

test.each([400, 404, 405])('an older server may refuse the first question with %i', async (status) => {
  const { connection } = await asked('legacy', busy(status));
  await connection.client();
  expect(connection.view).toMatchObject({ status: 'connected', protocolVersion: '2025-11-25' });
});
