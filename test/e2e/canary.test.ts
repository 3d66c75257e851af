import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { ServerWire } from './server-wire.ts';
import { addAndSignIn, callTool, waitForConnected } from './window.ts';

/** Every form in which a value could be written down. */
function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [secret, encodeURIComponent(secret), base64.replace(/=+$/, ''), Buffer.from(secret).toString('hex')];
}

function leaks(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
}

describe('no secret is anywhere it should not be', () => {
  const wire = new ServerWire();
  let sandbox: Sandbox;
  let person: BrowserPerson;
  let app: AppUnderTest;
  let output = '';

  beforeAll(async () => {
    console.log((await runtimeInUse()).description);
    sandbox = await startSandbox();
    person = await BrowserPerson.start();
    app = await launchApp();
    for (const stream of [app.electron.process().stdout, app.electron.process().stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const { page } = app;
    // The page keeps every event it ever gets, so that the heap holds all that crossed.
    await page.evaluate(() => {
      const kept: unknown[] = [];
      const bridge = (
        window as unknown as { gatehouse: { on(listener: (...event: unknown[]) => void): void } }
      ).gatehouse;
      bridge.on((...event) => kept.push(event));
      Object.assign(window, { keptForCanary: kept });
    });
    await addAndSignIn(page, sandbox.mcpUrl);
    await person.visit(await app.nextOpened());
    await waitForConnected(page);
    await callTool(page, 'whoami');
    await page.getByRole('tab', { name: /^Overview/ }).click();
    await page.getByTestId('refresh-now').click();
    await vi.waitFor(() => expect(sandbox.count({ grantType: 'refresh_token' })).toBe(1), 20_000);
    // A refusal that echoes what it was sent, as careless issuers do.
    const [spent = ''] = [...(wire.secrets.get('refresh_token') ?? [])].slice(-1);
    sandbox.issuer.failNext({
      endpoint: 'token',
      status: 400,
      body: { error: 'invalid_request', error_description: `no such refresh_token ${spent} here: ${spent}` },
    });
    await page.getByTestId('refresh-now').click();
    await page.getByTestId('problem').or(page.getByRole('alert')).first().waitFor();
    // Everything the page may ask for is asked for, and kept too.
    await page.evaluate(async () => {
      const { gatehouse, keptForCanary } = window as unknown as {
        gatehouse: { call(name: string, input: unknown): Promise<{ value: { id: string }[] }> };
        keptForCanary: unknown[];
      };
      keptForCanary.push(await gatehouse.call('app.snapshot', undefined));
      const traces = await gatehouse.call('activity.list', { serverId: null });
      keptForCanary.push(traces);
      for (const { id } of traces.value)
        keptForCanary.push(await gatehouse.call('activity.get', { traceId: id }));
    });
  });

  afterAll(async () => {
    wire.stop();
    await app.dispose();
    await person.close();
    await sandbox.close();
  });

  test('there is something to find: tokens, code, verifier and registration token crossed the wire', () => {
    const names = ['access_token', 'refresh_token', 'code', 'code_verifier', 'registration_access_token'];
    for (const name of names) expect([name, wire.secrets.get(name)?.size ?? 0]).not.toEqual([name, 0]);
  });

  test('not in the heap of the page, and the search would find one', async () => {
    const session = await app.page.context().newCDPSession(app.page);
    const snapshot = async () => {
      const chunks: string[] = [];
      const keep = ({ chunk }: { chunk: string }) => chunks.push(chunk);
      session.on('HeapProfiler.addHeapSnapshotChunk', keep);
      await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
      session.off('HeapProfiler.addHeapSnapshotChunk', keep);
      return chunks.join('');
    };
    expect(leaks(await snapshot(), wire.values())).toEqual([]);
    await app.page.evaluate(() => {
      Object.assign(window, { planted: ['a-secret-value', 'planted-for-the-test'].join('-') });
    });
    expect(leaks(await snapshot(), ['a-secret-value-planted-for-the-test'])).toHaveLength(1);
  });

  test('not in the document', async () => {
    expect(leaks(await app.page.content(), wire.values())).toEqual([]);
  });

  test('not in what the program prints', () => {
    expect(leaks(output, wire.values())).toEqual([]);
  });

  test('not in any file of the profile', async () => {
    await app.electron.evaluate(({ app: electronApp }) => electronApp.getPath('userData'));
    const files = readdirSync(app.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const names = files.map((entry) => join(entry.parentPath, entry.name));
    expect(names.some((name) => name.includes('vault'))).toBe(true);
    expect(names.some((name) => name.includes('traces'))).toBe(true);
    for (const name of names)
      expect([name, leaks(readFileSync(name, 'latin1'), wire.values())]).toEqual([name, []]);
  });
});
