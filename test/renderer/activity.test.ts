import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressParts, bodyParts } from '../../src/renderer/features/activity/message-parts.ts';
import { specificationAddresses } from '../../src/renderer/features/activity/specification.ts';
import {
  compareTraces,
  type Difference,
  differingParts,
  differs,
} from '../../src/renderer/features/activity/trace-diff.ts';
import { comparable, counterpart, defaultPair } from '../../src/renderer/features/activity/trace-pairs.ts';
import { timingOf } from '../../src/renderer/features/activity/trace-timing.ts';
import type { Trace, TraceStep, TraceSummary, TraceToken } from '../../src/shared/domain/trace.ts';
import { makeProblem } from '../../src/shared/problems.ts';

function aStep(over: Partial<TraceStep> = {}): TraceStep {
  return {
    at: 0,
    durationMs: null,
    from: 'gatehouse',
    to: 'gatehouse',
    title: 'A decision',
    rule: null,
    request: null,
    response: null,
    notes: [],
    tokens: [],
    problem: null,
    ...over,
  };
}
const asked = (title: string, url: string, over: Partial<TraceStep> = {}): TraceStep =>
  aStep({
    title,
    to: 'issuer',
    durationMs: 10,
    request: { method: 'POST', url, headers: {}, body: null },
    response: { status: 200, headers: {}, body: null },
    ...over,
  });
const aSummary = (id: string, over: Partial<TraceSummary> = {}): TraceSummary => ({
  id,
  kind: 'sign-in',
  title: 'Sign in',
  serverId: 'linear',
  accountId: null,
  startedAt: 0,
  endedAt: 1,
  outcome: 'succeeded',
  problem: null,
  ...over,
});
const aTrace = (steps: TraceStep[], over: Partial<TraceSummary> = {}): Trace => ({
  ...aSummary('one', over),
  steps,
});

describe('where the time of a trace went', () => {
  const timing = timingOf(
    aTrace(
      [
        asked('Discover', 'https://as.example/x', { at: 1300, durationMs: 300, to: 'server' }),
        asked('Register', 'https://as.example/y', { at: 1500, durationMs: 200 }),
        aStep({ at: 1600, to: 'browser', title: 'Opened' }),
        aStep({ at: 9600, from: 'browser', title: 'Came back' }),
        asked('Exchange', 'https://as.example/z', { at: 10_000, durationMs: 400 }),
      ],
      { startedAt: 1000, endedAt: 11_000 },
    ),
  );

  test('a request began its duration before it was recorded; the browser was waited for since the step before', () => {
    expect(timing.steps).toEqual([
      { start: 0, end: 300, kind: 'request' },
      { start: 300, end: 500, kind: 'request' },
      { start: 600, end: 600, kind: 'moment' },
      { start: 600, end: 8600, kind: 'browser' },
      { start: 8600, end: 9000, kind: 'request' },
    ]);
    expect(timing.total).toBe(10_000);
  });

  test('the waits add up by party, the longest first', () => {
    expect(timing.waited).toEqual([
      ['browser', 8000],
      ['issuer', 600],
      ['server', 300],
    ]);
  });

  test('whatever clocks say, nothing begins before its trace, ends before it began, or lasts beyond the whole', () => {
    const step = fc.record({
      at: fc.nat(20_000),
      durationMs: fc.option(fc.integer({ min: -50, max: 30_000 })),
    });
    fc.assert(
      fc.property(fc.array(step), fc.nat(20_000), fc.option(fc.nat(20_000)), (steps, startedAt, endedAt) => {
        const found = timingOf(
          aTrace(
            steps.map((one) => aStep(one)),
            { startedAt, endedAt },
          ),
        );
        expect(found.total).toBeGreaterThanOrEqual(1);
        for (const { start, end } of found.steps) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(found.total).toBeGreaterThanOrEqual(end);
        }
      }),
    );
  });
});

