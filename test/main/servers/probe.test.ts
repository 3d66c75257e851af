import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { Fetch } from '../../../src/main/ports.ts';
import type { ProblemCode } from '../../../src/shared/problems.ts';
import { expired, selfSigned } from '../../support/certificates.ts';
import { sandboxForTest, startCore, type TestCore } from '../../support/core.ts';
import { filesBelow } from '../../support/folder.ts';
import { nobody, secureServer, silentServer, webServer } from '../../support/servers.ts';

/** A problem of the address alone: no request is ever made. */
const badAddresses: readonly (readonly [string, string, ProblemCode])[] = [
  ['nothing', '', 'url-invalid'],
  ['blanks', '   ', 'url-invalid'],
  ['words', 'not a web address', 'url-invalid'],
  ['one word', 'server', 'url-invalid'],
  ['a control character', 'https://mcp.example/\u0000mcp', 'url-invalid'],
  ['ten thousand characters', `https://mcp.example/${'x'.repeat(10_000)}`, 'url-invalid'],
  ['ftp', 'ftp://mcp.example/mcp', 'url-scheme-refused'],
  ['a file', 'file:///etc/passwd', 'url-scheme-refused'],
  ['a script', 'javascript:alert(1)', 'url-scheme-refused'],
  ['plain http elsewhere', 'http://mcp.example/mcp', 'url-scheme-refused'],
  ['a fragment', 'https://mcp.example/mcp#tools', 'url-has-fragment'],
  ['an empty fragment', 'https://mcp.example/mcp#', 'url-has-fragment'],
  ['credentials', 'https://alice:secret@mcp.example/mcp', 'url-has-credentials'],
  ['a user name', 'https://alice@mcp.example/mcp', 'url-has-credentials'],
];

for (const [what, address, code] of badAddresses) {
  test(`an address with ${what} is ${code}, when it is probed and when it is added`, async () => {
    const app = await startCore();
    expect(await app.core.inquiry.probe(address)).toMatchObject({ kind: 'problem', problem: { code } });
    await expect(app.core.addServer(address, 'Bad')).rejects.toMatchObject({ problem: { code } });
    expect(app.wire.exchanges).toEqual([]);
    await expectNothingStored(app);
  });
}

test('a password typed into an address is repeated nowhere', async () => {
  const app = await startCore();
  const answer = await app.core.inquiry.probe('https://alice:hunter2hunter2@mcp.example/mcp');
  await app.core.stop();
  const everything = [answer, app.events, [...(await filesBelow(app.folder)).values()].map(String)];
  expect(JSON.stringify(everything)).not.toContain('hunter2');
});

/** What is at an address, and what a person hears of it. */
const badServers: readonly (readonly [string, () => Promise<{ url: string; fetch?: Fetch }>, ProblemCode])[] =
  [
    [
      'a host that does not resolve',
      async () => ({ url: 'https://no.such.host.example/mcp', fetch: notFound }),
      'host-not-found',
    ],
    ['a host where nobody listens', async () => ({ url: `${await nobody()}/mcp` }), 'connection-refused'],
    ['a server that never answers', async () => ({ url: `${await silentServer()}/mcp` }), 'answer-timeout'],
    [
      'a web page',
      async () => ({ url: await page(200, '<!doctype html><h1>Hello</h1>', 'text/html') }),
      'not-mcp',
    ],
    ['a page that is not there', async () => ({ url: await page(404, 'no', 'text/plain') }), 'not-mcp'],
    [
      'JSON that is something else',
      async () => ({ url: await page(200, '{"hello":"world"}', 'application/json') }),
      'not-mcp',
    ],
    ['broken JSON', async () => ({ url: await page(200, '{"jsonrpc":', 'application/json') }), 'not-mcp'],
    ['an empty answer', async () => ({ url: await page(200, '', 'application/json') }), 'not-mcp'],
    ['an error of its own', async () => ({ url: await page(500, 'oh no', 'text/plain') }), 'server-error'],
    [
      'a redirect elsewhere',
      async () => ({ url: await redirecting('https://elsewhere.example/mcp') }),
      'not-mcp',
    ],
    [
      'a certificate signed by itself',
      async () => ({ url: `${await secureServer(selfSigned, hello)}/mcp` }),
      'certificate-invalid',
    ],
    ['an expired certificate', async () => ({ url: await expiredServer() }), 'certificate-invalid'],
    [
      'no TLS behind https',
      async () => ({ url: `${(await webServer(hello)).replace('http:', 'https:')}/mcp` }),
      'certificate-invalid',
    ],
  ];

