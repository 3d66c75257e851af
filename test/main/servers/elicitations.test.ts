import { McpServer, UrlElicitationRequiredError } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { QUESTIONS_PER_CONNECTION } from '../../../src/main/servers/elicitations.ts';
import type { Elicitation } from '../../../src/shared/domain/elicitation.ts';
import type { Era } from '../../sandbox/mcp-endpoint.ts';
import { problemCodeOf, sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { notesStage, openMcpServer, sentRequests } from '../../support/mcp-server.ts';
import { quietly, until } from '../../support/time.ts';

type Stage = Awaited<ReturnType<typeof notesStage>>;

function call({ features, connection }: Pick<Stage, 'features' | 'connection'>, name: string, values = {}) {
  const callId = crypto.randomUUID();
  return { callId, outcome: features.calls.call(connection, { callId, name, arguments: values }) };
}

/** The questions that wait, as soon as there are that many. */
async function questions({ features }: Pick<Stage, 'features'>, count = 1): Promise<Elicitation[]> {
  await until(() => features.elicitations.views().length === count);
  return features.elicitations.views();
}

async function question(stage: Pick<Stage, 'features'>): Promise<Elicitation> {
  const [only] = await questions(stage);
  if (!only) throw new Error('no question');
  return only;
}

const textOf = async (outcome: ReturnType<typeof call>['outcome']) => {
  const ended = await outcome;
  const block = ended.kind === 'result' ? ended.content[0] : undefined;
  return block?.type === 'text' ? block.text : ended;
};

for (const era of ['modern', 'legacy'] as const) {
  test(`${era}: a form is asked in the middle of a call, and its answer reaches the tool`, async () => {
    const stage = await notesStage(era);
    const { callId, outcome } = call(stage, 'book_table', { restaurant: 'Chez Ada' });
    const asked = await question(stage);
    expect(asked).toMatchObject({
      serverId: stage.server.id,
      accountId: null,
      request: { callId, name: 'book_table' },
      message: 'For whom is the table at Chez Ada?',
      question: { mode: 'form', schema: { type: 'object', required: ['name', 'people'] } },
    });
    expect(stage.app.payloads('elicitation.changed')).toEqual([asked]);
    const content = { name: 'Ada', people: 4, seating: 'outside' };
    stage.features.elicitations.answer(asked.id, { action: 'accept', content });
    expect(await textOf(outcome)).toBe(
      'Booked at Chez Ada: {"name":"Ada","people":4,"seating":"outside","quiet":false}',
    );
    expect(stage.app.payloads('elicitation.removed')).toEqual([{ elicitationId: asked.id }]);
    expect(stage.features.elicitations.views()).toEqual([]);
  });

  for (const action of ['decline', 'cancel'] as const) {
    test(`${era}: the person may ${action}; the tool hears of it`, async () => {
      const stage = await notesStage(era);
      const { outcome } = call(stage, 'book_table');
      stage.features.elicitations.answer((await question(stage)).id, { action });
      expect(await textOf(outcome)).toBe(`Not booked: ${action}`);
    });
  }

  test(`${era}: the time limit of a call rests while the person thinks, and starts anew afterwards`, async () => {
    const stage = await notesStage(era);
    const { outcome } = call(stage, 'book_table');
    const asked = await question(stage);
    stage.app.time.advance(3_600_000);
    await quietly();
    expect(stage.features.elicitations.views()).toHaveLength(1);
    stage.app.wire.intercept = () => new Promise<undefined>(() => undefined);
    stage.features.elicitations.answer(asked.id, { action: 'accept', content: { name: 'Ada', people: 2 } });
    await quietly();
    stage.app.time.advance(60_000);
    expect(await outcome).toMatchObject({ kind: 'problem', problem: { code: 'call-timeout' } });
  });

  test(`${era}: an address is opened only when the person says so`, async () => {
    const stage = await notesStage(era, { browser: 'hold' });
    const { outcome } = call(stage, 'connect_calendar');
    const asked = await question(stage);
    const url = 'https://calendar.example/connect?session=1';
    expect(asked.question).toMatchObject({
      mode: 'url',
      address: { url, host: 'calendar.example', warnings: [] },
      opened: false,
    });
    await quietly();
    expect(stage.app.visits).toEqual([]);
    await stage.features.elicitations.open(asked.id);
    expect(stage.app.visits.map(({ href }) => href)).toEqual([url]);
    await until(() => stage.app.payloads('elicitation.changed').length > 1);
    expect(stage.features.elicitations.views()).toMatchObject([{ question: { opened: true } }]);
    // In the modern era the server does not say when it is done: the person does.
    stage.features.elicitations.answer(asked.id, { action: 'accept' });
    expect(await textOf(outcome)).toBe('Calendar: accept');
  });

  test(`${era}: an address the policy refuses is declined unseen and noted`, async () => {
    const stage = await notesStage(era, { browser: 'hold' });
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'http://calendar.example/']) {
      expect(await textOf(call(stage, 'connect_calendar', { url }).outcome)).toBe('Calendar: decline');
    }
    expect(stage.app.payloads('elicitation.changed')).toEqual([]);
    expect(stage.app.visits).toEqual([]);
    expect(stage.features.logs.log(stage.server.id).entries).toMatchObject([
      { source: 'gatehouse', text: expect.stringContaining('javascript:') },
      { source: 'gatehouse', text: expect.stringContaining('file:') },
      { source: 'gatehouse', text: expect.stringContaining('http://calendar.example/') },
    ]);
  });

  test(`${era}: a cancelled call takes its question along`, async () => {
    const stage = await notesStage(era);
    const { callId, outcome } = call(stage, 'book_table');
    await question(stage);
    stage.features.calls.cancel(callId);
    expect(await outcome).toEqual({ kind: 'cancelled' });
    await until(() => stage.features.elicitations.views().length === 0);
  });

  test(`${era}: questions of calls at once are told apart, more than the limit are declined`, async () => {
    const stage = await notesStage(era);
    const calls = Array.from({ length: QUESTIONS_PER_CONNECTION + 2 }, (_, index) =>
      call(stage, 'book_table', { restaurant: `No. ${index}` }),
    );
    const asked = await questions(stage, QUESTIONS_PER_CONNECTION);
    await until(() => stage.features.logs.log(stage.server.id).entries.length === 2);
    for (const one of asked) {
      const index = calls.findIndex(({ callId }) => callId === one.request?.callId);
      expect(one.message).toBe(`For whom is the table at No. ${index}?`);
      stage.features.elicitations.answer(one.id, { action: 'cancel' });
    }
    const texts = await Promise.all(calls.map(({ outcome }) => textOf(outcome)));
    expect(texts.filter((text) => text === 'Not booked: decline')).toHaveLength(2);
    expect(texts.filter((text) => text === 'Not booked: cancel')).toHaveLength(QUESTIONS_PER_CONNECTION);
  });

  test(`${era}: a stopped connection leaves no question behind`, async () => {
    const stage = await notesStage(era);
    const { outcome } = call(stage, 'book_table');
    await question(stage);
    await stage.connection.stop();
    expect(stage.features.elicitations.views()).toEqual([]);
    expect((await outcome).kind).toBe('problem');
  });
}

