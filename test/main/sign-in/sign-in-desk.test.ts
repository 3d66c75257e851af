import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BROWSER_DEADLINE_MS } from '../../../src/main/sign-in/sign-in-attempt.ts';
import type { Server } from '../../../src/shared/domain/server.ts';
import type { SignInView } from '../../../src/shared/domain/sign-in.ts';
import { followRedirects } from '../../drive/follow-browser.ts';
import { FormBrowser } from '../../sandbox/scripted-client.ts';
import {
  callbackOf,
  problemCodeOf,
  sandboxForTest,
  startCore,
  type TestCore,
  type TestCoreOptions,
} from '../../support/core.ts';
import { filesBelow } from '../../support/folder.ts';
import { quietly, until } from '../../support/time.ts';

/** A sign-in whose browser is out, and nobody has answered yet. */
async function waiting(options: TestCoreOptions = {}) {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, browser: 'hold', ...options });
  const server = await app.addServer();
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => app.visits.length === 1);
  return { sandbox, app, server, begun, ended: () => endOf(app, begun) };
}

async function endOf(app: TestCore, { id }: SignInView) {
  return (await app.core.desk.ended(id))?.status;
}

async function vaultFiles(app: TestCore): Promise<string[]> {
  return [...(await filesBelow(app.folder)).keys()].filter((path) => path.startsWith('vault/'));
}

test('a sign-in by custom scheme goes through every step to a connected account', async () => {
  const { app, sandbox, begun, ended } = await waiting();
  const url = app.visits[0];
  expect(url?.searchParams.get('redirect_uri')).toBe('app.gatehouse.desktop:/oauth/callback');
  expect(url?.searchParams.get('code_challenge_method')).toBe('S256');
  expect(url?.searchParams.get('resource')).toBe(sandbox.mcpUrl);
  expect(app.open(await callbackOf(url))).toBe(true);
  const status = await ended();
  expect(status?.kind).toBe('succeeded');
  const steps = app.payloads('sign-in.changed').map(({ step, status: { kind } }) => `${step} ${kind}`);
  expect(steps).toEqual([
    'discover working',
    'register working',
    'browser waiting-for-browser',
    'token working',
    'connect working',
    'connect succeeded',
  ]);
  expect(app.core.supervisor.views()).toMatchObject([{ status: 'connected', serverName: 'Sandbox Notes' }]);
  expect(app.core.accounts.all()).toMatchObject([{ state: { kind: 'live' }, issuer: sandbox.issuerUrl }]);
  expect(app.core.traces.get(begun.traceId)).toMatchObject({ outcome: 'succeeded' });
  expect(app.core.desk.strayCallbacks).toBe(0);
});

test('a sign-in by loopback comes back to its own listener, which is closed afterwards', async () => {
  const { app, ended } = await waiting({ browser: 'follow', ownsScheme: false });
  const redirectUri = new URL(app.visits[0]?.searchParams.get('redirect_uri') ?? '');
  expect(redirectUri.hostname).toBe('127.0.0.1');
  expect(await ended()).toMatchObject({ kind: 'succeeded' });
  await expect(fetch(redirectUri)).rejects.toThrow();
});

test('consent denied ends by name and stores nothing but the registration', async () => {
  const sandbox = await sandboxForTest({ consent: 'click' });
  const app = await startCore({ sandbox, browser: 'hold' });
  const server = await app.addServer();
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => app.visits.length === 1);
  const callback = await new FormBrowser().signIn(app.visits[0] ?? '', 'alice', 'deny');
  expect(callback.searchParams.get('error')).toBe('access_denied');
  app.open(callback.href);
  expect(await endOf(app, begun)).toMatchObject({ kind: 'failed', problem: { code: 'consent-denied' } });
  expect(app.core.accounts.all()).toEqual([]);
  expect(app.wire.tokenRequests()).toEqual([]);
  expect(app.views.server(server).consent).toBe('denied');
  // A new wish takes the denial back.
  const again = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => app.visits.length === 2);
  app.open((await new FormBrowser().signIn(app.visits[1] ?? '')).href);
  expect(await endOf(app, again)).toMatchObject({ kind: 'succeeded' });
  expect(app.views.server(server).consent).toBe('granted');
});