describe('two traces side by side', () => {
  const shapes = (first: TraceStep[], second: TraceStep[]) =>
    compareTraces(aTrace(first), aTrace(second)).map((pair) => [
      pair.first?.number ?? null,
      pair.second?.number ?? null,
      differs(pair),
    ]);
  const found = (first: Partial<TraceStep>, second: Partial<TraceStep>): readonly Difference[] =>
    compareTraces(
      aTrace([asked('Token request', 'https://as.example/token', first)]),
      aTrace([asked('Token request', 'https://as.example/token', second)]),
    )[0]?.differences ?? [];

  test('equal steps meet and differ in nothing, whatever time they took', () => {
    const steps = [
      asked('Read metadata', 'https://as.example/a'),
      aStep(),
      asked('Exchange', 'https://as.example/t'),
    ];
    const later = steps.map((step) => ({ ...step, at: step.at + 777, durationMs: step.durationMs && 99 }));
    expect(shapes(steps, later)).toEqual([
      [1, 1, false],
      [2, 2, false],
      [3, 3, false],
    ]);
  });

  test('a step more on one side stands alone, and what follows still meets', () => {
    const [metadata, registration, token] = [
      asked('Read metadata', 'https://as.example/a'),
      asked('Register', 'https://as.example/register'),
      asked('Exchange', 'https://as.example/token'),
    ];
    expect(shapes([metadata, token], [metadata, registration, token])).toEqual([
      [1, 1, false],
      [null, 2, true],
      [2, 3, false],
    ]);
    expect(shapes([metadata, registration, token], [token])).toEqual([
      [1, null, true],
      [2, null, true],
      [3, 1, false],
    ]);
    expect(shapes([], [token])).toEqual([[null, 1, true]]);
    expect(shapes([], [])).toEqual([]);
  });

  test('the same step at another issuer is the same step', () => {
    const at = (host: string) => [
      aStep({ to: 'browser', title: `Opened https://${host}/authorize in the system browser` }),
      asked('Exchange', `https://${host}/token`),
    ];
    const pairs = compareTraces(aTrace(at('old.example')), aTrace(at('new.example')));
    expect(pairs.map(({ first, second }) => [first?.number, second?.number])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(pairs[1]?.differences).toMatchObject([
      { part: 'requestAddress', first: 'https://old.example/token', second: 'https://new.example/token' },
    ]);
  });

  test('what one asked for and the other did not is named, the problem first', () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = (body: string, url = 'https://as.example/token?resource=a') => ({
      method: 'POST',
      url,
      headers: form,
      body,
    });
    expect(
      found(
        {
          request: request(
            'grant_type=authorization_code&code=•••',
            'https://as.example/token?resource=a&resource=b',
          ),
          response: { status: 400, headers: { 'X-Reason': 'no' }, body: '{"error":"invalid_target"}' },
          rule: { text: 'The verifier is sent', reference: 'RFC 7636 §4.5' },
          problem: makeProblem('token-refused', {}, 'invalid_target'),
        },
        {
          request: request('grant_type=authorization_code&code=•••&resource=x'),
          response: { status: 200, headers: {}, body: '{"scope":["a","b"],"deep":{"er":{"x":null}}}' },
          notes: ['The scope was a list.'],
        },
      ).map(({ part, name, first, second }) => [part, name, first, second]),
    ).toEqual([
      ['problem', '', 'token-refused: invalid_target', null],
      ['responseStatus', '', '400', '200'],
      ['rule', '', 'The verifier is sent (RFC 7636 §4.5)', null],
      ['notes', '', null, 'The scope was a list.'],
      ['requestParameter', 'resource', 'a, b', 'a'],
      ['requestBody', 'resource', null, 'x'],
      ['responseBody', 'error', 'invalid_target', null],
      ['responseBody', 'scope', null, 'a, b'],
      ['responseBody', 'deep.er.x', null, 'null'],
      ['responseHeader', 'x-reason', 'no', null],
    ]);
  });

  test('what differs each time is set apart: times, identifiers, ports of loopback addresses', () => {
    const one = (port: number, date: string, jti: string): Partial<TraceStep> => ({
      request: {
        method: 'GET',
        url: `https://as.example/authorize?redirect_uri=${encodeURIComponent(`http://127.0.0.1:${port}/callback`)}&code_challenge=${jti}`,
        headers: {},
        body: null,
      },
      response: { status: 200, headers: { Date: date, 'x-request-id': jti }, body: `{"expires_in":${port}}` },
      tokens: [aToken({ claims: { jti, exp: port, aud: 'same' } })],
    });
    const differences = found(one(1000, 'today', 'a'), one(2000, 'tomorrow', 'b'));
    expect(differences.length).toBe(7);
    expect(differences.filter(({ volatile }) => !volatile)).toEqual([]);
    const [pair] = compareTraces(
      aTrace([asked('T', 'https://x.example/', one(1, 'a', 'a'))]),
      aTrace([asked('T', 'https://x.example/', one(2, 'b', 'b'))]),
    );
    expect(pair && differs(pair)).toBe(false);
    // What is missing on one side is news.
    const [gone] = found(one(1, 'a', 'a'), {
      ...one(1, 'a', 'a'),
      response: { status: 200, headers: {}, body: '{}' },
    });
    expect(gone).toMatchObject({ part: 'responseBody', name: 'expires_in', second: null, volatile: false });
  });

  const aToken = (over: Partial<TraceToken> = {}): TraceToken => ({
    side: 'response',
    place: 'access_token',
    kind: 'signed',
    header: { alg: 'ES256' },
    claims: { aud: 'https://mcp.example/mcp' },
    withheld: [],
    ...over,
  });

  test('tokens are compared claim by claim; of one that is on one side only, that alone is said', () => {
    const other = aToken({
      header: { alg: 'RS256' },
      claims: { aud: 'https://mcp.example' },
      withheld: ['email'],
    });
    expect(found({ tokens: [aToken()] }, { tokens: [other] })).toMatchObject([
      { part: 'responseToken', name: 'access_token, alg (header)', first: 'ES256', second: 'RS256' },
      { name: 'access_token, aud', first: 'https://mcp.example/mcp', second: 'https://mcp.example' },
      { name: 'access_token, email', first: null, second: '•••' },
    ]);
    expect(found({ tokens: [] }, { tokens: [aToken()] })).toMatchObject([
      { part: 'responseToken', name: 'access_token', first: null, second: 'signed' },
    ]);
  });

  test('every step of both is there once and in order, whatever the traces; a trace is equal to itself', () => {
    const step = fc.record({
      title: fc.constantFrom('a', 'b', 'c'),
      to: fc.constantFrom('gatehouse' as const, 'server' as const, 'issuer' as const),
    });
    const steps = fc.array(step, { maxLength: 12 }).map((all) => all.map((one) => aStep(one)));
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const pairs = compareTraces(aTrace(first), aTrace(second));
        const numbers = (side: 'first' | 'second') => pairs.flatMap((pair) => pair[side]?.number ?? []);
        expect(numbers('first')).toEqual(first.map((_, index) => index + 1));
        expect(numbers('second')).toEqual(second.map((_, index) => index + 1));
        expect(compareTraces(aTrace(first), aTrace(first)).filter(differs)).toEqual([]);
      }),
    );
  });

  test('three hundred steps against three hundred are no work worth speaking of', () => {
    const many = (offset: number) =>
      Array.from({ length: 300 }, (_, index) =>
        asked(`Step ${index % 7}`, `https://as.example/${index + offset}`),
      );
    expect(compareTraces(aTrace(many(0)), aTrace(many(3))).length).toBeGreaterThanOrEqual(300);
  });

  test('what differs inside two texts is found, however they overlap', () => {
    expect(differingParts('scope=a b', 'scope=a c b')).toEqual({ before: 8, after: 1 });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (head, one, other, tail) => {
        const [first, second] = [head + one + tail, head + other + tail];
        const { before, after } = differingParts(first, second);
        expect(before + after).toBeLessThanOrEqual(Math.min(first.length, second.length));
        expect(first.slice(0, before)).toBe(second.slice(0, before));
        expect(first.slice(first.length - after)).toBe(second.slice(second.length - after));
      }),
    );
  });
});

