import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Schema, Validator } from '@cfworker/json-schema';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type TraceFile, traceFile } from '../../src/main/trace/trace-file.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { harSchema } from '../support/har-schema.ts';
import { type AppUnderTest, launchApp, runtimeInUse } from './app.ts';
import { BrowserPerson } from './browser-person.ts';
import { ServerWire } from './server-wire.ts';
import { addAndSignIn, signInPanel, waitForConnected, waitForSignIn } from './window.ts';

/** One app: a sign-in whose token the issuer refused, then one that worked. Each test starts at the server's activity. */
const wire = new ServerWire();
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-traces-'));
let sandbox: Sandbox;
let person: BrowserPerson;
let app: AppUnderTest;
let page: Page;

beforeAll(async () => {
  console.log((await runtimeInUse()).description);
  sandbox = await startSandbox();
  person = await BrowserPerson.start();
  app = await launchApp();
  ({ page } = app);
  sandbox.issuer.failNext({
    endpoint: 'token',
    status: 400,
    body: { error: 'invalid_target', error_description: 'resource is not known here' },
  });
  await addAndSignIn(page, sandbox.mcpUrl);
  await person.visit(await app.nextOpened());
  await waitForSignIn(page, 'failed');
  await signInPanel(page).getByTestId('problem-remedy').click();
  await waitForSignIn(page, 'awaiting-confirmation');
  await signInPanel(page).getByTestId('sign-in-button').click();
  await person.visit(await app.nextOpened());
  await waitForConnected(page);
});

afterAll(async () => {
  wire.stop();
  rmSync(folder, { recursive: true, force: true });
  await app.dispose();
  await person.close();
  await sandbox.close();
});

async function openActivity(): Promise<void> {
  await page.getByRole('tab', { name: /^Overview/ }).click();
  await page.getByRole('tab', { name: /^Activity/ }).click();
  await page.getByTestId('compare-last').waitFor();
}

/** Opens the newest sign-in that ended so. */
async function openSignIn(outcome: 'Succeeded' | 'Failed'): Promise<void> {
  await openActivity();
  await page
    .getByRole('list', { name: 'Traces' })
    .getByRole('link')
    .filter({ hasText: `Sign-in · ${outcome}` })
    .first()
    .click();
  await page.getByTestId('sequence').waitFor();
}

const leaked = (text: string) => wire.values().filter((secret) => text.includes(secret));

test('the trace of a sign-in shows each step, and opens to what the token says', async () => {
  await openSignIn('Succeeded');
  await page.getByTestId('open-all-steps').click();
  const text = (await page.getByTestId('sequence').textContent()) ?? '';
  for (const part of [
    'From Gatehouse to Browser',
    'From Browser to Gatehouse',
    'RFC 8252 §4',
    'RFC 9207 §2.4',
    'code_challenge_method',
    'S256',
    'code_verifier',
    '•••',
  ])
    expect(text).toContain(part);
  const token = page.getByTestId('token').filter({ hasText: 'access_token' });
  const said = (await token.textContent()) ?? '';
  for (const part of ['iss', sandbox.issuerUrl, 'aud', sandbox.mcpUrl, 'scope', 'mcp:tools', 'sub', 'alice'])
    expect(said).toContain(part);
  expect(wire.secrets.get('access_token')?.size).toBeGreaterThan(0);
  expect(leaked(await page.content())).toEqual([]);
});

test('the failed attempt beside the good one: the answer that made the difference is marked', async () => {
  await openActivity();
  await page.getByTestId('compare-last').click();
  const steps = page.getByTestId('compared-steps');
  await steps.waitFor();
  const line = page.getByRole('row').filter({ hasText: 'Status of the answer' });
  expect(await line.textContent()).toContain('400200');
  const marked = await steps.locator('mark').allTextContents();
  expect(marked).toEqual(expect.arrayContaining(['invalid_target', 'resource is not known here']));
  // What came after the token is only in the second.
  expect(await steps.getByText('Only in the second').count()).toBeGreaterThan(0);
  expect(leaked(await page.content())).toEqual([]);
});

async function save(format: 'har' | 'json', name: string): Promise<string> {
  const path = join(folder, name);
  await app.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, path);
  await page.getByTestId(`save-${format}`).click();
  await vi.waitFor(
    () => expect(existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).toBe(true),
    20_000,
  );
  return readFileSync(path, 'utf8');
}

test.each(['Succeeded', 'Failed'] as const)(
  'saved, the sign-in that %s is a valid archive and a valid trace, without a secret',
  async (outcome) => {
    await openSignIn(outcome);
    const har = await save('har', `${outcome}.har`);
    expect(new Validator(harSchema as unknown as Schema, '2020-12').validate(JSON.parse(har)).errors).toEqual(
      [],
    );
    const json = await save('json', `${outcome}.json`);
    const written: TraceFile = traceFile.parse(JSON.parse(json));
    expect(written.trace).toMatchObject({ kind: 'sign-in', outcome: outcome.toLowerCase() });
    for (const text of [har, json]) {
      expect(text).toContain('code_verifier=•••');
      expect(leaked(text)).toEqual([]);
    }
    if (outcome === 'Succeeded') {
      const [token] = written.trace.steps.flatMap(({ tokens }) => tokens);
      expect(token?.claims).toMatchObject({ iss: sandbox.issuerUrl, sub: 'alice' });
      const signatures = [...(wire.secrets.get('access_token') ?? [])].map(
        (value) => value.split('.')[2] ?? '',
      );
      expect(signatures.filter((signature) => signature.length > 20).length).toBeGreaterThan(0);
      for (const signature of signatures) expect(`${har}${json}`).not.toContain(signature);
    }
  },
);
