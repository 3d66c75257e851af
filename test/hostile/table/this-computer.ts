import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { followRedirects } from '../../drive/follow-browser.ts';
import { quietly, until } from '../../support/time.ts';
import { expectNothingObtained, problemOf, signedIn, type Waiting, waiting } from '../play.ts';
import type { Guard, HostileRow, ProgramRow, StagedRow } from '../row.ts';

const listener: Guard = { file: 'main/sign-in/redirect/loopback.ts', name: 'answer' };

const callbackOf = ({ address }: Waiting) => new URL(address.searchParams.get('redirect_uri') ?? '');

/** Sends bytes to a port and reads what comes back. */
function say(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
    socket.end(bytes);
  });
}

const portFlood: StagedRow = {
  kind: 'staged',
  name: 'callback-flood-at-the-port',
  who: 'another program',
  does: 'Sends three thousand made-up answers to the loopback port while a sign-in waits.',
  must: 'Each is refused with the same page, none ends the sign-in, the person hears of it once; the real answer works.',
  guard: { file: 'main/sign-in/sign-in-desk.ts', name: 'STRAY_NOTICE_MS' },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox(), { ownsScheme: false });
    const port = Number(callbackOf(one).port);
    const get = (index: number) =>
      `GET /oauth/callback?state=guess-${index}&code=c HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    for (let sent = 0; sent < 3_000; sent += 10) {
      // As many at once as the listener takes.
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => say(port, get(sent + index))),
      );
      for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 400 /);
    }
    assert.equal(one.app.core.desk.strayCallbacks, 3_000);
    assert.equal(one.app.payloads('notice').length, 1);
    assert.equal((await followRedirects(one.address, fetch)).kind, 'delivered');
    assert.equal((await one.ended())?.kind, 'succeeded');
  },
};

const idleFlood: StagedRow = {
  kind: 'staged',
  name: 'connections-that-say-nothing',
  who: 'another program',
  does: 'Opens two hundred connections to the loopback port and says nothing.',
  must: 'Sixteen are held, the others closed; when they go, the real answer comes in.',
  guard: {
    ...listener,
    name: 'server.maxConnections',
    removed: { text: 'server.maxConnections = 16;', by: '' },
  },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox(), { ownsScheme: false });
    const port = Number(callbackOf(one).port);
    const sockets: Socket[] = [];
    let closed = 0;
    for (let index = 0; index < 200; index += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => {
        closed += 1;
      });
      sockets.push(socket);
    }
    await until(() => closed >= 184);
    for (const socket of sockets) socket.destroy();
    await until(() => closed === 200);
    assert.equal((await followRedirects(one.address, fetch)).kind, 'delivered');
    assert.equal((await one.ended())?.kind, 'succeeded');
  },
};

const poser: StagedRow = {
  kind: 'staged',
  name: 'poses-as-the-browser',
  who: 'another program',
  does: 'Asks the loopback port as a page of another name would (DNS rebinding), by POST, at other paths, with a code of its own.',
  must: 'Other host names, methods and paths are refused before anybody reads the answer; the sign-in waits on.',
  guard: {
    ...listener,
    name: 'hosts.includes',
    removed: { text: "if (!hosts.includes(request.headers.host ?? '')) {", by: 'if (false) {' },
  },
  async play(stage) {
    const one = await waiting(stage, await stage.sandbox(), { ownsScheme: false });
    const port = Number(callbackOf(one).port);
    const state = one.address.searchParams.get('state') ?? '';
    const path = `/oauth/callback?state=${state}&code=stolen`;
    const ask = (method: string, target: string, host: string) =>
      say(port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const own = `127.0.0.1:${port}`;
    assert.match(await ask('GET', path, 'evil.example'), /^HTTP\/1\.1 400 /);
    assert.match(await ask('GET', path, `evil.example:${port}`), /^HTTP\/1\.1 400 /);
    assert.match(await ask('POST', path, own), /^HTTP\/1\.1 405 /);
    assert.match(await ask('GET', `/other${path}`, own), /^HTTP\/1\.1 404 /);
    assert.match(await ask('GET', `http://evil.example${path}`, own), /^HTTP\/1\.1 400 /);
    assert.equal(one.app.core.desk.strayCallbacks, 0);
    assert.equal((await followRedirects(one.address, fetch)).kind, 'delivered');
    assert.equal((await one.ended())?.kind, 'succeeded');
  },
};

