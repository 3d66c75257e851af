import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHandlers } from '../../../src/main/ipc/handlers.ts';
import { createRouter, crossing, type Handlers } from '../../../src/main/ipc/router.ts';
import { callContracts } from '../../../src/shared/contract/index.ts';
import { failure } from '../../../src/shared/problems.ts';
import { startCore } from '../../support/core.ts';

/** A router whose handlers note that they were called; some are given. */
function routerWith(given: Partial<Handlers> = {}) {
  const called: string[] = [];
  const handlers = Object.fromEntries(
    Object.keys(callContracts).map((name) => [
      name,
      (input: never) => {
        called.push(name);
        return (given[name as keyof Handlers] as ((input: never) => unknown) | undefined)?.(input);
      },
    ]),
  );
  return { route: createRouter(handlers as unknown as Handlers), called };
}

const refused = { ok: false, problem: { code: 'internal' } };

const strangers: unknown[] = [
  'servers.delete-everything',
  '',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'servers.probe ',
  'SERVERS.PROBE',
  null,
  undefined,
  7,
  ['app.snapshot'],
  { toString: () => 'app.snapshot' },
  Symbol.iterator,
];

test('a name outside the contract is refused, whatever it is', async () => {
  const { route, called } = routerWith();
  for (const name of strangers) expect(await route(name, {})).toMatchObject(refused);
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.anything(), async (name, input) => {
      fc.pre(typeof name !== 'string' || !Object.hasOwn(callContracts, name));
      expect(await route(name, input)).toMatchObject(refused);
    }),
  );
  expect(called).toEqual([]);
});

const badInputs: readonly (readonly [string, unknown])[] = [
  ['servers.probe', undefined],
  ['servers.probe', null],
  ['servers.probe', 'https://mcp.example'],
  ['servers.probe', {}],
  ['servers.probe', { url: 7 }],
  ['servers.probe', { url: 'x'.repeat(8193) }],
  ['servers.add', { url: 'https://mcp.example', name: '   ' }],
  ['servers.add', { url: 'https://mcp.example', name: 'x'.repeat(201) }],
  ['servers.remove', { serverId: '../../etc/passwd' }],
  ['servers.remove', { serverId: 'UPPER' }],
  ['servers.set-enabled', { serverId: 'a', enabled: 'yes' }],
  ['servers.update-settings', { serverId: 'a', settings: { loopbackPort: 70_000 } }],
  ['servers.update-settings', { serverId: 'a', settings: { redirect: 'constructor' } }],
  ['sign-ins.begin', { serverId: 'a', accountId: undefined, confirmed: true }],
  ['sign-ins.begin', { serverId: 'a', accountId: null, confirmed: true, extraScopes: [''] }],
  ['tools.call', { serverId: 'a', accountId: null, callId: 'b', name: 'x', arguments: [] }],
  ['tools.call', { serverId: 'a', accountId: null, callId: 'b', name: 'x', arguments: null }],
  ['resources.read', { serverId: 'a', accountId: null, uri: '' }],
  ['resources.save', { serverId: 'a', accountId: null, uri: 'x:y', part: -1 }],
  ['resources.expand', { uriTemplate: 'a://{b}', values: { b: 7 } }],
  ['prompts.get', { serverId: 'a', accountId: null, name: 'x', arguments: { b: {} } }],
  ['prompts.copy', { text: 'x'.repeat(900_001) }],
  ['elicitations.answer', { elicitationId: 'a', answer: { action: 'perhaps' } }],
  ['elicitations.answer', { elicitationId: 'a', answer: { action: 'accept', content: { b: { c: 1 } } } }],
  ['catalog.search', { query: 'x'.repeat(501) }],
  ['logs.set-level', { serverId: 'a', level: 'shout' }],
  ['app.update-settings', { theme: 'pink' }],
  ['activity.get', { traceId: 'a/b' }],
];

test('an input its schema refuses never reaches the handler', async () => {
  const { route, called } = routerWith();
  for (const [name, input] of badInputs) {
    expect([name, await route(name, input)]).toMatchObject([name, refused]);
  }
  expect(called).toEqual([]);
});

test('no input at all, of any shape, makes the router throw', async () => {
  const { route } = routerWith();
  const name = fc.constantFrom(...Object.keys(callContracts));
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
      async (one, input) => {
        expect(await route(one, input)).toHaveProperty('ok');
      },
    ),
  );
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(await route('servers.probe', circle)).toMatchObject(refused);
});

test('an input larger than a megabyte is refused unread', async () => {
  const { route, called } = routerWith();
  const input = {
    serverId: 'a',
    accountId: null,
    callId: 'b',
    name: 'x',
    arguments: { x: 'x'.repeat(1_000_000) },
  };
  expect(await route('tools.call', input)).toMatchObject({
    ok: false,
    problem: { detail: 'input too large' },
  });
  expect(called).toEqual([]);
});

test('lists in one another are measured at the size they would have, without being written out', async () => {
  const { route, called } = routerWith();
  // Some hundred bytes on the channel, more text than a computer holds.
  let nested: unknown = 'x';
  for (let level = 0; level < 50; level++) nested = Array(10).fill(nested);
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [nested, circle, new Uint8Array(1_000_001), Array(1_000_001)]) {
    expect(
      await route('tools.call', {
        serverId: 'a',
        accountId: null,
        callId: 'b',
        name: 'x',
        arguments: { value },
      }),
    ).toMatchObject({ ok: false, problem: { detail: 'input too large' } });
  }
  expect(called).toEqual([]);
});