const held = [
  ['discover', '/mcp'],
  ['discover', '/.well-known/oauth-protected-resource/mcp'],
  ['discover', '/.well-known/oauth-authorization-server'],
  ['register', '/register'],
  ['token', '/token'],
] as const;

for (const [step, path] of held) {
  test(`cancelled at the step ${step}, while ${path} is asked, it ends at once and leaves nothing`, async () => {
    const sandbox = await sandboxForTest();
    const app = await startCore({ sandbox });
    const server = await app.addServer();
    let asked = false;
    app.wire.intercept = ({ url }) => {
      if (url.pathname !== path) return undefined;
      asked = true;
      return new Promise<undefined>(() => undefined);
    };
    const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
    await until(() => asked);
    expect(app.core.desk.views()).toMatchObject([{ step, status: { kind: 'working' } }]);
    app.core.desk.cancel(begun.id);
    expect(await endOf(app, begun)).toEqual({ kind: 'cancelled' });
    expect(app.core.accounts.all()).toEqual([]);
    expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
    app.wire.intercept = () => undefined;
    expect((await app.signIn(server)).status.kind).toBe('succeeded');
  });
}

test('cancelled before the person confirmed, no browser opens and nobody is registered', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const server = await app.addServer();
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: false, extraScopes: [] });
  await until(() => app.core.desk.views()[0]?.status.kind === 'awaiting-confirmation');
  const [view] = app.core.desk.views();
  expect(view?.preview).toMatchObject({
    issuer: sandbox.issuerUrl,
    scopes: ['mcp:tools', 'offline_access'],
    registration: 'dynamic',
    redirect: 'custom-scheme',
    storage: { kind: 'environment-key' },
  });
  app.core.desk.cancel(begun.id);
  expect(await endOf(app, begun)).toEqual({ kind: 'cancelled' });
  app.core.desk.confirm(begun.id);
  await quietly();
  expect(app.visits).toEqual([]);
  expect(sandbox.count({ path: '/register' })).toBe(0);
});

test('cancelled while the new registration is stored, no browser opens', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const server = await app.addServer();
  app.core.registrations.listen(() => app.core.desk.cancel(begun.id));
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  expect(await endOf(app, begun)).toEqual({ kind: 'cancelled' });
  expect(app.visits).toEqual([]);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
});

test('cancelled while the browser is out, its answer starts nothing', async () => {
  const { app, begun, ended } = await waiting();
  app.core.desk.cancel(begun.id);
  expect(await ended()).toEqual({ kind: 'cancelled' });
  expect(app.open(await callbackOf(app.visits[0]))).toBe(false);
  expect(app.core.desk.strayCallbacks).toBe(1);
  expect(app.wire.tokenRequests()).toEqual([]);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
});

test('cancelled while the new account connects, the wait ends and the account stays', async () => {
  const { app, begun, ended } = await waiting();
  let connecting = false;
  app.wire.intercept = ({ url }) => {
    if (url.pathname !== '/mcp') return undefined;
    connecting = true;
    return new Promise<undefined>(() => undefined);
  };
  app.open(await callbackOf(app.visits[0]));
  await until(() => connecting);
  app.core.desk.cancel(begun.id);
  expect(await ended()).toEqual({ kind: 'cancelled' });
  expect(app.core.accounts.all()).toHaveLength(1);
});

test('a server that fails after the consent leaves the account and names its problem', async () => {
  const { app, ended } = await waiting();
  app.wire.intercept = ({ url }) =>
    url.pathname === '/mcp' ? new Response('broken', { status: 500 }) : undefined;
  app.open(await callbackOf(app.visits[0]));
  expect(await ended()).toMatchObject({ kind: 'failed', problem: { code: 'server-error' } });
  expect(app.core.accounts.all()).toHaveLength(1);
  expect(app.core.desk.views()).toMatchObject([{ step: 'connect' }]);
});

