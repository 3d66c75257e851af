import type { Page } from 'playwright-core';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import { makeProblem } from '../../src/shared/problems.ts';
import { aPreview, aSignIn, aSnapshot, aServer, aWorkday, NOW } from './fixtures.ts';
import type { Answers, Emit } from './stage.ts';

export interface Scene {
  name: string;
  title: string;
  snapshot: Snapshot | Promise<Snapshot>;
  hash?: string;
  height?: number;
  answers?: Answers;
  waitForFrame?: boolean;
  act?: Act;
}

type Act = (stage: { page: Page; emit: Emit; narrow: boolean }) => Promise<void>;

const never = <T>() => new Promise<T>(() => {});

async function openAdd(page: Page, narrow: boolean): Promise<void> {
  if (narrow) await page.getByRole('button', { name: 'Show servers' }).click();
  await page.getByTestId('add-server-button').click();
}

const probed =
  (url = 'https://mcp.acme.example/mcp'): Act =>
  async ({ page, narrow }) => {
    await openAdd(page, narrow);
    await page.getByTestId('server-url-input').fill(url);
    await page.getByTestId('server-url-input').press('Enter');
    await page.locator('[data-testid=probe-result]:not([data-kind=address])').waitFor();
  };

export const scenes: readonly Scene[] = [
  { name: 'home-empty', title: 'First start', snapshot: aSnapshot() },
  { name: 'home-attention', title: 'Servers need attention', snapshot: aWorkday() },
  {
    name: 'add-preview',
    title: 'Add: consent preview',
    height: 980,
    snapshot: aWorkday(),
    answers: {
      'servers.probe': () => ({ kind: 'sign-in', url: 'https://mcp.acme.example/mcp', suggestedName: 'Acme Projects', preview: aPreview() }),
    },
    act: probed(),
  },
  {
    name: 'sign-in-browser',
    title: 'Sign-in: waiting for the browser',
    hash: '#/servers/acme',
    snapshot: aWorkday({
      servers: [...aWorkday().servers, aServer({ id: 'acme', name: 'Acme Projects', consent: 'pending' })],
      signIns: [
        aSignIn({
          serverId: 'acme',
          step: 'browser',
          status: { kind: 'waiting-for-browser', redirect: 'custom-scheme', deadline: NOW + 9 * 60_000 },
        }),
      ],
    }),
  },
  { name: 'server-two-accounts', title: 'Server with two accounts', hash: '#/servers/linear', snapshot: aWorkday() },
  { name: 'server-failed', title: 'Server: connection failed', hash: '#/servers/weather', snapshot: aWorkday() },
];
void makeProblem;
void never;