test('a question that is gone can be neither answered nor opened', async () => {
  const { elicitations } = (await startCore()).core.features;
  const answer = async () => elicitations.answer('gone', { action: 'cancel' });
  expect(await problemCodeOf(answer())).toBe('question-gone');
  expect(await problemCodeOf(elicitations.open('gone'))).toBe('question-gone');
});

test('a browser that does not start leaves the question open', async () => {
  const browser = async () => {
    throw new Error('no browser');
  };
  const stage = await notesStage('modern', { browser });
  call(stage, 'connect_calendar');
  const asked = await question(stage);
  expect(await problemCodeOf(stage.features.elicitations.open(asked.id))).toBe('browser-not-opened');
  expect(stage.features.elicitations.views()).toEqual([asked]);
});

/** A server of the older era that asks with what the SDK's own helpers do not send. */
async function asking(
  handler: (server: McpServer) => Promise<{ content: { type: 'text'; text: string }[] }>,
  era: Era = 'legacy',
  options: Parameters<typeof startCore>[0] = {},
) {
  const app: TestCore = await startCore({ browser: 'hold', ...options });
  const { url, endpoint } = await openMcpServer(() => {
    const server = new McpServer({ name: 'asking', version: '1' });
    server.registerTool('ask', { inputSchema: z.object({}) }, () => handler(server));
    return server;
  }, era);
  const server = await app.addServer({ url });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  return { app, endpoint, server, connection, features: app.core.features };
}

