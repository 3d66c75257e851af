import { expect, test } from 'vitest';
import type { ElicitationAnswer } from '../../../src/shared/domain/elicitation.ts';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import { sdkExample } from '../../support/child-server.ts';
import { startCore } from '../../support/core.ts';
import { until } from '../../support/time.ts';

async function stage(example: string, path: string) {
  const app = await startCore();
  const { origin } = await sdkExample(example);
  const server = await app.addServer({ url: origin + path });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  expect(connection.view.status).toBe('connected');
  const { features } = app.core;
  const call = (name: string, values = {}) =>
    features.calls.call(connection, { callId: crypto.randomUUID(), name, arguments: values });
  const answer = async (given: ElicitationAnswer) => {
    await until(() => features.elicitations.views().length > 0);
    const [question] = features.elicitations.views();
    features.elicitations.answer(question?.id ?? '', given);
    return question;
  };
  const toolNames = async () => (await features.catalog.tools(connection)).entries.map(({ name }) => name);
  const logged = () => features.logs.log(server.id).entries.map(({ text }) => text);
  return { app, connection, features, call, answer, toolNames, logged };
}

function textOf(outcome: ToolCallOutcome): string {
  if (outcome.kind !== 'result' || outcome.isError) throw new Error(JSON.stringify(outcome));
  return outcome.content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
}

test('simpleStreamableHttp: every tool is called, with a sensible result', async () => {
  const { connection, features, call, answer, toolNames, logged } = await stage(
    'simpleStreamableHttp',
    '/mcp',
  );
  const used: Record<string, () => Promise<void>> = {
    greet: async () => expect(textOf(await call('greet', { name: 'Ada' }))).toBe('Hello, Ada!'),
    'multi-greet': async () => {
      expect(textOf(await call('multi-greet', { name: 'Ada' }))).toBe('Good morning, Ada!');
      await until(() => logged().includes('Sending second greeting to Ada'));
    },
    'collect-user-info': async () => {
      const filled = { name: 'Ada', email: 'ada@lovelace.example' };
      const accepted = call('collect-user-info', { infoType: 'contact' });
      const question = await answer({ action: 'accept', content: filled });
      expect(question?.question).toMatchObject({ mode: 'form', schema: { required: ['name', 'email'] } });
      expect(textOf(await accepted)).toContain('ada@lovelace.example');
      const declined = call('collect-user-info', { infoType: 'feedback' });
      await answer({ action: 'decline' });
      expect(textOf(await declined)).toMatch(/declined/);
    },
    'start-notification-stream': async () => {
      expect(textOf(await call('start-notification-stream', { interval: 1, count: 3 }))).toMatch(/Started/);
      await until(() => logged().filter((text) => text.startsWith('Periodic notification')).length === 3);
    },
    'list-files': async () => {
      expect(await call('list-files')).toMatchObject({
        content: [{ type: 'text' }, ...Array(3).fill({ type: 'resource_link' }), { type: 'text' }],
      });
    },
    delay: () => wantsTask('delay', { duration: 1 }),
    'collect-user-info-task': () => wantsTask('collect-user-info-task', { infoType: 'contact' }),
  };
  // Tasks were an experiment of one revision and are gone since; the server says so itself.
  const wantsTask = async (name: string, values: object) => {
    const outcome = await call(name, values);
    expect(outcome).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/requires task/) }],
    });
  };
  expect((await toolNames()).sort()).toEqual(Object.keys(used).sort());
  for (const use of Object.values(used)) await use();
  const { entries } = await features.catalog.resources(connection);
  for (const { uri } of entries) {
    expect((await features.resources.read(connection, uri)).contents[0]?.text).toMatch(/\w/);
  }
  const { messages } = await features.prompts.get(connection, 'greeting-template', { name: 'Ada' });
  expect(messages).toMatchObject([{ content: { text: expect.stringContaining('Ada') } }]);
});

for (const path of ['/mcp', '/sse']) {
  test(`sseAndStreamableHttpCompatibleServer ${path}: every tool is called, with a sensible result`, async () => {
    const { call, toolNames, logged } = await stage('sseAndStreamableHttpCompatibleServer', path);
    expect(await toolNames()).toEqual(['start-notification-stream']);
    expect(textOf(await call('start-notification-stream', { interval: 1, count: 3 }))).toMatch(/every 1ms/);
    await until(() => logged().length === 3);
  });
}

test('simpleSseServer: every tool is called, with a sensible result', async () => {
  const { call, toolNames, logged } = await stage('simpleSseServer', '/mcp');
  expect(await toolNames()).toEqual(['start-notification-stream']);
  expect(textOf(await call('start-notification-stream', { interval: 1, count: 3 }))).toMatch(/Completed/);
  await until(() => logged().length === 4);
});

test('ssePollingExample: a stream the server ends in the middle of a call is gone on with', async () => {
  const { app, call, toolNames, logged } = await stage('ssePollingExample', '/mcp');
  expect(await toolNames()).toEqual(['long-task']);
  const outcomes: ToolCallOutcome[] = [];
  void call('long-task').then((outcome) => outcomes.push(outcome));
  await until(() => {
    // Pauses pass at once, the time limit of the call does not.
    const wait = (app.time.nextDue ?? Number.POSITIVE_INFINITY) - app.time.now();
    if (wait < 10_000) app.time.advance(wait);
    return outcomes.length > 0;
  });
  expect(outcomes.map(textOf)).toEqual(['Long task completed successfully!']);
  expect(app.wire.exchanges.some(({ headers }) => headers.has('last-event-id'))).toBe(true);
  await until(() => logged().length === 4);
});
