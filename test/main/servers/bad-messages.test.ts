import type { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MESSAGE_LIMIT } from '../../../src/main/servers/bounded-answer.ts';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import { problemCatalogue } from '../../../src/shared/problems.ts';
import { readBody } from '../../sandbox/loopback-host.ts';
import { startCore } from '../../support/core.ts';
import { webServer } from '../../support/servers.ts';
import { quietly, until } from '../../support/time.ts';

type Id = number | string;
/** Answers one call of the tool `bad`. */
type Bad = (response: ServerResponse, id: Id, request: IncomingMessage) => void;

/** A server that is what it should be, but for the answers to `bad`. */
async function stage(bad: Bad) {
  /** Messages of ours that are on their way to the server, and the most there ever were. */
  const under = { way: 0, most: 0, answers: 0 };
  const origin = await webServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    under.way += 1;
    under.most = Math.max(under.most, under.way);
    response.once('close', () => {
      under.way -= 1;
    });
    const { id, method, params } = JSON.parse(await readBody(request));
    const result = (value: object) => sendJson(response, { jsonrpc: '2.0', id, result: value });
    if (method === undefined) under.answers += 1;
    if (id === undefined || method === undefined) return response.writeHead(202).end();
    if (method === 'initialize') {
      const capabilities = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} };
      const serverInfo = { name: 'bad', version: '1' };
      return result({ protocolVersion: '2025-11-25', capabilities, serverInfo });
    }
    if (method === 'tools/call' && params.name === 'bad') return bad(response, id, request);
    if (method === 'tools/call') return result({ content: [{ type: 'text', text: 'fine' }] });
    return sendJson(response, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
  });
  const app = await startCore({ untapped: true });
  const server = await app.addServer({ url: `${origin}/mcp` });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  const call = (name: 'bad' | 'good') =>
    app.core.calls.call(connection, { callId: crypto.randomUUID(), name, arguments: {} });
  /** The server is as good as before. */
  const allIsWell = async () => {
    expect(await call('good')).toMatchObject({ kind: 'result', content: [{ text: 'fine' }] });
    expect(connection.view.status).toBe('connected');
  };
  return { app, server, connection, call, under, allIsWell };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}

function sendEvent(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
}

const ways = { JSON: sendJson, 'an event': sendEvent };

const codeOf = (outcome: ToolCallOutcome) =>
  outcome.kind === 'problem' ? outcome.problem.code : `no problem but ${JSON.stringify(outcome)}`;

const good = { content: [{ type: 'text', text: 'x' }] };

describe('no answer to what was asked', () => {
  const answers: Record<string, (id: Id) => unknown> = {
    'the ID of another request': (id) => ({ jsonrpc: '2.0', id: Number(id) + 1000, result: good }),
    'an ID of another type': () => ({ jsonrpc: '2.0', id: { a: 1 }, result: good }),
    'no ID': () => ({ jsonrpc: '2.0', result: good }),
    'JSON-RPC 1.0': (id) => ({ jsonrpc: '1.0', id, result: good }),
    'no JSON-RPC at all': () => ({ hello: 'world' }),
    'a result that is a text': (id) => ({ jsonrpc: '2.0', id, result: 'done' }),
    'neither result nor error': (id) => ({ jsonrpc: '2.0', id }),
    'content that is no list': (id) => ({ jsonrpc: '2.0', id, result: { content: 'text' } }),
    'isError that is no boolean': (id) => ({ jsonrpc: '2.0', id, result: { ...good, isError: 'no' } }),
    'an error without a code': (id) => ({ jsonrpc: '2.0', id, error: 'broken' }),
    'a list of nothing': () => [],
    'a number': () => 42,
    'no JSON': () => '<html>Not found</html>',
    nothing: () => '',
  };
  for (const [way, send] of Object.entries(ways)) {
    for (const [name, answer] of Object.entries(answers)) {
      test(`${name}, as ${way}: the call ends at once with a problem that has a name`, async () => {
        const { call, allIsWell } = await stage((response, id) => send(response, answer(id)));
        expect(['answer-malformed', 'answer-cut', 'not-mcp']).toContain(codeOf(await call('bad')));
        await allIsWell();
      });
    }
  }
});