const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
const connect = {
  mode: 'url' as const,
  message: 'Connect first',
  url: 'https://connect.example/',
  elicitationId: 'connect-1',
};

test('legacy: opening is accepting; the question goes when the server says that it is done', async () => {
  let complete = () => Promise.resolve();
  const stage = await asking(async (server) => {
    complete = server.server.createElicitationCompletionNotifier('connect-1');
    const { action } = await server.server.elicitInput(connect);
    return said(action);
  });
  const { outcome } = call(stage, 'ask');
  const asked = await question(stage);
  expect(asked.question).toMatchObject({ announced: true, opened: false });
  await stage.features.elicitations.open(asked.id);
  expect(await textOf(outcome)).toBe('accept');
  expect(stage.features.elicitations.views()).toMatchObject([{ question: { opened: true } }]);
  expect(stage.features.elicitations.isAsking(stage.connection)).toBe(false);
  await complete();
  await until(() => stage.features.elicitations.views().length === 0);
});

for (const how of ['announced', 'said by the person'] as const) {
  test(`legacy: a call that wants an address opened first (-32042) is repeated once that is ${how}`, async () => {
    let calls = 0;
    let complete = () => Promise.resolve();
    const stage = await asking(async (server) => {
      calls += 1;
      complete = server.server.createElicitationCompletionNotifier('connect-1');
      if (calls === 1) throw new UrlElicitationRequiredError([connect]);
      return said('connected');
    });
    const { callId, outcome } = call(stage, 'ask');
    const asked = await question(stage);
    expect(asked).toMatchObject({ message: 'Connect first', request: { callId, name: 'ask' } });
    await stage.features.elicitations.open(asked.id);
    await quietly();
    expect(calls).toBe(1);
    if (how === 'announced') await complete();
    else stage.features.elicitations.answer(asked.id, { action: 'accept' });
    expect(await textOf(outcome)).toBe('connected');
    expect([calls, sentRequests(stage.app.wire, 'tools/call').length]).toEqual([2, 2]);
  });
}

test('legacy: declining what a call wants opened ends the call; asking again and again does too', async () => {
  const stage = await asking(async () => {
    throw new UrlElicitationRequiredError([connect], 'Connect first');
  });
  const first = call(stage, 'ask');
  stage.features.elicitations.answer((await question(stage)).id, { action: 'decline' });
  expect(await first.outcome).toMatchObject({ kind: 'problem', problem: { code: 'call-refused' } });
  expect(sentRequests(stage.app.wire, 'tools/call')).toHaveLength(1);
  const second = call(stage, 'ask');
  stage.features.elicitations.answer((await question(stage)).id, { action: 'accept' });
  expect(await second.outcome).toMatchObject({ kind: 'problem', problem: { code: 'call-refused' } });
  expect(sentRequests(stage.app.wire, 'tools/call')).toHaveLength(3);
});

test('a form larger than the bound, or a question longer, is declined unseen', async () => {
  const ask = (message: string, choices: number) =>
    asking(async (server) => {
      const choice = { type: 'string' as const, enum: Array<string>(choices).fill('a choice') };
      const requestedSchema = { type: 'object' as const, properties: { choice } };
      return said((await server.server.elicitInput({ mode: 'form', message, requestedSchema })).action);
    });
  for (const stage of [await ask('x'.repeat(9000), 1), await ask('short', 100_000)]) {
    expect(await textOf(call(stage, 'ask').outcome)).toBe('decline');
    expect(stage.app.payloads('elicitation.changed')).toEqual([]);
  }
});

test('sampling and roots are not declared', async () => {
  const { app } = await notesStage('legacy');
  const [initialize] = sentRequests(app.wire, 'initialize');
  expect(initialize?.capabilities).toEqual({ elicitation: { form: { applyDefaults: true }, url: {} } });
});

test('a token the server repeats in its question gets no further', async () => {
  const app = await startCore({ sandbox: await sandboxForTest() });
  const { server, account } = await app.signedIn();
  const { accessToken } = await app.core.keeper.authorization(account.id);
  const stage = { features: app.core.features, connection: app.core.connection(server.id, account.id) };
  const { outcome } = call(stage, 'book_table', { restaurant: accessToken });
  const asked = await question(stage);
  expect(asked.message).toBe('For whom is the table at •••?');
  stage.features.elicitations.answer(asked.id, { action: 'cancel' });
  await outcome;
});
