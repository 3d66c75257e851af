import type { ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ToolCallOutcome } from '../../../src/shared/domain/tool.ts';
import { startCore } from '../../support/core.ts';
import { type FragileOptions, fragileServer, type Way, wayNames } from '../../support/fragile-server.ts';
import { quietly, type SimulatedTime, until } from '../../support/time.ts';

beforeEach(() => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => {
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

async function stage(
  way: Way,
  options: FragileOptions & { through?: (port: number) => Promise<number> } = {},
) {
  const remote = await fragileServer(way, options);
  const port = options.through ? await options.through(remote.port) : remote.port;
  const app = await startCore({ untapped: true });
  const server = await app.addServer({ url: `http://127.0.0.1:${port}/mcp` });
  const connection = app.core.connection(server.id, null);
  await connection.client();
  const call = (name: 'note' | 'wait', text: string) =>
    app.core.calls.call(connection, { callId: text, name, arguments: { text } });
  const waiting = async (text: string) => {
    const outcome = call('wait', text);
    await until(() => remote.taken.includes(text));
    return outcome;
  };
  return { app, remote, connection, call, waiting };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Lets all pauses pass until the connection is open again; nobody calls meanwhile. */
function comesBack({ app, connection }: Stage): Promise<void> {
  return until(() => {
    pass(app.time);
    return connection.view.status === 'connected';
  });
}

/** Lets the next pause pass; time limits of calls, which are longer, stay. */
function pass(time: SimulatedTime): void {
  const wait = (time.nextDue ?? Number.POSITIVE_INFINITY) - time.now();
  if (wait <= 20_000) time.advance(wait);
}

const noted = (text: string) => ({ kind: 'result', content: [{ type: 'text', text: `noted ${text}` }] });
const codeOf = (outcome: ToolCallOutcome) => (outcome.kind === 'problem' ? outcome.problem.code : outcome);
/** What a call may come to when nobody knows how far it got. */
const BROKEN_OFF = expect.stringMatching(/^(answer-cut|connection-lost|network-unreachable)$/);

for (const way of wayNames) {
  describe(way, () => {
    test('killed in the middle of a call: the call says so and is not made twice, and all is well again', async () => {
      const here = await stage(way);
      const { remote, call, waiting } = here;
      const broken = waiting('first');
      await until(() => remote.taken.length === 1);
      await remote.kill();
      expect(codeOf(await broken)).toEqual(BROKEN_OFF);
      await remote.start();
      await comesBack(here);
      expect(await call('note', 'second')).toMatchObject(noted('second'));
      expect(remote.taken).toEqual(['first', 'second']);
    });

    test('killed while nobody calls: the next call may fail, the one after works', async () => {
      const here = await stage(way);
      const { remote, call } = here;
      await remote.kill();
      expect((await call('note', 'into the void')).kind).toBe('problem');
      await remote.start();
      await comesBack(here);
      expect(await call('note', 'heard')).toMatchObject(noted('heard'));
      expect(remote.taken).toEqual(['heard']);
    });

    test('killed and back before anybody notices: calls work, each made once', async () => {
      const here = await stage(way);
      const { remote, call } = here;
      await remote.kill();
      await remote.start();
      await quietly();
      const texts = ['a', 'b', 'c', 'd', 'e'];
      const outcomes = await Promise.all(texts.map((text) => call('note', text)));
      await comesBack(here);
      // Whether a cut connection was noticed in time is the network's business; twice is nobody's.
      for (const outcome of outcomes) {
        if (outcome.kind !== 'result') expect(codeOf(outcome)).toEqual(BROKEN_OFF);
      }
      expect(new Set(remote.taken).size).toBe(remote.taken.length);
      expect(await call('note', 'after')).toMatchObject(noted('after'));
    });

    test('500 for a minute: calls say so, other connections are made meanwhile, then it works', async () => {
      const here = await stage(way);
      const { app, remote, connection, call } = here;
      remote.instead = (_, response) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end('out of order');
        return true;
      };
      for (let second = 0; second < 60; second += 10) {
        expect(codeOf(await call('note', `at ${second}`))).toEqual('server-error');
        app.time.advance(10_000);
      }
      expect(remote.taken).toEqual([]);
      remote.instead = () => false;
      await comesBack(here);
      expect(await call('note', 'a minute later')).toMatchObject(noted('a minute later'));

      remote.instead = (_, response) => {
        response.writeHead(500).end();
        return true;
      };
      await connection.reconnect();
      for (let second = 0; second < 60; second += 1) {
        await until(() => connection.view.nextAttemptAt !== null);
        expect(connection.view).toMatchObject({ status: 'reconnecting', problem: { code: 'server-error' } });
        app.time.advance(1_000);
        await quietly(3);
      }
      remote.instead = () => false;
      await until(() => {
        app.time.advance(1_000);
        return connection.view.status === 'connected';
      });
      expect(await call('note', 'and another')).toMatchObject(noted('and another'));
      expect(remote.taken).toEqual(['a minute later', 'and another']);
    });

    test('behind a proxy that closes idle connections: calls work, each made once, and news still arrive', async () => {
      const proxy = idleProxy();
      const here = await stage(way, { through: proxy.before });
      const { app, remote, connection, call } = here;
      await app.core.features.catalog.tools(connection);
      const texts = ['first', 'second', 'third'];
      for (const text of texts) {
        proxy.closeAll();
        await quietly();
        await comesBack(here);
        expect(await call('note', text)).toMatchObject(noted(text));
      }
      expect(remote.taken).toEqual(texts);
      proxy.closeAll();
      await until(() => {
        pass(app.time);
        remote.announce();
        return app.payloads('catalog.changed').length > 0;
      });
    });
  });
}

for (const way of ['legacy', 'sse'] as const) {
  test(`${way}: killed while nobody calls, it is noticed without a call, and it comes back by itself`, async () => {
    const here = await stage(way);
    const { app, remote, connection } = here;
    await remote.kill();
    await until(() => {
      pass(app.time);
      return connection.view.status === 'reconnecting';
    });
    await remote.start();
    await comesBack(here);
    expect(await here.call('note', 'hello again')).toMatchObject(noted('hello again'));
  });
}

for (const status of [404, 400, 503]) {
  test(`sessions forgotten, answered ${status}: calls begin a new one and are made once each`, async () => {
    const { remote, call, connection } = await stage('legacy', { sessionGoneStatus: status });
    const texts = ['a', 'b', 'c', 'd', 'e'];
    for (const round of [1, 2]) {
      remote.dropSessions();
      const outcomes = await Promise.all(texts.map((text) => call('note', text + round)));
      expect(outcomes).toMatchObject(texts.map((text) => noted(text + round)));
    }
    expect([...remote.taken].sort()).toEqual(texts.flatMap((text) => [`${text}1`, `${text}2`]));
    expect(connection.view.status).toBe('connected');
  });
}

for (const status of [400, 503]) {
  test(`a proxy that answers ${status} after the server did its work: the call is not made twice`, async () => {
    const { remote, call } = await stage('legacy');
    const answerLate = (restart: boolean) => {
      remote.instead = (_, response, { method, params }) => {
        if (method !== 'tools/call') return false;
        remote.taken.push(params?.arguments?.text ?? '');
        remote.instead = () => false;
        if (restart) remote.dropSessions();
        response.writeHead(status, { 'content-type': 'text/plain' }).end('upstream connect error');
        return true;
      };
    };
    answerLate(false);
    expect((await call('note', 'session alive')).kind).toBe('problem');
    answerLate(true);
    expect((await call('note', 'session gone as well')).kind).toBe('problem');
    expect(remote.taken).toEqual(['session alive', 'session gone as well']);
    expect(await call('note', 'next')).toMatchObject(noted('next'));
  });
}

describe('cut in the middle of an answer', () => {
  const event = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
  const progress = event({
    jsonrpc: '2.0',
    method: 'notifications/message',
    params: { level: 'info', data: 1 },
  });
  const cases: Record<string, { head: Record<string, string>; start: string; ends?: boolean }> = {
    'a stream, cut off': { head: { 'content-type': 'text/event-stream' }, start: progress },
    'a stream, cut in an event': {
      head: { 'content-type': 'text/event-stream' },
      start: 'data: {"jsonrpc":"2.0","id":',
    },
    'a stream that ends without an answer': {
      head: { 'content-type': 'text/event-stream' },
      start: progress,
      ends: true,
    },
    'JSON, cut off': { head: { 'content-type': 'application/json' }, start: '{"jsonrpc":"2.0","id":' },
    'JSON, shorter than it said': {
      head: { 'content-type': 'application/json', 'content-length': '500' },
      start: '{"jsonrpc":"2.0","id":',
    },
  };
  for (const way of ['modern', 'legacy'] as const) {
    for (const [name, { head, start, ends }] of Object.entries(cases)) {
      test(`${way}, ${name}: the call says so at once, others go on, nothing is done twice`, async () => {
        const { remote, connection, call, waiting } = await stage(way);
        const other = waiting('other');
        await until(() => remote.taken.length === 1);
        remote.instead = (_, response, { method, params }) => {
          if (method !== 'tools/call') return false;
          remote.taken.push(params?.arguments?.text ?? '');
          response.writeHead(200, head);
          response.write(start, () => (ends ? response.end() : response.destroy()));
          return true;
        };
        expect(codeOf(await call('note', 'cut'))).toBe('answer-cut');
        remote.instead = () => false;
        remote.release();
        expect(await other).toMatchObject({ kind: 'result', content: [{ text: 'waited other' }] });
        expect(await call('note', 'next')).toMatchObject(noted('next'));
        expect(remote.taken).toEqual(['other', 'cut', 'next']);
        expect(connection.view.status).toBe('connected');
      });
    }
  }
});

describe('more than a message may have, outside of any answer', () => {
  const pour = (response: ServerResponse) => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const more = () => {
      while (!response.destroyed) if (!response.write(piece)) return void response.once('drain', more);
    };
    more();
  };

  test('legacy: the session is begun anew, later and later, and calls under way end well', async () => {
    const here = await stage('legacy');
    const { app, remote, connection, call, waiting } = here;
    remote.instead = ({ method }, response) => {
      if (method !== 'GET') return false;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: "');
      pour(response);
      return true;
    };
    await connection.reconnect();
    await until(() => connection.view.problem !== null);
    expect(connection.view).toMatchObject({ status: 'reconnecting', problem: { code: 'answer-too-large' } });
    remote.instead = () => false;
    await comesBack(here);
    const other = waiting('other');
    await until(() => remote.taken.length === 1);
    expect(await call('note', 'as ever')).toMatchObject(noted('as ever'));
    remote.release();
    expect((await other).kind).toBe('result');
    expect(app.payloads('connection.changed').filter(({ status }) => status === 'failed')).toEqual([]);
  });

  test('sse: the same', async () => {
    const here = await stage('sse');
    const { remote, connection, call } = here;
    remote.instead = ({ method }, response, { method: called }) => {
      if (method !== 'POST' || called !== 'tools/call') return false;
      response.writeHead(202).end();
      const [stream] = remote.streams;
      stream?.write('data: "');
      if (stream) pour(stream);
      return true;
    };
    expect((await call('note', 'never')).kind).toBe('problem');
    remote.instead = () => false;
    expect(connection.view).toMatchObject({ status: 'reconnecting', problem: { code: 'answer-too-large' } });
    await comesBack(here);
    expect(await call('note', 'as ever')).toMatchObject(noted('as ever'));
    expect(remote.taken).toEqual(['as ever']);
  });
});

/** A proxy that may close all its connections, as many do with idle ones. */
function idleProxy() {
  const sockets = new Set<Socket>();
  const before = async (port: number): Promise<number> => {
    const proxy = createServer((inner) => {
      const outer = connect(port, '127.0.0.1');
      for (const socket of [inner, outer]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => sockets.delete(socket));
      }
      inner.pipe(outer).pipe(inner);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      closeAll();
      proxy.close();
    });
    return (proxy.address() as { port: number }).port;
  };
  const closeAll = () => {
    for (const socket of sockets) socket.end();
  };
  return { before, closeAll };
}