for (const [what, start, code] of badServers) {
  test(`${what} is ${code}; nothing is stored and the app works on`, async () => {
    const { url, fetch } = await start();
    const sandbox = await sandboxForTest();
    const app = await startCore({ ...(fetch && { fetch }), protocolTimeoutMs: 300 });
    const probed = await app.core.inquiry.probe(url);
    expect(probed).toMatchObject({ kind: 'problem', problem: { code }, existingServerId: null });
    await expectNothingStored(app);

    // Added all the same, it says so too, by itself and in a sign-in.
    const server = await app.addServer({ url, settings: { requestTimeoutSeconds: 1 } });
    const connection = app.core.connection(server.id, null);
    await expect(connection.client()).rejects.toMatchObject({ problem: { code } });
    expect(connection.view).toMatchObject({ problem: { code } });
    const { status } = await app.signIn(server);
    expect(status).toMatchObject({ kind: 'failed', problem: { code } });
    expect([app.core.accounts.all(), app.core.registrations.all(), app.visits]).toEqual([[], [], []]);
    await app.core.leaving.removeServer(server.id);
    await app.core.servers.settled();
    await expectNothingStored(app);

    if (!fetch) expect(await app.core.inquiry.probe(sandbox.mcpUrl)).toMatchObject({ kind: 'sign-in' });
  });
}

test('an expired certificate is told from one signed by itself', async () => {
  const app = await startCore();
  const reasonOf = async (url: string) => {
    const answer = await app.core.inquiry.probe(url);
    return answer.kind === 'problem' ? answer.problem.params.reason : answer.kind;
  };
  expect(await reasonOf(await expiredServer())).toBe('it has expired');
  expect(await reasonOf(`${await secureServer(selfSigned, hello)}/mcp`)).toBe('it is signed by itself');
});

test('a server that asks for a sign-in is previewed, and nothing is stored or registered', async () => {
  const sandbox = await sandboxForTest();
  const app = await startCore({ sandbox });
  const probed = await app.core.inquiry.probe(sandbox.mcpUrl);
  expect(probed).toMatchObject({
    kind: 'sign-in',
    url: sandbox.mcpUrl,
    suggestedName: 'Sandbox Notes',
    preview: { issuer: sandbox.issuerUrl, registration: 'dynamic', resource: sandbox.mcpUrl },
  });
  expect(sandbox.count({ path: '/register' })).toBe(0);
  await expectNothingStored(app);
});

test('a server that is already in the list is named, whatever the spelling', async () => {
  const app = await startCore();
  const server = await app.addServer({ url: 'https://mcp.example/mcp' });
  for (const spelling of [
    'https://MCP.example:443/mcp',
    ' https://mcp.example/mcp?key=1 ',
    'mcp.example/mcp',
  ]) {
    expect(await app.core.inquiry.probe(spelling)).toMatchObject({
      kind: 'problem',
      problem: { code: 'server-already-added', params: { name: 'Sandbox' } },
      existingServerId: server.id,
    });
    await expect(app.addServer({ url: spelling })).rejects.toThrow('already in your list');
  }
});

test('a name a server suggests for itself is short, visible and fits the form', async () => {
  for (const title of ['x'.repeat(5000), '\u202Eevil'.repeat(60), '   ', 'Line\nbreak']) {
    const url = await mcpServer({ name: 'n', version: '1', title });
    const app = await startCore();
    const probed = await app.core.inquiry.probe(url);
    if (probed.kind !== 'open') throw new Error(JSON.stringify(probed));
    expect(probed.suggestedName.length).toBeGreaterThan(0);
    expect(probed.suggestedName.length).toBeLessThanOrEqual(200);
    expect(probed.suggestedName).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

const hello = (_request: unknown, response: { end(text: string): unknown }) => void response.end('hello');

const notFound: Fetch = async () => {
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('getaddrinfo ENOTFOUND no.such.host.example'), { code: 'ENOTFOUND' }),
  });
};

async function page(status: number, body: string, type: string): Promise<string> {
  return `${await webServer((_request, response) => response.writeHead(status, { 'content-type': type }).end(body))}/mcp`;
}

async function redirecting(location: string): Promise<string> {
  return `${await webServer((_request, response) => response.writeHead(302, { location }).end())}/mcp`;
}

/** A legacy MCP server that only knows how to introduce itself. */
async function mcpServer(serverInfo: object): Promise<string> {
  const origin = await webServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { id, method } = (text ? JSON.parse(text) : {}) as { id?: unknown; method?: string };
    const known = method === 'initialize';
    if (id === undefined) return void response.writeHead(request.method === 'POST' ? 202 : 405).end();
    const answer = known
      ? { result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo } }
      : { error: { code: -32601, message: 'unknown' } };
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  });
  return `${origin}/mcp`;
}

/** Trusted but for its dates: only then is expiry what is wrong with it. */
async function expiredServer(): Promise<string> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, expired.cert]);
  onTestFinished(() => setDefaultCACertificates(before));
  return `${await secureServer(expired, hello)}/mcp`;
}

async function expectNothingStored({ core, folder }: TestCore): Promise<void> {
  expect([core.servers.all(), core.accounts.all(), core.registrations.all()]).toEqual([[], [], []]);
  const files = await filesBelow(folder);
  for (const name of ['servers.json', 'registrations.json']) {
    const content = files.get(name);
    if (content) expect([name, JSON.parse(String(content)).content]).toEqual([name, []]);
  }
  expect([...files.keys()].filter((path) => /^(accounts|vault)\//.test(path))).toEqual([]);
}