test('two sign-ins at once each get their own answer, in whatever order they come', async () => {
  const [one, two] = [await sandboxForTest(), await sandboxForTest()];
  const app = await startCore({ browser: 'hold' });
  const servers = [await app.addServer({ url: one.mcpUrl }), await app.addServer({ url: two.mcpUrl })];
  const begun = servers.map(({ id }) =>
    app.core.signIn({ serverId: id, accountId: null, confirmed: true, extraScopes: [] }),
  );
  await until(() => app.visits.length === 2);
  for (const visit of [...app.visits].reverse()) expect(app.open(await callbackOf(visit))).toBe(true);
  const ended = await Promise.all(begun.map((view) => endOf(app, view)));
  expect(ended.map((status) => status?.kind)).toEqual(['succeeded', 'succeeded']);
  const issuers = servers.map(({ id }) => app.core.accounts.ofServer(id).map(({ issuer }) => issuer));
  expect(issuers).toEqual([[one.issuerUrl], [two.issuerUrl]]);
});

test('two sign-ins at once at one issuer share one registration', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, browser: 'hold' });
  const server = await app.addServer();
  // The same server a second time, past the check for doubles.
  const second = { ...server, id: 'second' };
  await app.core.servers.put(second);
  for (const { id } of [server, second]) {
    app.core.signIn({ serverId: id, accountId: null, confirmed: true, extraScopes: [] });
  }
  await until(() => app.visits.length === 2);
  expect(sandbox.count({ path: '/register' })).toBe(1);
  expect(app.core.registrations.all()).toHaveLength(1);
});

test('a second sign-in for the same account replaces the first', async () => {
  const { app, server, begun, ended } = await waiting();
  const second = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  expect(await ended()).toEqual({ kind: 'cancelled' });
  await until(() => app.visits.length === 2);
  expect(app.open(await callbackOf(app.visits[0]))).toBe(false);
  expect(app.open(await callbackOf(app.visits[1]))).toBe(true);
  expect(await endOf(app, second)).toMatchObject({ kind: 'succeeded' });
  expect(begun.id).not.toBe(second.id);
});

const strays: readonly (readonly [string, (link: URL) => void])[] = [
  ['a foreign state', (link) => link.searchParams.set('state', 'somebody-else')],
  ['no state', (link) => link.searchParams.delete('state')],
  ['an empty state', (link) => link.searchParams.set('state', '')],
  ['two states', (link) => link.searchParams.append('state', 'another')],
];

for (const [what, change] of strays) {
  test(`a callback with ${what} starts nothing, is counted, and the sign-in goes on waiting`, async () => {
    const { app, ended } = await waiting();
    const link = await callbackOf(app.visits[0]);
    const changed = new URL(link);
    change(changed);
    expect(app.open(changed.href)).toBe(false);
    await quietly();
    expect(app.core.desk.strayCallbacks).toBe(1);
    expect(app.payloads('notice')).toMatchObject([{ code: 'callback-unknown' }]);
    expect(app.wire.tokenRequests()).toEqual([]);
    expect(app.core.desk.views()).toMatchObject([{ status: { kind: 'waiting-for-browser' } }]);
    expect(app.open(link)).toBe(true);
    expect(await ended()).toMatchObject({ kind: 'succeeded' });
  });
}

test('a flood of stray callbacks is counted, but told only now and then', async () => {
  const app = await startCore();
  for (let number = 0; number < 1000; number += 1) {
    app.open(`app.gatehouse.desktop:/oauth/callback?code=c&state=${number}`);
  }
  expect(app.core.desk.strayCallbacks).toBe(1000);
  expect(app.payloads('notice')).toHaveLength(1);
  expect(app.core.traces.list(null)).toHaveLength(1);
  app.time.sleepThrough(10_000);
  app.open('app.gatehouse.desktop:/oauth/callback?code=c&state=late');
  expect(app.payloads('notice')).toHaveLength(2);
});

