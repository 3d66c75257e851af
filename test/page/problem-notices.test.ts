import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settings } from '../../src/shared/domain/settings.ts';
import type { Snapshot } from '../../src/shared/domain/snapshot.ts';
import {
  describeProblem,
  failure,
  makeProblem,
  type Problem,
  type ProblemCode,
  problemCatalogue,
  type Remedy,
} from '../../src/shared/problems.ts';
import { aLocalServer } from '../screens/command-scenes.ts';
import { aConnection, anAccount, aServer, aSignIn, aSnapshot, NOW } from '../screens/fixtures.ts';
import type { Answers, Emit } from '../screens/stage.ts';
import { type OpenedPage, type PageStage, startStage } from './stage.ts';

let stage: PageStage;
let opened: OpenedPage;
let page: Page;
/** How much had been asked when a test began to look. */
let before = 0;
let emit: Emit;

const linear = aServer({ id: 'linear', name: 'Linear', url: 'https://mcp.linear.example/mcp' });
const files = aLocalServer({ approval: null });
const off = aServer({ id: 'off', name: 'Switched off', enabled: false });

const world = (over: Partial<Snapshot> = {}) =>
  aSnapshot({
    servers: [linear, files, off],
    accounts: [anAccount({ id: 'ada', serverId: 'linear' })],
    connections: [aConnection('linear', 'ada'), aConnection('linear', null), aConnection('files', null)],
    ...over,
  });
const atRest: Answers = {
  'app.snapshot': () => world(),
  'servers.process': () => ({ state: { kind: 'not-started' }, lines: [] }),
  'servers.reconnect': () => undefined,
  'servers.set-enabled': () => undefined,
  'servers.update-settings': () => undefined,
  'servers.secrets': () => ({}) as never,
  'sign-ins.begin': () => aSignIn({ serverId: 'linear' }),
  'activity.list': () => [],
  'activity.get': () => null,
};

beforeAll(async () => {
  stage = await startStage();
  opened = await stage.open({ reducedMotion: 'reduce' });
  ({ page, emit } = opened);
});
afterAll(async () => {
  await opened.close();
  await stage.close();
});
const asked = () => opened.calls.slice(before);

/** Loads the page anew at a place. */
async function load(hash: string, answers: Answers): Promise<void> {
  opened.answer(answers);
  await page.goto('about:blank');
  await page.goto(`${stage.origin}/index.html${hash}`);
  await page.locator('.gh-frame').waitFor();
}

const open = (hash: string, further: Answers = {}) => load(hash, { ...atRest, ...further });

const codes = Object.keys(problemCatalogue) as ProblemCode[];
const placesOf = (code: ProblemCode): string[] => {
  const { sentence, advice } = problemCatalogue[code];
  return [...`${sentence} ${advice}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
};
/** A problem with every place filled by something to look for. */
function filled(code: ProblemCode): Problem {
  const params = placesOf(code).map((name) => [
    name,
    name === 'scopes' ? 'admin:write, mail:send' : `the-${name}`,
  ]);
  return { ...makeProblem(code, Object.fromEntries(params), `${code} in detail`), traceId: 'trace-77' };
}
const serverOf = (code: ProblemCode) =>
  problemCatalogue[code].remedy === 'approve-command' ? files.id : linear.id;
const notice = (code: ProblemCode) => page.locator(`main [data-testid=problem][data-code="${code}"]`);

/** Shows the problem where it is met most: on the page of the server whose connection has it. */
async function meet(code: ProblemCode): Promise<void> {
  const serverId = serverOf(code);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/servers/${serverId}`);
  const failed = { status: 'failed' as const, problem: filled(code), since: NOW };
  await emit('connection.changed', aConnection(serverId, null, failed));
  await notice(code).waitFor();
}

/** What a notice says, and whether its technical name shows before and after the person asks for it. */
const read = (code: ProblemCode) =>
  notice(code).evaluate((shown, detail) => {
    const text = (selector: string) => shown.querySelector(selector)?.textContent ?? '';
    const disclosure = shown.querySelector('details');
    const named = [...shown.querySelectorAll('dd')].find((one) => one.textContent === detail);
    const visible = () => named?.checkVisibility() ?? false;
    const shut = visible();
    disclosure?.querySelector('summary')?.click();
    const opened = visible();
    disclosure?.querySelector('summary')?.click();
    return {
      sentence: text('.gh-problem-sentence'),
      advice: text('.gh-problem-advice'),
      severity: shown.getAttribute('data-severity'),
      shut,
      opened,
    };
  }, `${code} in detail`);

