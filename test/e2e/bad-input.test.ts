import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { addAndSignIn, askAbout, probeResult, waitForConnected } from './window.ts';

let app: AppUnderTest;
let sandbox: Sandbox;
const listening: HttpServer[] = [];

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  sandbox = await startSandbox();
  app = await launchApp();
});
afterAll(async () => {
  await app.dispose();
  await sandbox.close();
  for (const server of listening) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: HttpServer): Promise<number> {
  listening.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks about an address, expects a problem, and that nothing was stored and the app goes on. */
async function expectProblem(address: string, code: string): Promise<void> {
  expect(await askAbout(app.page, address)).toBe('problem');
  const shown = probeResult(app.page).getByTestId('problem');
  expect(await shown.getAttribute('data-code')).toBe(code);
  expect((await shown.textContent())?.length).toBeGreaterThan(40);
  const servers = join(app.folder, 'servers.json');
  expect(existsSync(servers) ? JSON.parse(readFileSync(servers, 'utf8')).content : []).toEqual([]);
  expect(app.opened).toHaveLength(0);
}

describe('an address that can not be added is named, with a remedy, and nothing is stored', () => {
  test('not a URL', () => expectProblem('https://what is this?', 'url-invalid'));
  test('ftp:', () => expectProblem('ftp://example.com/mcp', 'url-scheme-refused'));
  test('javascript:', () => expectProblem('javascript:alert(1)', 'url-scheme-refused'));
  test('http to another computer', () => expectProblem('http://example.com/mcp', 'url-scheme-refused'));
  test('a fragment', () => expectProblem('https://example.com/mcp#part', 'url-has-fragment'));
  test('credentials', () => expectProblem('https://me:secret@example.com/mcp', 'url-has-credentials'));
  test('a host that does not resolve', () => expectProblem('https://nowhere.invalid/mcp', 'host-not-found'));
  test('a port nobody listens on', async () => {
    const free = createServer();
    const port = await listen(free);
    await new Promise((resolve) => free.close(resolve));
    await expectProblem(`http://127.0.0.1:${port}/mcp`, 'connection-refused');
  });
  test('a page that is not MCP', async () => {
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title>');
      }),
    );
    await expectProblem(`http://127.0.0.1:${port}/`, 'not-mcp');
  });
  test('an expired certificate', async () => {
    const fixtures = join(import.meta.dirname, '..', 'fixtures');
    const port = await listen(
      createTlsServer({
        key: readFileSync(join(fixtures, 'expired-key.pem')),
        cert: readFileSync(join(fixtures, 'expired-certificate.pem')),
      }),
    );
    await expectProblem(`https://127.0.0.1:${port}/mcp`, 'certificate-invalid');
  });
  test('a server that never answers', async () => {
    const port = await listen(createServer(() => undefined));
    await expectProblem(`http://127.0.0.1:${port}/mcp`, 'answer-timeout');
  });
  test('an issuer whose metadata is broken', async () => {
    sandbox.issuer.failNext({ endpoint: 'metadata', status: 500, times: 5 });
    expect(await askAbout(app.page, sandbox.mcpUrl)).toBe('problem');
    sandbox.reset();
  });
});

test('after all that the app still does its job', async () => {
  const person = await BrowserPerson.start();
  try {
    await addAndSignIn(app.page, sandbox.mcpUrl);
    await person.visit(await app.nextOpened());
    await waitForConnected(app.page);
  } finally {
    await person.close();
  }
});