test('members of the input the contract does not name never reach the handler', async () => {
  let got: unknown;
  const { route } = routerWith({
    'servers.remove': async (input) => {
      got = input;
      return [];
    },
  });
  const input = JSON.parse('{"serverId":"a","__proto__":{"polluted":true},"more":1}');
  expect(await route('servers.remove', input)).toEqual({ ok: true, value: [] });
  expect(got).toEqual({ serverId: 'a' });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('members of the output the contract does not name never leave', async () => {
  const settings = { theme: 'dark', redirect: 'automatic', clientSecret: 'secret' };
  const { route } = routerWith({ 'app.update-settings': () => settings as never });
  const answer = await route('app.update-settings', {});
  expect(answer).toMatchObject({ ok: true, value: { theme: 'dark' } });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('an output that does not fit its contract is a problem, not an answer', async () => {
  const { route } = routerWith({ 'app.update-settings': () => ({ theme: 'a secret instead' }) as never });
  const answer = await route('app.update-settings', {});
  expect(answer).toMatchObject(refused);
  expect(JSON.stringify(answer)).not.toContain('a secret instead');
});

test('a handler that fails answers its problem; anything unforeseen is internal', async () => {
  const { route } = routerWith({
    'servers.remove': () => {
      throw failure('server-unknown');
    },
    'accounts.refresh': async () => {
      throw new TypeError('unforeseen');
    },
    'sign-ins.confirm': () => {
      throw 'not even an error';
    },
  });
  expect(await route('servers.remove', { serverId: 'a' })).toMatchObject({
    problem: { code: 'server-unknown' },
  });
  expect(await route('accounts.refresh', { accountId: 'a' })).toMatchObject(refused);
  expect(await route('sign-ins.confirm', { signInId: 'a' })).toMatchObject(refused);
});

test('what may be many thousands of values crosses the channel as text', async () => {
  const { route } = routerWith({
    'tools.get': () => ({ name: 'a', inputSchema: { deep: [1] } }),
    'resources.unsubscribe': () => undefined,
  });
  const channel = crossing(route);
  const at = { serverId: 'a', accountId: null };
  expect(await channel('tools.get', { ...at, name: 'a' })).toEqual({
    ok: true,
    text: '{"name":"a","inputSchema":{"deep":[1]}}',
  });
  expect(await channel('resources.unsubscribe', { ...at, uri: 'a:b' })).toEqual({ ok: true });
  for (const name of strangers) expect(await channel(name, {})).toMatchObject(refused);
});

test('what no longer exists is named by every call', async () => {
  const app = await startCore();
  const route = createRouter(
    createHandlers({
      core: app.core,
      views: app.views,
      clock: app.time,
      files: app.files,
      clipboard: { readText: async () => '', writeText: async () => undefined },
      app: { version: '0', runtime: 'test', platform: 'test', systemLanguage: 'en' },
      notices: [],
    }),
  );
  const codeOf = async (name: string, input: unknown) => {
    const answer = await route(name, input);
    return answer.ok
      ? (answer.value as { problem?: { code: string } } | undefined)?.problem?.code
      : answer.problem.code;
  };
  const at = { serverId: 'gone', accountId: null };
  for (const [name, input] of [
    ['servers.rename', { serverId: 'gone', name: 'x' }],
    ['servers.remove', { serverId: 'gone' }],
    ['servers.set-enabled', { serverId: 'gone', enabled: true }],
    ['servers.update-settings', { serverId: 'gone', settings: {} }],
    ['servers.secrets', { serverId: 'gone' }],
    ['servers.make-client-key', { serverId: 'gone', algorithm: 'ES256' }],
    ['servers.copy-client-key', { serverId: 'gone' }],
    ['servers.set-default-account', { serverId: 'gone', accountId: 'gone' }],
    ['servers.reconnect', at],
    ['sign-ins.begin', { ...at, confirmed: true }],
    ['tools.list', at],
    ['tools.get', { ...at, name: 'x' }],
    ['resources.list', at],
    ['resources.read', { ...at, uri: 'x:y' }],
    ['resources.save', { ...at, uri: 'x:y', part: 0 }],
    ['resources.subscribe', { ...at, uri: 'x:y' }],
    ['resources.unsubscribe', { ...at, uri: 'x:y' }],
    ['prompts.list', at],
    ['prompts.get', { ...at, name: 'x', arguments: {} }],
    [
      'catalog.complete',
      { ...at, of: { kind: 'prompt', name: 'x' }, argument: { name: 'a', value: '' }, others: {} },
    ],
    ['logs.get', { serverId: 'gone' }],
    ['logs.set-level', { serverId: 'gone', level: 'info' }],
    ['logs.clear', { serverId: 'gone' }],
    ['tools.call', { ...at, callId: 'a', name: 'x', arguments: {} }],
  ] as const) {
    expect([name, await codeOf(name, input)]).toEqual([name, 'server-unknown']);
  }
  for (const [name, input] of [
    ['accounts.refresh', { accountId: 'gone' }],
    ['accounts.rename', { accountId: 'gone', label: 'x' }],
    ['accounts.sign-out', { accountId: 'gone' }],
  ] as const) {
    expect([name, await codeOf(name, input)]).toEqual([name, 'account-unknown']);
  }
  for (const [name, input] of [
    ['elicitations.answer', { elicitationId: 'gone', answer: { action: 'cancel' } }],
    ['elicitations.open', { elicitationId: 'gone' }],
  ] as const) {
    expect([name, await codeOf(name, input)]).toEqual([name, 'question-gone']);
  }
  for (const name of ['confirm', 'open-again', 'copy-link', 'cancel', 'dismiss']) {
    expect(await route(`sign-ins.${name}`, { signInId: 'gone' })).toEqual({ ok: true, value: undefined });
  }
});
