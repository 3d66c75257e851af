import { readFile } from 'node:fs/promises';
import { type Schema, Validator } from '@cfworker/json-schema';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { traceAsHar } from '../../../src/main/trace/har.ts';
import { TraceRecorder } from '../../../src/main/trace/recorder.ts';
import { traceAsFile, traceFile, traceFileName } from '../../../src/main/trace/trace-file.ts';
import type { Trace } from '../../../src/shared/domain/trace.ts';
import { makeProblem } from '../../../src/shared/problems.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { harSchema } from '../../support/har-schema.ts';
import { SimulatedTime } from '../../support/time.ts';

const harValidator = new Validator(harSchema as unknown as Schema, '2020-12', false);

/** A sign-in that fails at the token endpoint, as the recorder keeps it. */
async function recorded(): Promise<{ trace: Trace; secrets: string[] }> {
  const time = new SimulatedTime(1_795_000_000_000);
  const traces = new TraceRecorder({
    folder: await temporaryFolder(),
    now: time.now,
    newId: () => 'trace-1',
    changed: () => {},
  });
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const sign = (claims: Record<string, unknown>, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);
  const idToken = await sign({ iss: 'https://as.example', sub: 'alice', email: 'alice@example.com' });
  const proof = await sign(
    { htm: 'POST', jti: 'a-single-use-identifier' },
    { jwk: await exportJWK(publicKey) },
  );
  const trace = traces.begin({
    kind: 'sign-in',
    title: 'Sign in to Example',
    serverId: 'example',
    accountId: null,
  });
  const authorize = 'https://as.example/authorize?client_id=c1&state=a-state-of-its-own&scope=mcp%3Atools';
  trace.step('gatehouse', 'browser', 'Opened the system browser', undefined, authorize);
  time.advance(4000);
  const back = 'app.gatehouse.desktop:/oauth/callback?code=•••&iss=https%3A%2F%2Fas.example';
  trace.step(
    'browser',
    'gatehouse',
    'The browser came back',
    { text: 'Compared', reference: 'RFC 9207 §2.4' },
    back,
  );
  time.advance(412);
  trace.exchange({
    to: 'issuer',
    title: 'Exchange the code',
    rule: { text: 'The verifier is sent', reference: 'RFC 7636 §4.5' },
    request: {
      method: 'POST',
      url: 'https://as.example/token?tenant=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded', dpop: proof },
      body: 'grant_type=authorization_code&code=the-code-of-this&code_verifier=the-verifier-of-this',
    },
    response: {
      status: 200,
      headers: { 'Content-Type': 'application/json', location: '/elsewhere' },
      body: JSON.stringify({ id_token: idToken, access_token: 'an-opaque-access-token', scope: 'ä' }),
    },
    durationMs: 412.5,
    notes: ['Dropped null: a.'],
  });
  trace.exchange({
    to: 'server',
    title: 'First call',
    request: { method: 'GET', url: 'https://mcp.example/mcp', headers: {}, body: null },
    response: null,
    durationMs: 5,
    problem: makeProblem('connection-refused', { host: 'mcp.example' }),
  });
  trace.note('Something was decided.');
  trace.fail(
    makeProblem('connection-refused', { host: 'mcp.example' }, 'ECONNREFUSED an-opaque-access-token'),
  );
  const kept = traces.get('trace-1');
  if (!kept) throw new Error('no trace');
  const signatures = [idToken, proof].flatMap((token) => token.split('.').slice(1));
  const secrets = [
    'a-state-of-its-own',
    'the-code-of-this',
    'the-verifier-of-this',
    'an-opaque-access-token',
  ];
  return {
    trace: kept,
    secrets: [...secrets, ...signatures, 'a-single-use-identifier', 'alice@example.com'],
  };
}

test('the HTTP archive is what HAR 1.2 demands', async () => {
  const { trace } = await recorded();
  const archive = traceAsHar(trace, '0.1.0');
  expect(harValidator.validate(archive).errors).toEqual([]);
  // The schema is no yes-man.
  const { queryString: _, ...request } = archive.log.entries[0]?.request ?? { queryString: [] };
  const broken = { log: { ...archive.log, entries: [{ ...archive.log.entries[0], request }] } };
  expect(harValidator.validate(broken).valid).toBe(false);
});