test('a callback that comes twice counts once', async () => {
  const { app, ended } = await waiting();
  const link = await callbackOf(app.visits[0]);
  expect(app.open(link)).toBe(true);
  expect(app.open(link)).toBe(false);
  expect(await ended()).toMatchObject({ kind: 'succeeded' });
  expect(app.open(link)).toBe(false);
  expect(app.wire.tokenRequests('authorization_code')).toHaveLength(1);
  expect(app.core.desk.strayCallbacks).toBe(2);
});

const repeated = ['code', 'iss', 'error'];
for (const name of repeated) {
  test(`a callback with a repeated ${name} ends the sign-in without a token request`, async () => {
    const { app, ended } = await waiting();
    const link = new URL(await callbackOf(app.visits[0]));
    link.searchParams.append(name, 'x');
    link.searchParams.append(name, 'y');
    app.open(link.href);
    expect((await ended())?.kind).toBe('failed');
    expect(app.wire.tokenRequests()).toEqual([]);
  });
}

test('a callback from another issuer ends the sign-in without a token request and without its words', async () => {
  const { app, ended } = await waiting();
  const link = new URL(await callbackOf(app.visits[0]));
  link.searchParams.set('iss', 'https://evil.example');
  link.searchParams.set('error_description', 'call this number');
  app.open(link.href);
  const status = await ended();
  expect(status).toMatchObject({ kind: 'failed', problem: { code: 'response-issuer-mismatch' } });
  expect(JSON.stringify(status)).not.toContain('call this number');
  expect(app.wire.tokenRequests()).toEqual([]);
});

test('when the browser does not come back in time, the sign-in ends by name; a late callback is dropped', async () => {
  const { app, ended } = await waiting();
  app.time.advance(BROWSER_DEADLINE_MS);
  expect(await ended()).toMatchObject({ kind: 'failed', problem: { code: 'browser-timeout' } });
  app.time.advance(24 * 3_600_000);
  expect(app.open(await callbackOf(app.visits[0]))).toBe(false);
  expect(app.core.desk.strayCallbacks).toBe(1);
  expect(app.wire.tokenRequests()).toEqual([]);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
  expect(app.time.armed).toBe(0);
});

test('a pasted callback of this sign-in is taken, with blanks around it', async () => {
  const { app, begun, ended } = await waiting();
  app.clipboard.text = `  ${await callbackOf(app.visits[0])}\n`;
  await app.core.desk.pasteCallback(begun.id);
  expect(await ended()).toMatchObject({ kind: 'succeeded' });
});

const badPastes = [
  ['nothing', '', 'callback-invalid'],
  ['some text', 'hello there', 'callback-invalid'],
  ['another site', 'https://as.example/?code=c&state=s', 'callback-invalid'],
  ['another path of ours', 'app.gatehouse.desktop:/add-server?url=https://x.example', 'callback-invalid'],
  ['a megabyte', `app.gatehouse.desktop:/oauth/callback?state=${'x'.repeat(1 << 20)}`, 'callback-invalid'],
  ['no state', 'app.gatehouse.desktop:/oauth/callback?code=c', 'callback-unknown'],
  ['a foreign state', 'app.gatehouse.desktop:/oauth/callback?code=c&state=s', 'callback-unknown'],
  ['a loopback address without state', 'http://127.0.0.1:4711/oauth/callback?code=c', 'callback-unknown'],
] as const;

test('a bad paste is refused by name and the sign-in goes on waiting', async () => {
  const { app, begun, ended } = await waiting();
  for (const [what, text, code] of badPastes) {
    app.clipboard.text = text;
    expect([what, await problemCodeOf(app.core.desk.pasteCallback(begun.id))]).toEqual([what, code]);
  }
  app.open(await callbackOf(app.visits[0]));
  expect(await ended()).toMatchObject({ kind: 'succeeded' });
});

