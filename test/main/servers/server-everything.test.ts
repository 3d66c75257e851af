import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { complete } from '../../../src/main/servers/completions.ts';
import type { ElicitationAnswer } from '../../../src/shared/domain/elicitation.ts';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import { localServerOf } from '../../drive/local-server.ts';
import { startCore } from '../../support/core.ts';
import { sentRequests } from '../../support/mcp-server.ts';
import { stopInTime } from '../../support/processes.ts';
import { everythingOverStdio, serverEverything } from '../../support/server-everything.ts';
import { until } from '../../support/time.ts';

async function stage(transport: 'streamableHttp' | 'sse' | 'stdio' = 'streamableHttp') {
  const app = await startCore({ browser: 'hold' });
  // A program in the middle of something does not end because its input does.
  onTestFinished(() => stopInTime(app));
  const server =
    transport === 'stdio'
      ? await localServerOf(app.core, everythingOverStdio)
      : await app.addServer({ url: await serverEverything(transport) });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  const { features } = app.core;
  const call = (name: string, values = {}, callId: string = crypto.randomUUID()) =>
    features.calls.call(connection, { callId, name, arguments: values });
  /** Answers the next question. */
  const answer = async (given: ElicitationAnswer) => {
    await until(() => features.elicitations.views().length > 0);
    const [question] = features.elicitations.views();
    features.elicitations.answer(question?.id ?? '', given);
    return question;
  };
  return { app, server, connection, features, call, answer };
}

type Stage = Awaited<ReturnType<typeof stage>>;

const text = (pattern: RegExp) => ({ type: 'text', text: expect.stringMatching(pattern) });
const filled = { name: 'Ada', check: true, integer: 7, number: 3.14, email: 'ada@lovelace.example' };