const takenPort: StagedRow = {
  kind: 'staged',
  name: 'races-for-the-port',
  who: 'another program',
  does: 'Listens on the port a registration names before the next sign-in does.',
  must: 'The port is not used: another one is registered, and the other program hears nothing.',
  guard: { file: 'main/sign-in/client-desk.ts', name: 'if (!listener) return null;' },
  async play(stage) {
    const sandbox = await stage.sandbox();
    const one = await waiting(stage, sandbox, { ownsScheme: false });
    const port = Number(callbackOf(one).port);
    one.app.core.desk.cancel(one.begun.id);
    await one.ended();
    const heard: string[] = [];
    const thief = createServer((socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          thief.once('error', () => resolve(false));
          thief.listen(port, '127.0.0.1', () => resolve(true));
        }),
    );
    try {
      const before = one.app.visits.length;
      const asked = { serverId: one.server.id, accountId: null, confirmed: true, extraScopes: [] };
      const again = one.app.core.signIn(asked);
      await until(() => one.app.visits.length > before);
      const address = one.app.visits[before] ?? one.address;
      assert.notEqual(Number(callbackOf({ ...one, address }).port), port);
      assert.equal((await followRedirects(address, fetch)).kind, 'delivered');
      assert.equal((await one.app.core.desk.ended(again.id))?.status.kind, 'succeeded');
      assert.deepEqual(heard, []);
    } finally {
      thief.close();
    }
  },
};

const fixedPort: StagedRow = {
  kind: 'staged',
  name: 'holds-the-fixed-port',
  who: 'another program',
  does: 'Listens on the port the person fixed for a server.',
  must: 'Said so; no other port is taken behind the person’s back, and no browser opens.',
  guard: {
    file: 'main/sign-in/client-desk.ts',
    name: 'server.settings.loopbackPort',
    removed: { text: 'port: server.settings.loopbackPort ?? 0, receive', by: 'port: 0, receive' },
  },
  async play(stage) {
    const sandbox = await stage.sandbox();
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const { port } = thief.address() as AddressInfo;
    try {
      const app = await stage.core({ ownsScheme: false, browser: 'hold' });
      const server = await app.addServer({ url: sandbox.mcpUrl, settings: { loopbackPort: port } });
      const { status } = await app.signIn(server);
      assert.equal(status.kind === 'failed' && status.problem.code, 'loopback-port-busy');
      assert.deepEqual(app.visits, []);
      expectNothingObtained(app);
    } finally {
      thief.close();
    }
  },
};