describe('every problem is told in whole words', () => {
  for (const language of ['en', 'de', 'zh'] as const) {
    test(`${language}: sentence and advice with every place filled; the technical name one click deeper`, async () => {
      await open('#/servers/linear', {
        'app.snapshot': () => world({ settings: settings.parse({ language }) }),
      });
      await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toContain(language);
      const told: string[] = [];
      for (const code of codes) {
        await meet(code);
        const { sentence, advice, severity, shut, opened } = await read(code);
        const words = `${sentence} ${advice}`;
        expect([code, words]).toEqual([code, expect.not.stringMatching(/[{}]|undefined/)]);
        for (const name of placesOf(code))
          expect([code, words]).toEqual([code, expect.stringContaining(String(filled(code).params[name]))]);
        if (language === 'en') expect({ sentence, advice }).toEqual(wordsOf(code));
        expect([code, sentence.length > 5 && advice.length > 3]).toEqual([code, true]);
        expect(severity).toBe(problemCatalogue[code].severity);
        expect([code, shut, opened]).toEqual([code, false, true]);
        told.push(sentence);
      }
      expect(new Set(told).size).toBe(codes.length);
    });
  }

  const wordsOf = (code: ProblemCode) => {
    const { sentence, advice } = describeProblem(filled(code));
    return { sentence, advice };
  };
});

/** What pressing a remedy has to do; thrown is what it did instead. */
const effects: Record<Remedy, (code: ProblemCode) => Promise<void>> = {
  none: async (code) => expect(await notice(code).getByTestId('problem-remedy').count()).toBe(0),
  retry: () => called('servers.reconnect', { serverId: 'linear', accountId: null }),
  reconnect: () => called('servers.reconnect', { serverId: 'linear', accountId: null }),
  'sign-in': () =>
    called('sign-ins.begin', { serverId: 'linear', accountId: null, confirmed: false, extraScopes: [] }),
  'grant-more': async (code) => {
    const extraScopes = placesOf(code).includes('scopes') ? ['admin:write', 'mail:send'] : [];
    await called('sign-ins.begin', { serverId: 'linear', accountId: null, confirmed: false, extraScopes });
  },
  'edit-url': async () => {
    const address = page.getByTestId('server-url-input');
    await address.waitFor();
    expect(await address.inputValue()).toBe(linear.url);
    await page.keyboard.press('Escape');
    await address.waitFor({ state: 'detached' });
  },
  'edit-settings': () => gone('#/servers/linear/settings'),
  'enter-client-id': () => gone('#/servers/linear/settings'),
  'use-loopback': async () => {
    await called('servers.update-settings', {
      serverId: 'linear',
      settings: { ...linear.settings, redirect: 'loopback' },
    });
    await called('sign-ins.begin', {
      serverId: 'linear',
      accountId: null,
      confirmed: false,
      extraScopes: [],
    });
  },
  'unlock-key-store': () => gone('#/settings'),
  'show-activity': () => gone('#/servers/linear/activity/trace-77'),
  'approve-command': async () => {
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain(files.name);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  },
};
const called = (name: string, input: unknown) =>
  expect
    .poll(() =>
      asked()
        .filter((one) => one.name === name)
        .map((one) => one.input),
    )
    .toEqual([input]);
const gone = (hash: string) => expect.poll(() => page.evaluate(() => location.hash)).toBe(hash);

describe('the button of a problem does what it says', () => {
  beforeAll(() => open('#/servers/linear'));
  for (const code of codes) {
    const { remedy } = problemCatalogue[code];
    test(`${code}: ${remedy}`, async () => {
      await meet(code);
      before = opened.calls.length;
      if (remedy !== 'none') {
        const button = notice(code).getByTestId('problem-remedy');
        const said = await button.evaluate((shown) => [shown.dataset.remedy, shown.textContent?.trim()]);
        expect(said).toEqual([remedy, expect.stringMatching(/\w{3}/)]);
        await button.click();
      }
      await effects[remedy](code);
    });
  }
});

