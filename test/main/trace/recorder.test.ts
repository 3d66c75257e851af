import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TraceHandle, TraceRecorder } from '../../../src/main/trace/recorder.ts';
import type { TraceSummary } from '../../../src/shared/domain/trace.ts';
import { makeProblem } from '../../../src/shared/problems.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { SimulatedTime, until } from '../../support/time.ts';

const subject = { kind: 'probe', title: 'Look at x', serverId: null, accountId: null } as const;

async function recorder(folder?: string) {
  const path = folder ?? (await temporaryFolder());
  const time = new SimulatedTime(1_000);
  const heard: TraceSummary[] = [];
  let ids = 0;
  const made = new TraceRecorder({
    folder: path,
    now: time.now,
    newId: () => `trace-${++ids}`,
    changed: (summary) => heard.push(structuredClone(summary)),
  });
  return { folder: path, time, heard, recorder: made };
}

function exchange(trace: TraceHandle, body: string, answer = ''): void {
  trace.exchange({
    to: 'issuer',
    title: 'Token request',
    request: { method: 'POST', url: 'https://as.example/token', headers: {}, body },
    response: { status: 200, headers: { 'x-echo': answer }, body: answer },
    durationMs: 5,
  });
}

test('what is learned in a request is removed from the answer that echoes it', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  exchange(trace, 'refresh_token=a-refresh-token', 'no such token: a-refresh-token');
  expect(JSON.stringify(traces.get(trace.id))).not.toContain('a-refresh-token');
});

test('what an answer grants is removed from its own headers', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  trace.exchange({
    to: 'issuer',
    title: 'Token request',
    request: { method: 'POST', url: 'https://as.example/token', headers: {}, body: null },
    response: {
      status: 200,
      headers: { 'x-debug': 'issued granted-token-1' },
      body: '{"access_token":"granted-token-1"}',
    },
    durationMs: 5,
  });
  expect(JSON.stringify(traces.get(trace.id))).not.toContain('granted-token-1');
});

test('what a token says is kept beside the exchange, on both sides; the token is not', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenOf = (sub: string) =>
    `${part({ alg: 'ES256' })}.${part({ sub, jti: `id-${sub}` })}.c2lnbmF0dXJl`;
  trace.exchange({
    to: 'issuer',
    title: 'Token request',
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      headers: { DPoP: tokenOf('a-proof') },
      body: null,
    },
    // The subject is a secret, as the same answer shows.
    response: {
      status: 200,
      headers: {},
      body: JSON.stringify({ access_token: tokenOf('refresh-token-1'), refresh_token: 'refresh-token-1' }),
    },
    durationMs: 5,
  });
  const step = traces.get(trace.id)?.steps[0];
  expect(step?.tokens).toMatchObject([
    { side: 'request', place: 'dpop', claims: { sub: 'a-proof' } },
    { side: 'response', place: 'access_token', claims: { sub: '•••' } },
  ]);
  expect(JSON.stringify(step)).not.toMatch(/refresh-token-1|c2lnbmF0dXJl|eyJ|id-a-proof/);
});

test('where the browser was sent and came back to is kept, without state and code', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  trace.step(
    'gatehouse',
    'browser',
    'Opened',
    undefined,
    'https://as.example/a?state=the-state-value&scope=x',
  );
  trace.note('a note mentions the-state-value');
  const [opened, note] = traces.get(trace.id)?.steps ?? [];
  expect(opened?.request).toEqual({
    method: 'GET',
    url: 'https://as.example/a?state=•••&scope=x',
    headers: {},
    body: null,
  });
  expect(note).toMatchObject({ title: 'a note mentions •••', request: null });
});

test('a trace of an earlier version, whose steps have no tokens, is read', async () => {
  const { folder, recorder: first } = await recorder();
  const trace = first.begin(subject);
  exchange(trace, 'a=b');
  trace.succeed();
  await first.settled();
  const path = join(folder, `${trace.id}.json`);
  const stored = JSON.parse(await readFile(path, 'utf8'));
  delete stored.content.steps[0].tokens;
  await writeFile(path, JSON.stringify(stored));
  const again = await recorder(folder);
  await again.recorder.load();
  expect(again.recorder.get(trace.id)?.steps[0]).toMatchObject({ title: 'Token request', tokens: [] });
});