test('a pasted callback of another sign-in is refused', async () => {
  const [one, two] = [await sandboxForTest(), await sandboxForTest()];
  const app = await startCore({ browser: 'hold' });
  const servers = [await app.addServer({ url: one.mcpUrl }), await app.addServer({ url: two.mcpUrl })];
  const [first] = servers.map(({ id }) =>
    app.core.signIn({ serverId: id, accountId: null, confirmed: true, extraScopes: [] }),
  );
  await until(() => app.visits.length === 2);
  const foreign = app.visits.find(({ origin }) => origin === two.issuerUrl);
  app.clipboard.text = await callbackOf(foreign);
  expect(await problemCodeOf(app.core.desk.pasteCallback(first?.id ?? ''))).toBe('callback-unknown');
  // It was not used up by that.
  expect(app.open(app.clipboard.text)).toBe(true);
});

test('a browser that does not open is no end: the link can be copied, and opened again', async () => {
  const sandbox = await sandboxForTest();
  const broken = { yes: true };
  const app = await startCore({
    sandbox,
    browser: async () => {
      if (broken.yes) throw new Error('no browser');
    },
  });
  const server = await app.addServer();
  const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  await until(() => app.visits.length === 1);
  expect(app.core.desk.views()).toMatchObject([{ status: { kind: 'waiting-for-browser' } }]);
  expect(await problemCodeOf(app.core.desk.openAgain(begun.id))).toBe('browser-not-opened');
  broken.yes = false;
  await app.core.desk.openAgain(begun.id);
  await app.core.desk.copyLink(begun.id);
  expect(app.clipboard.text).toBe(app.visits[0]?.href);
  app.open(await callbackOf(new URL(app.clipboard.text)));
  expect(await endOf(app, begun)).toMatchObject({ kind: 'succeeded' });
});

test('more than 32 open sign-ins are refused; finished ones make room', async () => {
  const app = await startCore();
  const servers: Server[] = [];
  for (let number = 0; number < 33; number += 1) {
    servers.push(await app.addServer({ url: `https://server-${number}.example/mcp` }));
  }
  app.wire.intercept = () => new Promise<undefined>(() => undefined);
  const begin = (index: number) =>
    app.core.signIn({
      serverId: servers[index]?.id ?? '',
      accountId: null,
      confirmed: true,
      extraScopes: [],
    });
  const begun = Array.from({ length: 32 }, (_, index) => begin(index));
  expect(() => begin(32)).toThrow('Too many sign-ins');
  app.core.desk.cancel(begun[0]?.id ?? '');
  await app.core.desk.ended(begun[0]?.id ?? '');
  expect(begin(32).status).toEqual({ kind: 'working' });
});

test('an account of another server can not be renewed', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { account } = await app.signedIn();
  const other = await app.addServer({ url: 'https://other.example/mcp' });
  const attempt = () =>
    app.core.signIn({ serverId: other.id, accountId: account.id, confirmed: true, extraScopes: [] });
  expect(attempt).toThrow('no longer here');
});

test('a finished sign-in can be dismissed, an open one can not', async () => {
  const { app, begun, ended } = await waiting();
  app.core.desk.dismiss(begun.id);
  expect(app.core.desk.views()).toHaveLength(1);
  app.core.desk.cancel(begun.id);
  await ended();
  app.core.desk.dismiss(begun.id);
  expect(app.core.desk.views()).toEqual([]);
  expect(app.payloads('sign-in.removed')).toEqual([{ signInId: begun.id }]);
});

// Registrations

test('a second account uses the registration of the first', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, browser: 'hold' });
  const server = await app.addServer();
  for (const user of ['alice', 'bob']) {
    const begun = app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
    const visit = user === 'alice' ? 0 : 1;
    await until(() => app.visits.length === visit + 1);
    const url = new URL(app.visits[visit] ?? '');
    url.searchParams.set('sandbox_user', user);
    app.open(await callbackOf(url));
    expect(await endOf(app, begun)).toMatchObject({ kind: 'succeeded' });
  }
  expect(app.core.registrations.all()).toHaveLength(1);
  expect(app.core.accounts.all()).toHaveLength(2);
  expect(sandbox.count({ path: '/register' })).toBe(1);
});