test('each request is an entry: in order, with its answer, its time and its rule', async () => {
  const { trace } = await recorded();
  const { log } = traceAsHar(trace, '0.1.0');
  expect(log.creator).toEqual({ name: 'Gatehouse', version: '0.1.0' });
  expect(log.pages[0]).toMatchObject({
    title: 'Sign in to Example',
    startedDateTime: '2026-11-18T11:06:40.000Z',
  });
  expect(log.pages[0]?.comment).toContain('connection-refused: mcp.example refused the connection.');
  expect(log.pages[0]?.comment).toContain('Something was decided.');
  const [visit, back, token, call] = log.entries;
  expect(log.entries).toHaveLength(4);
  expect(visit).toMatchObject({ _from: 'gatehouse', _to: 'browser', response: { status: 0 }, time: 0 });
  expect(visit?.request.queryString).toEqual([
    { name: 'client_id', value: 'c1' },
    { name: 'state', value: '•••' },
    { name: 'scope', value: 'mcp:tools' },
  ]);
  expect(back?.request.queryString).toContainEqual({ name: 'iss', value: 'https://as.example' });
  expect(token).toMatchObject({
    startedDateTime: '2026-11-18T11:06:44.000Z',
    time: 412.5,
    timings: { send: 0, wait: 412.5, receive: 0 },
    request: {
      postData: {
        mimeType: 'application/x-www-form-urlencoded',
        text: 'grant_type=authorization_code&code=•••&code_verifier=•••',
      },
    },
    response: { status: 200, statusText: '', redirectURL: '/elsewhere' },
    comment: 'Exchange the code\nRule: The verifier is sent (RFC 7636 §4.5)\nNote: Dropped null: a.',
  });
  expect(token?.response.content).toMatchObject({ mimeType: 'application/json' });
  expect(token?.response.content.size).toBe(Buffer.byteLength(String(token?.response.content.text)));
  expect(token?._tokens?.map(({ place }) => place)).toEqual(['dpop', 'id_token']);
  expect(call).toMatchObject({ response: { status: 0, content: { size: 0 } } });
  expect(call?.request).not.toHaveProperty('postData');
  expect(call?.comment).toContain('Problem: connection-refused');
});

test('the trace file is what its schema says, and nothing more', async () => {
  const { trace } = await recorded();
  const written = traceAsFile(trace, '0.1.0', 1_795_000_100_000);
  expect(traceFile.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
  expect(written).toMatchObject({
    format: 'gatehouse-trace',
    version: 1,
    writtenAt: '2026-11-18T11:08:20.000Z',
    trace: {
      outcome: 'failed',
      problem: { code: 'connection-refused', sentence: 'mcp.example refused the connection.' },
      steps: [{ number: 1 }, { number: 2 }, { number: 3, startedAt: '2026-11-18T11:06:44.000Z' }, {}, {}],
    },
  });
  // What names things inside Gatehouse stays there.
  expect(JSON.stringify(written)).not.toContain('trace-1');
  expect(traceFile.safeParse({ ...written, version: 2 }).success).toBe(false);
});

test('the trace format is described member by member', async () => {
  const page = await readFile(new URL('../../../docs/trace-format.md', import.meta.url), 'utf8');
  const described = new Set(
    [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/\w+/g)].map(String),
    ),
  );
  expect([...membersOf(z.toJSONSchema(traceFile))].sort()).toEqual([...described].sort());
});

/** The names of all members of a JSON Schema's objects. */
function membersOf(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null) return new Set();
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return new Set([...own, ...Object.entries(schema).flatMap(([, value]) => [...membersOf(value)])]);
}

test('no export holds a secret, a signature, or what a token says in confidence', async () => {
  const { trace, secrets } = await recorded();
  const exports = [traceAsHar(trace, '0.1.0'), traceAsFile(trace, '0.1.0', 0)].map((one) =>
    JSON.stringify(one),
  );
  for (const text of exports) {
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain('•••');
    expect(text).toContain('https://as.example');
  }
});

test('the name of a file says what it is and when it began, nothing about where', () => {
  const trace: Trace = {
    id: 'trace-1',
    kind: 'sign-in',
    title: '../../etc/passwd',
    serverId: null,
    accountId: null,
    startedAt: 1_795_000_000_000,
    endedAt: null,
    outcome: 'running',
    problem: null,
    steps: [],
  };
  expect(traceFileName(trace, 'har')).toBe('gatehouse-sign-in-2026-11-18T11-06-40.har');
  expect(traceAsFile(trace, '0.1.0', 0).trace.endedAt).toBeNull();
  expect(harValidator.validate(traceAsHar(trace, '0.1.0')).errors).toEqual([]);
});