test('what nobody asked for before the answer disturbs nothing', async () => {
  const { call, allIsWell } = await stage((response, id) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const before = [{ jsonrpc: '2.0', id: 999, result: good }, { jsonrpc: '1.0' }, 'text', null, [[]], '{'];
    for (const one of before)
      response.write(`data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`);
    response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: good })}\n\n`);
  });
  expect(await call('bad')).toMatchObject({ kind: 'result', content: [{ text: 'x' }] });
  await allIsWell();
});

describe('contents of unknown kinds', () => {
  const block = { type: 'hologram', data: 'QQ==', frames: 3 };
  for (const [way, send] of Object.entries(ways)) {
    test(`in a tool’s answer, as ${way}: they are shown as what they are, and so is the rest`, async () => {
      const content = [
        { type: 'text', text: 'before' },
        block,
        { type: 'image', data: 7 },
        null,
        'text',
        { no: 'type' },
        { type: 'text', text: 'after' },
      ];
      const { call, allIsWell } = await stage((response, id) =>
        send(response, { jsonrpc: '2.0', id, result: { content } }),
      );
      expect(await call('bad')).toMatchObject({
        kind: 'result',
        isError: false,
        content: [
          { type: 'text', text: 'before' },
          { type: 'unknown', json: JSON.stringify(block) },
          { type: 'unknown', json: '{"type":"image","data":7}' },
          { type: 'unknown', json: 'null' },
          { type: 'unknown', json: '"text"' },
          { type: 'unknown', json: '{"no":"type"}' },
          { type: 'text', text: 'after' },
        ],
      });
      await allIsWell();
    });
  }
});

describe('nesting without end', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const places: Record<string, (id: Id) => string> = {
    'a block': (id) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"x","deep":${deep}}]}}`,
    'the structured content': (id) =>
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"deep":${deep}}}}`,
    'an error': (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":-1,"message":"no","data":${deep}}}`,
    'an answer nobody waits for': () => `{"jsonrpc":"2.0","id":4711,"result":{"deep":${deep}}}`,
    'the whole answer': () => deep,
    'a notification': () =>
      `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":${deep}}}`,
    'progress of nothing': () =>
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":77,"progress":1,"x":${deep}}}`,
  };
  for (const [way, send] of Object.entries(ways)) {
    for (const [place, text] of Object.entries(places)) {
      test(`in ${place}, as ${way}: an outcome, and all is well`, async () => {
        const { call, allIsWell } = await stage((response, id) => send(response, text(id)));
        const outcome = await call('bad');
        expect(JSON.stringify(outcome).length).toBeLessThan(100_000);
        if (outcome.kind === 'problem') expect(outcome.problem.code).not.toBe('internal');
        await allIsWell();
      });
    }
  }
});

describe('more than a message may have', () => {
  /** Writes as long as somebody reads; `sent.bytes` is what left the server. */
  const pour = (response: ServerResponse, piece: Buffer, sent: { bytes: number }, times: number) => {
    let left = times;
    const more = () => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        sent.bytes += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      if (!response.destroyed) response.end();
    };
    more();
  };
  const piece = Buffer.alloc(64 * 1024, 'x');
  /** What the sockets of both sides hold beyond what was read. */
  const UNREAD = 16 * 1024 * 1024;
  const heads: Record<string, Record<string, string>> = {
    'JSON of 100 MB': { 'content-type': 'application/json' },
    'an event of 100 MB': { 'content-type': 'text/event-stream' },
    'an event of 100 MB in lines': { 'content-type': 'text/event-stream' },
    'an error of 100 MB': { 'content-type': 'text/plain' },
  };
  for (const [name, head] of Object.entries(heads)) {
    for (const times of [1600, Number.POSITIVE_INFINITY]) {
      const shown = times === 1600 ? name : name.replace('100 MB', 'no end');
      test(`${shown}: refused by name when the limit is reached, while other calls go on`, async () => {
        const sent = { bytes: 0 };
        const { call, allIsWell } = await stage((response) => {
          response.writeHead(name.startsWith('an error') ? 500 : 200, head);
          response.write(name.startsWith('an event') ? 'data: "' : '{"jsonrpc":"2.0","padding":"');
          const lines = name.endsWith('in lines');
          pour(
            response,
            lines ? Buffer.from(`data: ${'x'.repeat(1000)}\n`) : piece,
            sent,
            lines ? 64 * times : times,
          );
        });
        const bad = call('bad');
        await until(() => sent.bytes > 0);
        await allIsWell();
        expect(await bad).toMatchObject({
          kind: 'problem',
          problem: name.startsWith('an error')
            ? { code: 'server-error', params: { status: '500' } }
            : { code: 'answer-too-large', params: { limit: '16 MiB' } },
        });
        await quietly();
        expect(sent.bytes).toBeLessThan(MESSAGE_LIMIT + UNREAD);
        await allIsWell();
      });
    }
  }

  test('a small answer that unpacks to 256 MB: counted as what it is', async () => {
    const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '), { level: 9 });
    const { call, allIsWell } = await stage((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(Buffer.concat([packed, packed, packed, packed]));
    });
    expect(codeOf(await call('bad'))).toBe('answer-too-large');
    await allIsWell();
  });

  test('just below the limit an answer arrives, packed or not, as JSON and as an event', async () => {
    const text = 'x'.repeat(MESSAGE_LIMIT - 1000);
    const packed = (id: Id) =>
      gzipSync(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }));
    const sends: Bad[] = [
      (response, id) =>
        sendJson(response, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }),
      (response, id) =>
        sendEvent(response, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }),
      (response, id) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(packed(id));
      },
    ];
    for (const send of sends) {
      const { call } = await stage(send);
      expect(await call('bad')).toMatchObject({ kind: 'result', content: [{ type: 'text', cut: true }] });
    }
  });
});

