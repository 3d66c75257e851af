import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServerBook } from '../../src/main/servers/server-book.ts';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { serverEntry } from '../support/entries.ts';
import { launchApp, runtimeInUse } from './app.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** Hosts in Chromium's net log: looked up, connected to, or asked for. */
function hostsIn(netLog: string): Set<string> {
  const named = netLog.matchAll(/"host":"(?:https?:\/\/)?([^":/]+)/g);
  const addressed = netLog.matchAll(/(?:https?|wss?):\/\/([^":/\s\\]+)/g);
  return new Set([...named, ...addressed].map(([, host = '']) => host));
}

test('a start contacts the person’s servers and nobody else, neither Node nor Chromium', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const book = new ServerBook(folder);
  await book.put(serverEntry({ id: 'here', name: 'Here', url: sandbox.mcpUrl }));
  await book.put(serverEntry({ id: 'gone', name: 'Gone', url: 'https://mcp.gatehouse.invalid/mcp' }));
  await book.put(
    serverEntry({ id: 'off', name: 'Off', url: 'https://off.gatehouse.invalid/mcp', enabled: false }),
  );
  await book.settled();
  const report = join(folder, 'contacts');
  const netLog = join(folder, 'net-log.json');
  writeFileSync(report, '');
  const app = await launchApp({
    folder,
    before: ['-r', join(import.meta.dirname, 'contacts-watch.cjs')],
    env: { CONTACTS_REPORT: report, CONTACTS_NET_LOG: netLog },
  });
  try {
    // Both connections have been tried: one server asks for a sign-in, the other is not there.
    await app.page.waitForFunction(async () => {
      const { gatehouse } = window as unknown as {
        gatehouse: { call(name: string, input: unknown): Promise<{ value: Snapshot }> };
      };
      const { value } = await gatehouse.call('app.snapshot', undefined);
      const status = (id: string) => value.connections.find(({ serverId }) => serverId === id)?.status;
      return (
        status('here') === 'waiting-for-sign-in' && ['reconnecting', 'failed'].includes(status('gone') ?? '')
      );
    });
    await app.quit();
    const contacted = new Set(readFileSync(report, 'utf8').split('\n').filter(Boolean));
    // The stand-in's Chromium is a whole browser, which greets its maker by itself; Electron's is none.
    if (app.runtime.kind === 'electron') {
      for (const host of hostsIn(readFileSync(netLog, 'utf8'))) contacted.add(host);
    }
    expect(contacted).toEqual(new Set([new URL(sandbox.mcpUrl).hostname, 'mcp.gatehouse.invalid']));
  } finally {
    await app.dispose();
  }
});

test('the search of a net log finds what it is there for', () => {
  const log =
    '{"params":{"host":"https://update.example:443"}},{"params":{"url":"https://telemetry.example/x"}}';
  expect(hostsIn(log)).toEqual(new Set(['update.example', 'telemetry.example']));
});