describe('which attempts to compare', () => {
  const all = [
    aSummary('other-server', { serverId: 'github', startedAt: 900, outcome: 'failed' }),
    aSummary('connection', { kind: 'connection', startedAt: 800, outcome: 'failed' }),
    aSummary('failed', { startedAt: 700, outcome: 'failed' }),
    aSummary('good', { startedAt: 600 }),
    aSummary('older-failed', { startedAt: 500, outcome: 'failed' }),
    aSummary('older-good', { startedAt: 400 }),
  ];
  const named = (id: string) => all.find((one) => one.id === id) as TraceSummary;

  test('the last failed one with the last good one, a sign-in before anything else', () => {
    expect(defaultPair(all.filter(({ serverId }) => serverId === 'linear'))?.map(({ id }) => id)).toEqual([
      'failed',
      'good',
    ]);
    expect(defaultPair([named('good')])).toBeNull();
    expect(defaultPair([])).toBeNull();
    expect(defaultPair([named('older-good'), named('good')])?.map(({ id }) => id)).toEqual([
      'good',
      'older-good',
    ]);
  });

  test('from one attempt, the last of its kind that ended the other way', () => {
    expect(counterpart(all, named('older-failed'))?.id).toBe('good');
    expect(counterpart(all, named('older-good'))?.id).toBe('failed');
    expect(counterpart(all, named('connection'))?.id).toBe('failed');
    expect(counterpart(all, named('other-server'))).toBeNull();
  });

  test('only attempts at the same server, its own kind first', () => {
    expect(comparable(all, named('good')).map(({ id }) => id)).toEqual([
      'failed',
      'older-failed',
      'older-good',
      'connection',
    ]);
  });
});