describe('by the thousand', () => {
  const note = (method: string, params?: object) => JSON.stringify({ jsonrpc: '2.0', method, params });
  const floods: Record<string, (index: number) => string> = {
    'changes of lists': () => note('notifications/tools/list_changed'),
    'messages for the log': (index) =>
      note('notifications/message', { level: 'error', data: `line ${index}` }),
    'updates of resources': (index) => note('notifications/resources/updated', { uri: `x://${index}` }),
    'progress of nothing': (index) =>
      note('notifications/progress', { progressToken: index + 5000, progress: index }),
    'things nobody knows': () => note('notifications/unheard-of', { a: [1, 2, 3] }),
    'answers nobody waits for': (index) =>
      JSON.stringify({ jsonrpc: '2.0', id: index + 5000, result: { content: [] } }),
    'requests of the server': (index) =>
      JSON.stringify({ jsonrpc: '2.0', id: `ping-${index}`, method: 'ping' }),
    'questions to the person': (index) =>
      JSON.stringify({
        jsonrpc: '2.0',
        id: `ask-${index}`,
        method: 'elicitation/create',
        params: { message: 'Well?', requestedSchema: { type: 'object', properties: {} } },
      }),
  };
  const COUNT = 5_000;
  for (const [name, message] of Object.entries(floods)) {
    test(`${name}: the answer behind them arrives, the event loop turns meanwhile, and little is kept or told`, async () => {
      let bytes = 0;
      const { app, server, call, under, allIsWell } = await stage((response, id) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const flood = Array.from({ length: COUNT }, (_, index) => `data: ${message(index)}\n\n`).join('');
        bytes = flood.length;
        response.end(`${flood}data: ${JSON.stringify({ jsonrpc: '2.0', id, result: good })}\n\n`);
      });
      const told = app.events.length;
      const turns = countTurns();
      expect(await call('bad')).toMatchObject({ kind: 'result', content: [{ text: 'x' }] });
      // At most 16 KiB in one turn, however many messages they are; the first and the last may be counted by nobody.
      expect(turns.stop()).toBeGreaterThan(bytes / (16 * 1024) - 3);
      expect(app.events.length - told).toBeLessThan(100);
      expect(app.core.features.logs.log(server.id).entries.length).toBeLessThanOrEqual(500);
      expect(app.core.features.elicitations.views().length).toBeLessThanOrEqual(10);
      expect(under.most).toBeLessThanOrEqual(40);
      for (const { id } of app.core.features.elicitations.views()) {
        app.core.features.elicitations.answer(id, { action: 'decline' });
      }
      await allIsWell();
    });
  }

  test('small events without end: other calls go on, memory stays, and the call ends with its time limit', async () => {
    let events = 0;
    const { app, call, allIsWell } = await stage((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const many = `data: ${note('notifications/message', { level: 'info', data: 'again' })}\n\n`.repeat(200);
      const more = () => {
        if (response.destroyed) return;
        events += 200;
        if (response.write(many)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    const endless = call('bad');
    await until(() => events > 2_000);
    await allIsWell();
    const before = held();
    await until(() => events > 20_000);
    for (let round = 0; round < 5; round += 1) await allIsWell();
    expect(held() - before).toBeLessThan(20 * 1024 * 1024);
    app.time.advance(60_000);
    expect(codeOf(await endless)).toBe('call-timeout');
    await allIsWell();
  });
});

test('every problem named here is one a person can read', () => {
  for (const code of [
    'answer-malformed',
    'answer-cut',
    'answer-too-large',
    'not-mcp',
    'call-timeout',
  ] as const) {
    expect(problemCatalogue[code].sentence).toMatch(/\w/);
  }
});

/** Counts turns of the event loop. */
function countTurns() {
  let count = 0;
  let isOver = false;
  const turn = () => {
    if (isOver) return;
    count += 1;
    setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop: () => {
      isOver = true;
      return count;
    },
  };
}

/** Bytes in use after everything that can be collected was. */
function held(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
