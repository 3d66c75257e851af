import { describe, expect, test } from 'vitest';
import type { MainEvent } from '../../src/renderer/bridge.ts';
import { createBatch, paced } from '../../src/renderer/state/event-batch.ts';
import { upsertTrace } from '../../src/renderer/state/traces.ts';
import { connectionKey, patchOf, worldOf } from '../../src/renderer/state/world.ts';
import { settings } from '../../src/shared/domain/settings.ts';
import { aConnection, aRevocation, aServer, aSignIn, aSnapshot, aWorkday, NOW } from '../screens/fixtures.ts';
import { traceSummaries } from '../screens/traces.ts';
import { aQuestion } from '../support/question.ts';
import { SimulatedTime } from '../support/time.ts';

describe('a batch of events', () => {
  function heldBatch() {
    const delivered: (readonly number[])[] = [];
    const due: (() => void)[] = [];
    const batch = createBatch<number>(
      (run) => {
        due.push(run);
        return () => due.splice(due.indexOf(run), 1);
      },
      (items) => delivered.push(items),
    );
    return { batch, delivered, due };
  }

  test('is delivered once, in order, however many came', () => {
    const { batch, delivered, due } = heldBatch();
    for (let item = 0; item < 500; item++) batch.add(item);
    expect(due).toHaveLength(1);
    due.shift()?.();
    expect(delivered).toEqual([Array.from({ length: 500 }, (_, item) => item)]);
  });

  test('what comes during a delivery waits for the next one', () => {
    const { batch, delivered, due } = heldBatch();
    batch.add(1);
    due.shift()?.();
    batch.add(2);
    expect(delivered).toEqual([[1]]);
    due.shift()?.();
    expect(delivered).toEqual([[1], [2]]);
  });

  test('in a burst, the first is delivered at once and the rest together after each pause', () => {
    const time = new SimulatedTime(0);
    const delivered: (readonly number[])[] = [];
    const now = (run: () => void) => time.after(0, run);
    const batch = createBatch<number>(paced(now, 120, time), (items) => delivered.push(items));
    for (let item = 0; item < 100; item++) {
      batch.add(item);
      time.advance(2);
    }
    time.advance(120);
    expect(delivered.map((items) => items.length)).toEqual([1, 59, 40]);
    expect(delivered.flat()).toEqual(Array.from({ length: 100 }, (_, item) => item));
    time.advance(1_000);
    batch.add(100);
    time.advance(0);
    expect(delivered.at(-1)).toEqual([100]);
    batch.add(101);
    batch.stop();
    time.advance(1_000);
    expect(delivered.flat()).toHaveLength(101);
  });

  test('nothing is delivered after it was stopped', () => {
    const { batch, delivered, due } = heldBatch();
    batch.add(1);
    batch.stop();
    expect(due).toHaveLength(0);
    expect(delivered).toEqual([]);
  });
});

describe('a patch of the world', () => {
  const world = worldOf(aWorkday());

  test('leaves out what no event touched', () => {
    const patch = patchOf(world, [
      { name: 'server.changed', payload: aServer({ id: 'linear', name: 'Linear 2' }) },
    ]);
    expect(Object.keys(patch)).toEqual(['servers']);
    expect(patch.servers?.get('linear')?.name).toBe('Linear 2');
    expect(patch.servers?.get('sentry')).toBe(world.servers.get('sentry'));
    expect(world.servers.get('linear')?.name).toBe('Linear');
  });

  test('the last event about an entity wins', () => {
    const events: MainEvent[] = (['connecting', 'failed', 'connected'] as const).map((status) => ({
      name: 'connection.changed',
      payload: aConnection('docs', null, { status }),
    }));
    expect(patchOf(world, events).connections?.get(connectionKey('docs', null))?.status).toBe('connected');
  });

  test('connections of one server for different accounts are kept apart', () => {
    const patch = patchOf(world, [
      { name: 'connection.removed', payload: { serverId: 'linear', accountId: 'linear-ada' } },
    ]);
    expect(patch.connections?.has(connectionKey('linear', 'linear-ada'))).toBe(false);
    expect(patch.connections?.has(connectionKey('linear', 'linear-team'))).toBe(true);
  });

  test('removing what is not there changes nothing', () => {
    expect(patchOf(world, [{ name: 'account.removed', payload: { accountId: 'nobody' } }])).toEqual({});
  });

  test('replaces settings and storage', () => {
    const patch = patchOf(world, [
      { name: 'settings.changed', payload: settings.parse({ theme: 'dark', redirect: 'loopback' }) },
      { name: 'sign-in.changed', payload: aSignIn({ serverId: 'linear' }) },
    ]);
    expect(patch.settings?.theme).toBe('dark');
    expect(patch.signIns?.size).toBe(1);
  });

  test('follows sign-outs that wait for their issuers until they are confirmed', () => {
    const revocation = aRevocation({ id: 'revocation-1' });
    const events: MainEvent[] = [{ name: 'revocation.changed', payload: revocation }];
    const patch = patchOf(world, events);
    expect([...(patch.revocations?.values() ?? [])]).toEqual([revocation]);
    const waiting = worldOf(aSnapshot({ revocations: [revocation] }));
    expect(waiting.revocations.size).toBe(1);
    const confirmed = patchOf(waiting, [
      { name: 'revocation.removed', payload: { revocationId: 'revocation-1' } },
    ]);
    expect(confirmed.revocations?.size).toBe(0);
  });

  test('follows the questions of servers until they are answered', () => {
    const question = aQuestion({ id: 'question-1' });
    const asked = patchOf(world, [{ name: 'elicitation.changed', payload: question }]);
    expect(asked.elicitations?.get('question-1')).toEqual(question);
    const waiting = worldOf(aSnapshot({ elicitations: [question] }));
    const answered = patchOf(waiting, [
      { name: 'elicitation.removed', payload: { elicitationId: 'question-1' } },
    ]);
    expect(answered.elicitations?.size).toBe(0);
  });

  test('costs little with a thousand servers', () => {
    const servers = Array.from({ length: 1000 }, (_, index) => aServer({ id: `s-${index}` }));
    const large = worldOf(
      aSnapshot({ servers, connections: servers.map(({ id }) => aConnection(id, null)) }),
    );
    const events: MainEvent[] = servers.map(({ id }) => ({
      name: 'connection.changed',
      payload: aConnection(id, null, { status: 'reconnecting' }),
    }));
    const patch = patchOf(large, events);
    expect(patch.servers).toBeUndefined();
    expect([...(patch.connections?.values() ?? [])].every(({ status }) => status === 'reconnecting')).toBe(
      true,
    );
  });
});

describe('a list of traces', () => {
  const [running, signIn, ...rest] = traceSummaries;

  test('takes a new trace at its place in time', () => {
    if (!running || !signIn) throw new Error('no traces');
    expect(upsertTrace([signIn, ...rest], running)).toEqual(traceSummaries);
    const oldest = { ...running, id: 'oldest', startedAt: 1 };
    expect(upsertTrace(traceSummaries, oldest).at(-1)).toBe(oldest);
  });

  test('replaces a trace that goes on', () => {
    if (!running) throw new Error('no traces');
    const ended = { ...running, outcome: 'succeeded' as const, endedAt: NOW };
    const list = upsertTrace(traceSummaries, ended);
    expect(list).toHaveLength(traceSummaries.length);
    expect(list[0]).toBe(ended);
  });
});
