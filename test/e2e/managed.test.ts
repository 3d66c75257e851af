import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { askAbout, probeResult } from './window.ts';

let app: AppUnderTest | undefined;
let sandbox: Sandbox;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-policy-'));

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  sandbox = await startSandbox();
});
afterEach(async () => {
  await app?.dispose();
  app = undefined;
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the app on a computer with this policy file. */
async function startManaged(content: string): Promise<AppUnderTest> {
  const path = join(folder, 'policy.json');
  writeFileSync(path, content);
  return launchApp({ env: { GATEHOUSE_POLICY: path } });
}

test('what the policy decides looks locked and says by whom; forced servers are there and stay', async () => {
  const policy = {
    version: 1,
    organization: 'Example Corp IT',
    allowedServers: ['mcp.example.com'],
    forcedServers: [{ name: 'Tickets', url: sandbox.mcpUrl }],
    updates: 'off',
    vault: 'memory-only',
  };
  app = await startManaged(JSON.stringify(policy));
  const { page } = app;
  await page.locator('[data-testid^=server-row-]', { hasText: 'Tickets' }).click();
  await page.getByRole('heading', { name: 'Tickets' }).waitFor();
  await page.locator('.gh-server-head-actions [aria-haspopup=menu]').click();
  expect(await page.getByTestId('remove-server').isDisabled()).toBe(true);
  expect(await page.getByTestId('locked-by').first().textContent()).toBe('Set by Example Corp IT');
  await page.keyboard.press('Escape');

  expect(await askAbout(page, 'https://another.example/mcp')).toBe('problem');
  expect(await probeResult(page).getByTestId('problem').getAttribute('data-code')).toBe(
    'policy-server-refused',
  );
  expect(await probeResult(page).textContent()).toContain(
    'Example Corp IT does not allow the server another.example',
  );
  await page.keyboard.press('Escape');

  await page.keyboard.press('ControlOrMeta+,');
  await page.getByTestId('policy').waitFor();
  expect(await page.getByTestId('policy').textContent()).toContain('managed by Example Corp IT');
});

test('a broken policy file is said at once, and nothing can be added', async () => {
  sandbox.reset();
  app = await startManaged('{ "version": 1, "allowedServer": ["mcp.example.com"] }');
  const { page } = app;
  await page.locator('[data-testid=problem][data-code=policy-broken]').first().waitFor();
  expect(await askAbout(page, sandbox.mcpUrl)).toBe('problem');
  expect(await probeResult(page).getByTestId('problem').getAttribute('data-code')).toBe('policy-broken');
  expect(sandbox.count({})).toBe(0);
});

test('a certificate is shown only when the person chose it', async () => {
  app = await launchApp();
  const { page, electron } = app;
  await page.getByTestId('add-server-button').first().waitFor();
  // As Electron asks when a server does; the answer is what the server would see.
  const ask = (host: string) =>
    electron.evaluate(({ app: electronApp }, name) => {
      const certificate = (fingerprint: string) => ({
        fingerprint,
        subjectName: `Alice (${fingerprint})`,
        issuerName: 'Example CA',
        validStart: 1_700_000_000,
        validExpiry: 1_900_000_000,
      });
      return new Promise<string>((resolve) => {
        electronApp.emit(
          'select-client-certificate',
          { preventDefault: () => undefined },
          null,
          `https://${name}/mcp`,
          [certificate('first'), certificate('second')],
          (chosen?: { fingerprint: string }) => resolve(chosen?.fingerprint ?? 'none'),
        );
      });
    }, host);
  const dialog = page.getByTestId('certificate-dialog');
  const first = ask('mcp.example');
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain('mcp.example');
  expect(await dialog.getByRole('radio', { checked: true }).count()).toBe(0);
  expect(await page.getByTestId('certificate-show').isDisabled()).toBe(true);
  await dialog.getByLabel('Alice (second)').check();
  await page.getByTestId('certificate-show').click();
  expect(await first).toBe('second');
  await dialog.waitFor({ state: 'detached' });
  // The choice holds for this host, and for this host only.
  expect(await ask('mcp.example')).toBe('second');
  const other = ask('other.example');
  await dialog.waitFor();
  await page.getByTestId('certificate-none').click();
  expect(await other).toBe('none');
});