/** How each tool is called, and what it answers. */
const tools: Record<string, (stage: Stage) => Promise<void>> = {
  echo: async ({ call }) => {
    expect(content(await call('echo', { message: 'hi' }))).toEqual([{ type: 'text', text: 'Echo: hi' }]);
  },
  'get-annotated-message': async ({ call }) => {
    expect(
      content(await call('get-annotated-message', { messageType: 'error', includeImage: true })),
    ).toMatchObject([text(/^Error/), { type: 'image', mimeType: 'image/png' }]);
  },
  'get-env': async ({ call }) => {
    expect(content(await call('get-env'))).toMatchObject([text(/"PORT"/)]);
  },
  'get-resource-links': async ({ call }) => {
    const [, first, second] = content(await call('get-resource-links', { count: 2 }));
    expect([first, second]).toMatchObject([
      { type: 'resource_link', uri: 'demo://resource/dynamic/blob/1' },
      { type: 'resource_link', uri: 'demo://resource/dynamic/text/2' },
    ]);
  },
  'get-resource-reference': async ({ call }) => {
    const values = { resourceType: 'Text', resourceId: 1 };
    expect(content(await call('get-resource-reference', values))).toMatchObject([
      text(/^Returning/),
      { type: 'resource', uri: 'demo://resource/dynamic/text/1', text: expect.any(String) },
      text(/demo:\/\//),
    ]);
  },
  'get-structured-content': async ({ call }) => {
    expect(await call('get-structured-content', { location: 'Chicago' })).toMatchObject({
      isError: false,
      structuredContent: { temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 },
    });
  },
  'get-sum': async ({ call }) => {
    expect(content(await call('get-sum', { a: 2, b: 40 }))).toMatchObject([text(/42/)]);
  },
  'get-tiny-image': async ({ call }) => {
    expect(content(await call('get-tiny-image'))).toMatchObject([
      text(/image/),
      { type: 'image', mimeType: 'image/png' },
      text(/logo/),
    ]);
  },
  'gzip-file-as-resource': async ({ call, features, connection }) => {
    const values = { name: 'hello.gz', data: 'data:text/plain,hello', outputType: 'resourceLink' };
    const [link] = content(await call('gzip-file-as-resource', values));
    expect(link).toMatchObject({ type: 'resource_link', name: 'hello.gz' });
    let saved: string | Uint8Array = '';
    await features.resources.save(connection, link?.type === 'resource_link' ? link.uri : '', 0, {
      save: async (_, bytes) => {
        saved = bytes;
        return 'saved';
      },
    });
    expect(gunzipSync(saved).toString()).toBe('hello');
  },
  'toggle-simulated-logging': async ({ call, features, server }) => {
    expect(content(await call('toggle-simulated-logging'))).toMatchObject([text(/^Started/)]);
    await until(() => features.logs.log(server.id).entries.some(({ text }) => /level.message/i.test(text)));
    expect(content(await call('toggle-simulated-logging'))).toMatchObject([text(/^Stopped/)]);
  },
  'toggle-subscriber-updates': async ({ app, call, features, connection }) => {
    const uri = 'demo://resource/static/document/features.md';
    await features.subscriptions.subscribe(connection, uri);
    expect(content(await call('toggle-subscriber-updates'))).toMatchObject([text(/^Started/)]);
    await until(() => app.payloads('resources.updated').length > 0);
    expect(app.payloads('resources.updated')[0]?.uris).toEqual([uri]);
    await features.subscriptions.unsubscribe(connection, uri);
    expect(content(await call('toggle-subscriber-updates'))).toMatchObject([text(/^Stopped/)]);
  },
  'trigger-long-running-operation': async ({ app, call, server }) => {
    const values = { duration: 0.2, steps: 4 };
    const outcome = await call('trigger-long-running-operation', values, 'long');
    expect(content(outcome)).toMatchObject([text(/completed/)]);
    const told = app.payloads('call.progress').filter(({ callId }) => callId === 'long');
    expect(told[0]).toMatchObject({ progress: 1, total: 4 });
    // The last step may come together with the answer.
    expect(told.at(-1)?.progress).toBeGreaterThanOrEqual(3);
    const endless = call('trigger-long-running-operation', { duration: 600, steps: 6000 }, 'endless');
    await until(() => app.payloads('call.progress').some(({ callId }) => callId === 'endless'));
    app.core.calls.cancel('endless');
    expect(await endless).toEqual({ kind: 'cancelled' });
    if (server.kind === 'remote')
      await until(() => sentRequests(app.wire, 'notifications/cancelled').length === 1);
  },
  'trigger-elicitation-request': async ({ call, answer }) => {
    const accepted = call('trigger-elicitation-request');
    const question = await answer({ action: 'accept', content: filled });
    expect(question?.question).toMatchObject({ mode: 'form', schema: { required: ['name'] } });
    expect(content(await accepted)).toMatchObject([text(/provided/), text(/Name: Ada/), text(/Raw result/)]);
    const declined = call('trigger-elicitation-request');
    await answer({ action: 'decline' });
    expect(content(await declined)[0]).toMatchObject(text(/declined/));
    const cancelled = call('trigger-elicitation-request');
    await answer({ action: 'cancel' });
    expect(content(await cancelled)[0]).toMatchObject(text(/cancelled/));
  },
  'trigger-url-elicitation': async ({ app, call, features }) => {
    const asked = async (url: string) => {
      await until(() =>
        features.elicitations
          .views()
          .some(
            ({ question }) => question.mode === 'url' && question.address.url === url && !question.opened,
          ),
      );
      const [question] = features.elicitations.views();
      await features.elicitations.open(question?.id ?? '');
      return question;
    };
    const url = 'https://consent.example/start?flow=1';
    const accepted = call('trigger-url-elicitation', { url });
    await asked(url);
    expect(content(await accepted)[0]).toMatchObject(text(/completed the URL elicitation/));
    // Nobody announces that it is done; the person takes it away.
    for (const { id } of features.elicitations.views())
      features.elicitations.answer(id, { action: 'cancel' });
    // The error path: something else has to be opened first, then the call is repeated.
    const repeated = call('trigger-url-elicitation', { url, errorPath: true });
    const prerequisite = await asked('https://modelcontextprotocol.io/');
    features.elicitations.answer(prerequisite?.id ?? '', { action: 'accept' });
    await asked(url);
    expect(content(await repeated)[0]).toMatchObject(text(/completed the URL elicitation/));
    expect(app.visits.map(({ href }) => href)).toEqual([url, 'https://modelcontextprotocol.io/', url]);
  },
  // Wants to run as a task, which the protocol has no more; it says so itself.
  'simulate-research-query': async ({ call }) => {
    expect(await call('simulate-research-query', { topic: 'gates' })).toMatchObject({
      kind: 'result',
      isError: true,
      content: [text(/task/i)],
    });
  },
};

function content(outcome: ToolCallOutcome) {
  if (outcome.kind !== 'result' || outcome.isError) throw new Error(JSON.stringify(outcome));
  return outcome.content;
}

for (const transport of ['streamableHttp', 'sse', 'stdio'] as const) {
  test(`${transport}: every tool of server-everything is called, with a sensible result`, async () => {
    const one = await stage(transport);
    expect(one.connection.view).toMatchObject({ status: 'connected', protocolVersion: '2025-11-25' });
    const { entries } = await one.features.catalog.tools(one.connection);
    expect(entries.map(({ name }) => name).sort()).toEqual(Object.keys(tools).sort());
    for (const use of Object.values(tools)) await use(one);
  });
}

for (const transport of ['streamableHttp', 'sse', 'stdio'] as const) {
  test(`${transport}: resources, templates and prompts of server-everything are usable`, async () => {
    const { connection, features } = await stage(transport);
    const { catalog, resources, prompts } = features;
    const { entries } = await catalog.resources(connection);
    expect(entries.map(({ uri }) => uri)).toContain('demo://resource/static/document/features.md');
    for (const { uri } of entries) {
      expect((await resources.read(connection, uri)).contents).toMatchObject([
        { uri, text: expect.stringMatching(/\w/) },
      ]);
    }
    const templates = await catalog.templates(connection);
    for (const { uriTemplate } of templates.entries) {
      const of = { kind: 'template', uriTemplate } as const;
      const { values } = await complete(connection, of, { name: 'resourceId', value: '7' }, {});
      expect(values).toEqual(['7']);
      const uri = resources.expand(uriTemplate, { resourceId: '7' });
      expect((await resources.read(connection, uri)).contents).toMatchObject([{ uri }]);
    }
    const got = async (name: string, values = {}) => (await prompts.get(connection, name, values)).messages;
    expect((await catalog.prompts(connection)).entries.map(({ name }) => name)).toEqual([
      'simple-prompt',
      'args-prompt',
      'completable-prompt',
      'resource-prompt',
    ]);
    expect(await got('simple-prompt')).toMatchObject([{ role: 'user', content: { type: 'text' } }]);
    expect(await got('args-prompt', { city: 'Paris', state: 'Texas' })).toMatchObject([
      { content: text(/Paris, Texas/) },
    ]);
    const of = { kind: 'prompt', name: 'completable-prompt' } as const;
    const departments = await complete(connection, of, { name: 'department', value: 'E' }, {});
    expect(departments.values).toEqual(['Engineering']);
    const others = { department: 'Engineering' };
    const names = await complete(connection, of, { name: 'name', value: '' }, others);
    expect(names.values).toEqual(['Alice', 'Bob', 'Charlie']);
    expect(await got('completable-prompt', { ...others, name: 'Bob' })).toMatchObject([
      { content: text(/Bob/) },
    ]);
    expect(await got('resource-prompt', { resourceType: 'Text', resourceId: '3' })).toMatchObject([
      { content: { type: 'text' } },
      { content: { type: 'resource', uri: 'demo://resource/dynamic/text/3' } },
    ]);
  });
}