test('a closed trace is on disk and survives a restart; an open one is in memory only', async () => {
  const { recorder: traces, folder } = await recorder();
  const closed = traces.begin(subject);
  traces.begin(subject);
  closed.succeed();
  await traces.settled();
  expect(await readdir(folder)).toEqual([`${closed.id}.json`]);
  const again = await recorder(folder);
  await again.recorder.load();
  expect(again.recorder.list(null)).toMatchObject([{ id: closed.id, outcome: 'succeeded' }]);
});

test('a trace that has ended takes no more steps and keeps its outcome', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  trace.cancel();
  trace.note('too late');
  exchange(trace, 'late');
  trace.fail(makeProblem('internal'));
  expect(traces.get(trace.id)).toMatchObject({ outcome: 'cancelled', problem: null, steps: [] });
});

test('the problem of a trace names the trace and holds no secret', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  trace.learn('the-secret-value', null, undefined);
  const shown = trace.fail(
    makeProblem('token-refused', { host: 'x', error: 'the-secret-value' }, 'the-secret-value'),
  );
  expect(shown).toMatchObject({ code: 'token-refused', traceId: trace.id });
  expect(JSON.stringify([shown, traces.get(trace.id)])).not.toContain('the-secret-value');
});

test('the last 200 traces are kept, the older ones deleted with their files', async () => {
  const { recorder: traces, folder, time } = await recorder();
  for (let number = 0; number < 210; number += 1) {
    time.advance(1);
    traces.begin(subject).succeed();
  }
  await traces.settled();
  const list = traces.list(null);
  expect(list).toHaveLength(200);
  expect(list[0]?.id).toBe('trace-210');
  expect(traces.get('trace-10')).toBeNull();
  await until(async () => (await readdir(folder)).length <= 210);
  const again = await recorder(folder);
  await again.recorder.load();
  expect(again.recorder.list(null)[0]?.id).toBe('trace-210');
  expect(again.recorder.list(null).length).toBeLessThanOrEqual(200);
});

test('steps and bodies are bounded', async () => {
  const { recorder: traces } = await recorder();
  const trace = traces.begin(subject);
  exchange(trace, 'x'.repeat(100_000));
  for (let number = 0; number < 1000; number += 1) trace.note(`${number}`);
  const steps = traces.get(trace.id)?.steps ?? [];
  expect(steps).toHaveLength(300);
  expect(steps[0]?.request?.body).toHaveLength(16_385);
});

test('files that can not be read are skipped', async () => {
  const { folder } = await recorder();
  await mkdir(join(folder, 'folder.json'));
  await writeFile(join(folder, 'broken.json'), '{');
  await writeFile(join(folder, 'other.json'), '{"version":7}');
  const { recorder: traces } = await recorder(folder);
  await traces.load();
  expect(traces.list(null)).toEqual([]);
});

test('a folder that can not be written is no reason to fail', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'traces'), 'in the way');
  const { recorder: traces } = await recorder(join(folder, 'traces'));
  traces.begin(subject).succeed();
  await traces.settled();
  expect(traces.list(null)).toHaveLength(1);
  expect(await readFile(join(folder, 'traces'), 'utf8')).toBe('in the way');
});

test('traces are listed newest first, of one server when asked', async () => {
  const { recorder: traces, time, heard } = await recorder();
  for (const serverId of ['a', 'b', 'a']) {
    time.advance(1);
    traces.begin({ ...subject, serverId });
  }
  expect(traces.list(null).map(({ id }) => id)).toEqual(['trace-3', 'trace-2', 'trace-1']);
  expect(traces.list('a').map(({ id }) => id)).toEqual(['trace-3', 'trace-1']);
  expect(heard.map(({ outcome }) => outcome)).toEqual(['running', 'running', 'running']);
});