test('when the issuer forgot the client, Gatehouse registers anew once and asks the browser again', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, browser: 'hold' });
  const server = await app.addServer();
  const sign = () =>
    app.core.signIn({ serverId: server.id, accountId: null, confirmed: true, extraScopes: [] });
  const first = sign();
  await until(() => app.visits.length === 1);
  app.open(await callbackOf(app.visits[0]));
  await endOf(app, first);
  const [registration] = app.core.registrations.all();
  const second = sign();
  await until(() => app.visits.length === 2);
  const link = await callbackOf(app.visits[1]);
  sandbox.issuer.dropClient(registration?.clientId ?? '');
  app.open(link);
  await until(() => app.visits.length === 3);
  app.open(await callbackOf(app.visits[2]));
  expect(await endOf(app, second)).toMatchObject({ kind: 'succeeded' });
  expect(sandbox.count({ path: '/register' })).toBe(2);
  expect(app.core.registrations.all()).toHaveLength(1);
  expect(app.core.registrations.all()[0]?.id).not.toBe(registration?.id);
});

test('an issuer that refuses a client it just registered is not asked for another', async () => {
  const { app, sandbox, ended } = await waiting();
  sandbox.issuer.failNext({ endpoint: 'token', status: 401, body: { error: 'invalid_client' } });
  app.open(await callbackOf(app.visits[0]));
  expect(await ended()).toMatchObject({ kind: 'failed', problem: { code: 'client-unknown' } });
  expect(sandbox.count({ path: '/register' })).toBe(1);
});

// Loopback

async function busyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('a fixed loopback port that is busy ends the sign-in by name', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, ownsScheme: false });
  const loopbackPort = await busyPort();
  const server = await app.addServer({ settings: { loopbackPort } });
  const { status } = await app.signIn(server);
  expect(status).toMatchObject({
    kind: 'failed',
    problem: { code: 'loopback-port-busy', params: { port: String(loopbackPort) } },
  });
  expect(sandbox.count({ path: '/register' })).toBe(0);
});

test('a busy port of an earlier registration is no end: Gatehouse registers another', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox, ownsScheme: false });
  const server = await app.addServer();
  expect((await app.signIn(server)).status.kind).toBe('succeeded');
  const port = Number(new URL(app.visits[0]?.searchParams.get('redirect_uri') ?? '').port);
  const inTheWay = createServer();
  await new Promise<void>((resolve) => inTheWay.listen(port, '127.0.0.1', resolve));
  const { status } = await app.signIn(server);
  await new Promise<void>((resolve) => inTheWay.close(() => resolve()));
  expect(status.kind).toBe('succeeded');
  expect(new URL(app.visits[1]?.searchParams.get('redirect_uri') ?? '').port).not.toBe(String(port));
});

// Restart

/** Closes the app while the browser is out and starts it anew. */
async function restarted(options: TestCoreOptions = {}) {
  const before = await waiting(options);
  await before.app.core.stop();
  const { ownsScheme } = options;
  const app = await startCore({
    folder: before.app.folder,
    time: before.app.time,
    browser: 'hold',
    ...(ownsScheme !== undefined && { ownsScheme }),
    ...(options.secretBox && { secretBox: options.secretBox }),
  });
  return { ...before, app, first: before.app };
}

for (const ownsScheme of [true, false]) {
  const way = ownsScheme ? 'the link that starts the app' : 'its loopback port';
  test(`after a restart, the sign-in goes on by ${way}, without another authorization request`, async () => {
    const { app, first, sandbox, begun } = await restarted({ ownsScheme });
    await app.core.start();
    expect(app.core.desk.views()).toMatchObject([
      { id: begun.id, status: { kind: 'waiting-for-browser' }, startedAt: begun.startedAt },
    ]);
    const url = first.visits[0];
    if (ownsScheme) expect(app.open(await callbackOf(url))).toBe(true);
    else {
      expect(await followRedirects(url ?? new URL('about:blank'), fetch)).toEqual({ kind: 'delivered' });
    }
    expect(await endOf(app, begun)).toMatchObject({ kind: 'succeeded' });
    expect(app.visits).toEqual([]);
    expect(sandbox.count({ path: '/authorize' })).toBe(1);
    expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
  });
}