describe('what a message is made of', () => {
  test('an address with its parameters decoded; a fragment is none', () => {
    expect(addressParts('https://as.example/a?scope=mcp%3Atools+x&state=•••#top')).toEqual({
      base: 'https://as.example/a',
      parameters: [
        ['scope', 'mcp:tools x'],
        ['state', '•••'],
      ],
    });
    expect(addressParts('app.gatehouse.desktop:/oauth/callback')).toEqual({
      base: 'app.gatehouse.desktop:/oauth/callback',
      parameters: [],
    });
  });

  test('a body is JSON, a form by its content type, or text', () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' };
    expect(bodyParts('{"a":1}', {})).toMatchObject({ kind: 'json', text: '{\n  "a": 1\n}' });
    expect(bodyParts('a=1&a=2', form)).toEqual({
      kind: 'form',
      parameters: [
        ['a', '1'],
        ['a', '2'],
      ],
    });
    for (const body of ['{"cut":"off', 'plain', `[${'1,'.repeat(60_000)}1]`, '['.repeat(50_000)])
      expect(bodyParts(body, {})).toEqual({ kind: 'text', text: body });
  });

  test('the address of a rule is made of numbers alone', () => {
    expect(specificationAddresses('RFC 7636 §4.3, RFC 8707 §2, RFC 9728')).toEqual([
      'rfc-editor.org/rfc/rfc7636#section-4.3',
      'rfc-editor.org/rfc/rfc8707#section-2',
      'rfc-editor.org/rfc/rfc9728',
    ]);
    expect(specificationAddresses('MCP 2026-07-28, Authorization')).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const address of specificationAddresses(`RFC ${text} javascript:${text}`))
          expect(address).toMatch(/^rfc-editor\.org\/rfc\/rfc\d+(#section-[\d.]+)?$/);
      }),
    );
  });
});
