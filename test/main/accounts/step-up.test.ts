import { expect, test } from 'vitest';
import {
  ASKED_PER_HOUR,
  afterAsking,
  afterDeclining,
  afterGranting,
  decideStepUp,
} from '../../../src/main/accounts/step-up.ts';
import type { StepUpMemory } from '../../../src/shared/domain/account.ts';
import { follow, sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { accountEntry } from '../../support/entries.ts';
import { until } from '../../support/time.ts';

const HOUR_MS = 3_600_000;
const now = 10 * HOUR_MS;
const account = (stepUps?: StepUpMemory) => accountEntry({ ...(stepUps && { stepUps }) });

test('the person is asked, and told only what is new', () => {
  expect(decideStepUp(account(), ['user', 'admin'], now)).toEqual({ kind: 'ask', newScopes: ['admin'] });
});

test('asked as often as the limit allows within an hour, then not before the first is an hour ago', () => {
  let memory: StepUpMemory | undefined;
  for (let time = 0; time < ASKED_PER_HOUR; time += 1) {
    expect(decideStepUp(account(memory), ['admin'], now + time).kind).toBe('ask');
    memory = afterAsking(memory, now + time);
  }
  expect(decideStepUp(account(memory), ['admin'], now + 10)).toEqual({
    kind: 'too-often',
    until: now + HOUR_MS,
  });
  expect(decideStepUp(account(memory), ['admin'], now + HOUR_MS - 1).kind).toBe('too-often');
  expect(decideStepUp(account(memory), ['admin'], now + HOUR_MS).kind).toBe('ask');
});

test('a clock that was set back does not silence a server for longer than an hour', () => {
  const memory = { askedAt: [now, now, now], declined: [] };
  expect(decideStepUp(account(memory), ['admin'], now - 5 * HOUR_MS).kind).toBe('ask');
});

test('a scope the person declined is not asked for again, whatever comes with it', () => {
  const memory = afterDeclining(undefined, ['admin'], now);
  expect(decideStepUp(account(memory), ['admin', 'other'], now)).toEqual({
    kind: 'declined',
    scopes: ['admin'],
  });
  expect(decideStepUp(account(memory), ['other'], now).kind).toBe('ask');
});

test('what was granted after all is declined no longer', () => {
  const memory = afterDeclining(undefined, ['admin', 'other'], now);
  expect(afterGranting(memory, ['admin'])?.declined).toEqual([{ scope: 'other', at: now }]);
  expect(afterGranting(undefined, ['admin'])).toBeUndefined();
});

/** One account, and a tool that wants more than it was granted. The browser consents `consents` times, then waits. */
async function stage(consents = Number.POSITIVE_INFINITY) {
  const sandbox = await sandboxForTest();
  const app: TestCore = await startCore({
    sandbox,
    browser: async (url) => {
      if (app.visits.length <= consents) void follow(url, app.open);
    },
  });
  const { server, account } = await app.signedIn();
  const call = async () => {
    const options = { callId: 'call', name: 'admin_report', arguments: {} };
    const outcome = await app.core.calls.call(app.core.connection(server.id, account.id), options);
    return app.core.stepUps.offer(account.id, 'admin_report', outcome);
  };
  const history = async () => (await app.core.history.of(account.id)).map(({ kind }) => kind);
  return { sandbox, app, server, account, call, history };
}

test('a call that needs more asks, says what is new and which call wanted it', async () => {
  const { app, account, call } = await stage();
  expect(await call()).toEqual({ kind: 'more-scope', wantedScopes: ['mcp:admin'], newScopes: ['mcp:admin'] });
  expect(app.core.accounts.require(account.id).state).toMatchObject({
    kind: 'insufficient',
    wantedScopes: ['mcp:admin'],
    wantedBy: 'admin_report',
  });
});

test('granted, the call works; the history tells all of it', async () => {
  const { app, server, account, call, history } = await stage();
  await call();
  app.time.sleepThrough(1_000);
  await app.signIn(server, app.core.accounts.require(account.id), ['mcp:admin']);
  expect(await call()).toMatchObject({ kind: 'result', isError: false });
  expect(await history()).toEqual(['asked', 'granted', 'more-wanted', 'stepped-up', 'granted']);
});

test('a server that asks again and again is stopped', async () => {
  const { app, call } = await stage();
  for (let time = 0; time < ASKED_PER_HOUR; time += 1) expect((await call()).kind).toBe('more-scope');
  expect(await call()).toMatchObject({ kind: 'problem', problem: { code: 'step-up-limit' } });
  app.time.sleepThrough(HOUR_MS);
  expect((await call()).kind).toBe('more-scope');
});

test('declined is remembered, over a restart too, and a later grant ends it', async () => {
  const { sandbox, app, server, account, call, history } = await stage();
  await call();
  await app.core.stepUps.decline(account.id, ['mcp:admin']);
  expect(await call()).toMatchObject({
    kind: 'problem',
    problem: { code: 'scope-declined', params: { tool: 'admin_report', scopes: 'mcp:admin' } },
  });
  expect(await history()).toContain('declined');
  await app.core.stop();
  const again = await startCore({ sandbox, folder: app.folder, time: app.time });
  expect(again.core.accounts.require(account.id).stepUps?.declined).toMatchObject([{ scope: 'mcp:admin' }]);
  const { status } = await again.signIn(server, again.core.accounts.require(account.id), ['mcp:admin']);
  expect(status.kind).toBe('succeeded');
  expect(again.core.accounts.require(account.id).stepUps?.declined).toEqual([]);
});

test('consent denied at the issuer is a no to those scopes, and the account works as before', async () => {
  const { app, server, account, call } = await stage(1);
  await call();
  const begun = app.core.signIn({
    serverId: server.id,
    accountId: account.id,
    confirmed: true,
    extraScopes: ['mcp:admin'],
  });
  await until(() => app.visits.length === 2);
  const state = app.visits[1]?.searchParams.get('state');
  const issuer = encodeURIComponent(account.issuer);
  app.open(`app.gatehouse.desktop:/oauth/callback?error=access_denied&state=${state}&iss=${issuer}`);
  expect((await app.core.desk.ended(begun.id))?.status).toMatchObject({
    kind: 'failed',
    problem: { code: 'consent-denied' },
  });
  expect((await call()).kind).toBe('problem');
  const connection = app.core.connection(server.id, account.id);
  expect(
    await app.core.calls.call(connection, { callId: 'two', name: 'whoami', arguments: {} }),
  ).toMatchObject({ kind: 'result', isError: false });
});