describe('where a problem is met decides what its button acts on', () => {
  /** Opens a trace that ended with a problem. */
  const openTrace = (
    code: ProblemCode,
    of: { serverId: string; accountId: string | null },
    over: Partial<Snapshot> = {},
  ) =>
    open('#/activity/trace-1', {
      'app.snapshot': () => world(over),
      'activity.get': () => ({
        id: 'trace-1',
        kind: 'call',
        title: 'Call',
        startedAt: NOW,
        endedAt: NOW,
        outcome: 'failed',
        problem: filled(code),
        steps: [],
        ...of,
      }),
    });
  const press = async (code: ProblemCode) => {
    before = opened.calls.length;
    await notice(code).getByTestId('problem-remedy').click();
  };

  test('a server that is switched off is switched on', async () => {
    await openTrace('server-disabled', { serverId: 'off', accountId: null });
    await press('server-disabled');
    await called('servers.set-enabled', { serverId: 'off', enabled: true });
  });

  test('of an account it acts for that account, which has agreed before', async () => {
    await open('#/accounts');
    const failed = { status: 'failed' as const, problem: filled('scope-declined'), since: NOW };
    await emit('connection.changed', aConnection('linear', 'ada', failed));
    await page.getByTestId('account-row-ada').locator('button').first().click();
    await press('scope-declined');
    await called('sign-ins.begin', {
      serverId: 'linear',
      accountId: 'ada',
      confirmed: true,
      extraScopes: ['admin:write', 'mail:send'],
    });
  });

  test('more is granted as the account’s server wants it, whatever the problem says', async () => {
    const state = { kind: 'insufficient' as const, wantedScopes: ['only:this'], at: NOW };
    const account = anAccount({ id: 'ada', serverId: 'linear', consent: 'insufficient', state });
    await openTrace('scope-insufficient', { serverId: 'linear', accountId: 'ada' }, { accounts: [account] });
    await press('scope-insufficient');
    await called('sign-ins.begin', {
      serverId: 'linear',
      accountId: 'ada',
      confirmed: true,
      extraScopes: ['only:this'],
    });
  });

  test('who moved to another issuer sees the preview first', async () => {
    const state = { kind: 'issuer-moved' as const, newIssuer: 'https://new.example', at: NOW };
    const account = anAccount({ id: 'ada', serverId: 'linear', state });
    await openTrace('issuer-moved', { serverId: 'linear', accountId: 'ada' }, { accounts: [account] });
    await press('issuer-moved');
    await called('sign-ins.begin', {
      serverId: 'linear',
      accountId: 'ada',
      confirmed: false,
      extraScopes: [],
    });
  });

  test('beside its trace no button leads to the trace', async () => {
    await openTrace('answer-malformed', { serverId: 'linear', accountId: null });
    await notice('answer-malformed').waitFor();
    expect(await notice('answer-malformed').getByTestId('problem-remedy').count()).toBe(0);
  });

  test('what could not be asked for is asked for again', async () => {
    let times = 0;
    await open('#/activity', {
      'activity.list': () => {
        times += 1;
        if (times === 1) throw failure('connection-refused', { host: 'nobody' });
        return [];
      },
    });
    await press('connection-refused');
    await page.getByText('Nothing has happened yet').waitFor();
    expect(times).toBe(2);
  });

  test('while a server is added, the address is given back for mending, asked again, or added for its settings', async () => {
    let problem = filled('not-mcp');
    await open('#/', {
      'servers.probe': () => ({ kind: 'problem', problem, existingServerId: null }),
      'servers.add': () => aServer({ id: 'linear' }),
    });
    await page.getByTestId('add-server-button').first().click();
    const dialog = page.getByRole('dialog');
    const address = page.getByTestId('server-url-input');
    await address.fill('https://mcp.linear.example/mcp');
    const remedyOf = async (code: ProblemCode) => {
      problem = filled(code);
      await address.press('Enter');
      const shown = dialog.locator(`[data-testid=problem][data-code="${code}"]`);
      await shown.waitFor();
      before = opened.calls.length;
      await shown.getByTestId('problem-remedy').click();
    };
    await remedyOf('not-mcp');
    await expect.poll(() => address.evaluate((input) => input === document.activeElement)).toBe(true);
    await remedyOf('connection-refused');
    await called('servers.probe', { url: 'https://mcp.linear.example/mcp', headers: {} });
    await remedyOf('s256-missing');
    await expect.poll(() => asked().map(({ name }) => name)).toContain('servers.add');
    await gone('#/servers/linear/settings');
  });
});