const codeThief: StagedRow = {
  kind: 'staged',
  name: 'catches-the-code',
  who: 'another program',
  does: 'Registers our scheme for itself, catches the code, and takes it to the issuer.',
  must: 'Without the verifier it gets no token (RFC 7636); the sign-in can be begun again.',
  guard: { file: 'main/oauth/authorization-request.ts', name: 'code_challenge_method' },
  async play(stage) {
    const sandbox = await stage.sandbox();
    const one = await waiting(stage, sandbox);
    const caught = await followRedirects(one.address, fetch);
    const link = new URL(caught.kind === 'custom-scheme' ? caught.link : '');
    const stolen = await fetch(`${sandbox.issuer.origin}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: link.searchParams.get('code') ?? '',
        client_id: one.address.searchParams.get('client_id') ?? '',
        redirect_uri: one.address.searchParams.get('redirect_uri') ?? '',
        code_verifier: 'a-verifier-somebody-guessed-a-verifier-somebody',
      }),
    });
    assert.equal(stolen.status, 400);
    one.app.core.desk.cancel(one.begun.id);
    assert.equal((await one.ended())?.kind, 'cancelled');
    expectNothingObtained(one.app);
  },
};

const strangerLink: StagedRow = {
  kind: 'staged',
  name: 'plants-a-sign-in',
  who: 'web page',
  does: 'Hands in a whole answer of a sign-in at the attacker’s account that Gatehouse never began.',
  must: 'Nobody waits for it: nothing is exchanged, nothing is added.',
  guard: { file: 'main/sign-in/sign-in-desk.ts', name: 'this.#byState' },
  async play(stage) {
    const sandbox = await stage.sandbox();
    const attacker = await waiting(stage, sandbox);
    const planted = await followRedirects(attacker.address, fetch);
    const victim = await signedIn(stage, sandbox);
    const before = victim.app.wire.tokenRequests().length;
    assert.equal(victim.app.open(planted.kind === 'custom-scheme' ? planted.link : ''), false);
    await quietly();
    assert.equal(victim.app.wire.tokenRequests().length, before);
    assert.equal(victim.app.core.accounts.all().length, 1);
    attacker.app.core.desk.cancel(attacker.begun.id);
    assert.equal(await problemOf(attacker), '{"kind":"cancelled"}');
  },
};

const program = (
  name: string,
  does: string,
  must: string,
  guard: Guard,
  rest: Pick<ProgramRow, 'ends' | 'argv'>,
): ProgramRow => ({ kind: 'program', name, who: 'program', behaviour: name, does, must, guard, ...rest });

const stdio = 'main/servers/stdio';

/** Other programs of this computer, and programs that are servers. */
export const thisComputer: readonly HostileRow[] = [
  portFlood,
  idleFlood,
  poser,
  takenPort,
  fixedPort,
  codeThief,
  strangerLink,
  program(
    'endless-line',
    'Answers with a line that never ends, as fast as it can.',
    'Ended at the limit of one message; what is held is bounded.',
    { file: `${stdio}/stdio-transport.ts`, name: 'MESSAGE_LIMIT' },
    { ends: { problems: ['message-too-long'], code: 3 } },
  ),
  program(
    'chatter',
    'Writes thousands of lines that are no messages before each answer.',
    'Skipped and kept as its output; its answers count.',
    { file: `${stdio}/stdio-transport.ts`, name: 'onmessage' },
    {
      argv: ['--list'],
      ends: { problems: [], prints: { event: 'tools', like: { tools: [{ name: 'act' }] } } },
    },
  ),
  program(
    'ends-at-once',
    'Ends before it answers.',
    'Said so, with how it ended.',
    { file: `${stdio}/local-servers.ts`, name: 'command-ended' },
    { ends: { problems: ['command-ended'], code: 3 } },
  ),
  program(
    'errors-by-the-megabyte',
    'Writes 50 MB to its error output.',
    'The newest lines are kept, the rest is dropped; its answers count.',
    { file: `${stdio}/process-output.ts`, name: 'ProcessOutput' },
    {
      argv: ['--list'],
      ends: { problems: [], prints: { event: 'tools', like: { tools: [{ name: 'act' }] } } },
    },
  ),
  program(
    'answers-nobody-asked-for',
    'Answers requests that were never made, each request twice, and with another id.',
    'What nobody asked is dropped; each request has its first answer.',
    { file: 'main/servers/mcp-client.ts', name: 'connectClient' },
    {
      argv: ['--call', 'act'],
      ends: { problems: [], prints: { event: 'result', like: { content: [{ text: 'the first answer' }] } } },
    },
  ),
  program(
    'asks-for-what-was-not-offered',
    'Asks for the folders of this computer and for a model to think for it.',
    'Neither was offered; both are refused and the call goes on.',
    { file: 'main/servers/mcp-client.ts', name: 'capabilities' },
    {
      argv: ['--call', 'act'],
      ends: {
        problems: [],
        prints: {
          event: 'result',
          like: { content: [{ text: 'roots/list -32601, sampling/createMessage -32601' }] },
        },
      },
    },
  ),
  program(
    'looks-at-the-environment',
    'Reads the environment it was started with, for keys of others.',
    'It has what programs need and what the person gave it, nothing else of ours.',
    { file: `${stdio}/program-environment.ts`, name: 'programEnvironment' },
    {
      argv: ['--call', 'act'],
      ends: { problems: [], prints: { event: 'result', like: { content: [{ text: 'no key of anybody' }] } } },
    },
  ),
];
