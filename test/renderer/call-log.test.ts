import { beforeEach, expect, test } from 'vitest';
import type { call } from '../../src/renderer/bridge.ts';
import { ANSWERS_KEPT, CALLS_KEPT, CallLog } from '../../src/renderer/state/call-log.ts';
import type { ToolCallOutcome } from '../../src/shared/domain/tool.ts';
import { failure } from '../../src/shared/problems.ts';

const answer = (over: Partial<Extract<ToolCallOutcome, { kind: 'result' }>> = {}): ToolCallOutcome => ({
  kind: 'result',
  isError: false,
  content: [],
  durationMs: 1,
  ...over,
});
const request = (over: { serverId?: string; tool?: string; arguments?: Record<string, unknown> } = {}) => ({
  serverId: 'a',
  accountId: null,
  tool: 'read',
  arguments: {},
  afterStepUp: false,
  ...over,
});

let sent: unknown[];
let respond: () => Promise<ToolCallOutcome>;
let log: CallLog;
let time: number;

beforeEach(() => {
  sent = [];
  time = 1000;
  respond = async () => answer();
  const send = (name: string, input: unknown) => {
    sent.push([name, input]);
    return respond();
  };
  log = new CallLog(send as typeof call, () => time);
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a call is there at once, and its answer when it comes', async () => {
  let told = 0;
  log.subscribe(() => told++);
  const callId = log.start(request({ arguments: { path: '/etc' } }));
  expect(sent).toEqual([
    [
      'tools.call',
      {
        serverId: 'a',
        accountId: null,
        callId,
        name: 'read',
        arguments: { path: '/etc' },
        afterStepUp: false,
      },
    ],
  ]);
  expect(log.ofServer('a')).toMatchObject([
    { callId, tool: 'read', arguments: { path: '/etc' }, startedAt: 1000, state: { kind: 'running' } },
  ]);
  expect(told).toBe(1);
  await settled();
  expect(log.ofServer('a')).toMatchObject([{ state: { kind: 'ended', how: 'result', outcome: answer() } }]);
  expect(told).toBe(2);
  expect(log.ofServer('b')).toEqual([]);
});

test('says how each call ended', async () => {
  const outcomes: [ToolCallOutcome | Error, string][] = [
    [answer({ isError: true }), 'tool-error'],
    [{ kind: 'cancelled' }, 'cancelled'],
    [{ kind: 'more-scope', wantedScopes: [], newScopes: [] }, 'more-scope'],
    [failure('server-unknown'), 'problem'],
    [new Error('the bridge is gone'), 'problem'],
  ];
  for (const [outcome, how] of outcomes) {
    respond = async () => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    };
    log.start(request());
    await settled();
    expect(log.ofServer('a')[0]?.state).toMatchObject({ kind: 'ended', how });
  }
});

test('keeps the newest calls of a server, and the answers of the newest few', async () => {
  for (let index = 0; index < CALLS_KEPT + 10; index++) {
    time = index;
    log.start(request({ arguments: { index } }));
    await settled();
  }
  const calls = log.ofServer('a');
  expect(calls).toHaveLength(CALLS_KEPT);
  expect(calls[0]?.arguments).toEqual({ index: CALLS_KEPT + 9 });
  const kept = calls.map(({ state }) => state.kind === 'ended' && state.outcome !== null);
  expect(kept.filter(Boolean)).toHaveLength(ANSWERS_KEPT);
  expect(kept.slice(0, ANSWERS_KEPT).every(Boolean)).toBe(true);
  expect(calls.at(-1)?.state).toEqual({ kind: 'ended', how: 'result', outcome: null });
});

test('forgets the servers not called for longest', async () => {
  for (let index = 0; index < 60; index++) log.start(request({ serverId: `server-${index}` }));
  await settled();
  expect(log.ofServer('server-0')).toEqual([]);
  expect(log.ofServer('server-59')).toHaveLength(1);
});

test('remembers what each tool was called with last, until told to forget', () => {
  log.start(request({ arguments: { a: 1 } }));
  log.start(request({ arguments: { a: 2 } }));
  log.start(request({ tool: 'write', arguments: { b: 1 } }));
  log.start(request({ serverId: 'b', arguments: { c: 1 } }));
  expect(log.lastValues('a', 'read')).toEqual({ a: 2 });
  expect(log.lastValues('a', 'write')).toEqual({ b: 1 });
  log.forgetValues('a', 'read');
  expect(log.lastValues('a', 'read')).toBeNull();
  expect(log.lastValues('b', 'read')).toEqual({ c: 1 });
  for (let index = 0; index < 600; index++) log.start(request({ tool: `tool-${index}` }));
  expect(log.lastValues('a', 'write')).toBeNull();
  expect(log.lastValues('a', 'tool-599')).toEqual({});
});

test('arguments too large to keep are sent, not kept', () => {
  const large = { text: 'x'.repeat(200_000) };
  log.start(request({ arguments: large }));
  expect(sent).toMatchObject([['tools.call', { arguments: large }]]);
  expect(log.ofServer('a')[0]?.arguments).toBeNull();
  expect(log.lastValues('a', 'read')).toBeNull();
});

test('a call to open again waits for the form of its tool, and is taken once', () => {
  const wanted = { serverId: 'a', tool: 'read', arguments: { a: 1 }, run: true };
  log.want(wanted);
  expect(log.wantedOf('a', 'write')).toBeNull();
  expect(log.wantedOf('b', 'read')).toBeNull();
  expect(log.wantedOf('a', 'read')).toBe(wanted);
  const newer = { ...wanted, run: false };
  log.want(newer);
  log.taken(wanted);
  expect(log.wantedOf('a', 'read')).toBe(newer);
  log.taken(newer);
  expect(log.wantedOf('a', 'read')).toBeNull();
});

test('nothing of a removed server is left, whatever it still answers', async () => {
  log.start(request());
  log.start(request({ serverId: 'b' }));
  log.want({ serverId: 'a', tool: 'read', arguments: {}, run: false });
  log.forgetServer('a');
  await settled();
  expect(log.ofServer('a')).toEqual([]);
  expect(log.lastValues('a', 'read')).toBeNull();
  expect(log.wantedOf('a', 'read')).toBeNull();
  expect(log.ofServer('b')).toHaveLength(1);
});
