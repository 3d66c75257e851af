import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'electron-vite';
import type { Page } from 'playwright-core';
import { appIdentity } from '../src/shared/app-identity.ts';
import { launchApp } from '../test/e2e/app.ts';
import { BrowserPerson } from '../test/e2e/browser-person.ts';
import { askAbout, callTool, waitForConnected, waitForSignIn } from '../test/e2e/window.ts';
import { type Sandbox, startSandbox } from '../test/sandbox/sandbox.ts';
import { electronRuntime } from './electron-runtime.ts';

// Shows the main job on real servers: add a server, sign in through the system browser, call a tool.
// With a display a person does it; without one it is done unattended, with a picture of each step.
const root = join(import.meta.dirname, '..');
const pictures = join(root, 'out', 'demo');
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

console.log('Building the app …');
await build({ root, logLevel: 'warn' });
const runtime = await electronRuntime();
console.log(runtime.description);
const sandbox = await startSandbox();
console.log(`Sandbox: MCP server ${sandbox.mcpUrl}, issuer ${sandbox.issuerUrl}, users Alice and Bob`);
try {
  if (hasDisplay && !process.argv.includes('--unattended')) await attended(sandbox);
  else await unattended(sandbox);
} finally {
  await sandbox.close();
}
process.exit();

/** Opens the app with the sandbox's server in the add dialog and leaves the rest to the person. */
async function attended({ mcpUrl }: Sandbox): Promise<void> {
  const link = `${appIdentity.scheme}:/add-server?url=${encodeURIComponent(mcpUrl)}&name=Sandbox`;
  console.log(
    'The add dialog is filled in: press the button, sign in as Alice or Bob, and call a tool. Ends with the app.',
  );
  const app = spawn(runtime.executable, [root, link], {
    stdio: 'inherit',
    env: { ...process.env, STAND_IN_HEADED: '1' },
  });
  await new Promise((resolve) => app.once('exit', resolve));
}

async function unattended({ mcpUrl }: Sandbox): Promise<void> {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  let number = 0;
  const step = async (text: string, page: Page) => {
    number += 1;
    const file = `${String(number).padStart(2, '0')}-${text.toLowerCase().replace(/[^a-z]+/g, '-')}.png`;
    // Loading spinners and transitions would make every picture different.
    await page.screenshot({ path: join(pictures, file), animations: 'disabled' });
    console.log(`${String(number).padStart(2)}. ${text} → out/demo/${file}`);
  };
  const person = await BrowserPerson.start();
  const app = await launchApp();
  try {
    const { page } = app;
    await page.getByTestId('add-server-button').first().waitFor();
    await step('An empty Gatehouse', page);
    await askAbout(page, mcpUrl);
    await step('Who will ask for consent and for what', page);
    await page.getByRole('dialog').getByTestId('sign-in-button').click();
    const url = await app.nextOpened();
    await waitForSignIn(page, 'waiting-for-browser');
    await step('Waiting for the browser', page);
    await person.visit(url, {
      before: (browserPage, what) =>
        step(what === 'sign-in' ? 'Browser: sign in' : 'Browser: consent', browserPage),
    });
    await waitForConnected(page);
    await step('Signed in and connected', page);
    const answer = await callTool(page, 'whoami');
    await step('A tool called', page);
    if (!answer.includes('alice')) throw new Error('The tool did not answer for Alice.');
    await page.getByRole('tab', { name: /^Activity/ }).click();
    await page.getByText('Sign in to', { exact: false }).first().click();
    await page.getByRole('button', { name: /copy as markdown/i }).waitFor();
    await step('What happened on the wire', page);
    console.log('Done: added, signed in, called a tool as Alice.');
  } finally {
    await app.dispose();
    await person.close();
  }
}