test('a stopped app takes no callback any more', async () => {
  const { app, begun } = await waiting({ ownsScheme: false });
  const redirectUri = app.visits[0]?.searchParams.get('redirect_uri') ?? '';
  await app.core.stop();
  await expect(fetch(redirectUri)).rejects.toThrow();
  expect(app.core.desk.views()).toMatchObject([{ id: begun.id }]);
  expect(app.open(await loopbackLink(app.visits[0]))).toBe(false);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toHaveLength(1);
});

async function loopbackLink(url: URL | undefined): Promise<string> {
  return `app.gatehouse.desktop:/oauth/callback?code=c&state=${url?.searchParams.get('state')}`;
}

test('after a restart past the deadline the sign-in is forgotten and its callback dropped', async () => {
  const { app, first } = await restarted();
  app.time.sleepThrough(BROWSER_DEADLINE_MS);
  await app.core.start();
  expect(app.core.desk.views()).toEqual([]);
  expect(app.open(await callbackOf(first.visits[0]))).toBe(false);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
});

test('after a restart the deadline is still the old one', async () => {
  const { app, begun } = await restarted();
  app.time.sleepThrough(BROWSER_DEADLINE_MS - 1000);
  await app.core.start();
  app.time.advance(1000);
  expect(await endOf(app, begun)).toMatchObject({ kind: 'failed', problem: { code: 'browser-timeout' } });
});

test('after a restart, a sign-in of a server that was removed is forgotten', async () => {
  const { app, server } = await restarted();
  await app.core.servers.remove(server.id);
  await app.core.start();
  expect(app.core.desk.views()).toEqual([]);
  expect((await vaultFiles(app)).filter((name) => name.includes('pending'))).toEqual([]);
});

test('a sign-in that was confirmed by nobody does not survive a restart', async () => {
  const sandbox = await sandboxForTest();
  const first = await startCore({ sandbox });
  const server = await first.addServer();
  const begun = first.core.signIn({
    serverId: server.id,
    accountId: null,
    confirmed: false,
    extraScopes: [],
  });
  await until(() => first.core.desk.views()[0]?.status.kind === 'awaiting-confirmation');
  await first.core.stop();
  expect(await endOf(first, begun)).toEqual({ kind: 'cancelled' });
  const app = await startCore({ folder: first.folder, time: first.time });
  await app.core.start();
  expect(app.core.desk.views()).toEqual([]);
});

// Renewal and step-up

test('a step-up asks for the union of what was asked before and what is wanted now', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const { server, account } = await app.signedIn();
  const call = () =>
    app.core.calls.call(app.core.connection(server.id, account.id), {
      callId: 'call',
      name: 'admin_report',
      arguments: {},
    });
  expect(await call()).toMatchObject({ kind: 'problem', problem: { code: 'scope-insufficient' } });
  const asking = app.core.accounts.require(account.id);
  expect(asking.state).toMatchObject({ kind: 'insufficient', wantedScopes: ['mcp:admin'] });
  const { status } = await app.signIn(server, asking, ['mcp:admin']);
  expect(status).toEqual({ kind: 'succeeded', accountId: account.id });
  const scope = app.visits[1]?.searchParams.get('scope')?.split(' ');
  expect(scope?.sort()).toEqual(['mcp:admin', 'mcp:tools', 'offline_access']);
  expect(app.core.accounts.require(account.id).state).toEqual({ kind: 'live' });
  expect(await call()).toMatchObject({ kind: 'result', isError: false });
});

test('removing a server ends its open sign-in', async () => {
  const { app, server, ended } = await waiting();
  await app.core.leaving.removeServer(server.id);
  expect(await ended()).toEqual({ kind: 'cancelled' });
  expect(app.open(await callbackOf(app.visits[0]))).toBe(false);
  expect(app.core.servers.all()).toEqual([]);
});
