import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/shared/domain/trace.ts';
import { aServer, aSnapshot } from '../screens/fixtures.ts';
import type { Answers } from '../screens/stage.ts';
import { hostileTrace, longTrace, mendedTrace } from '../screens/trace-cases.ts';
import { failedTrace, goodTrace, withoutSteps } from '../screens/traces.ts';
import { type OpenedPage, type PageStage, startStage } from './stage.ts';

let stage: PageStage;
let opened: OpenedPage;
let page: Page;
/** How much had been asked when a test began to look. */
let before = 0;

beforeAll(async () => {
  stage = await startStage();
  opened = await stage.open({ reducedMotion: 'reduce' });
  ({ page } = opened);
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
beforeEach(() => page.setViewportSize({ width: 1200, height: 800 }));

const showing = (...traces: Trace[]): Answers => ({
  'app.snapshot': () => aSnapshot({ servers: [aServer({ id: 'stripe', name: 'Stripe' })] }),
  'activity.list': ({ serverId }) =>
    traces.map(withoutSteps).filter((one) => serverId === null || one.serverId === serverId),
  'activity.get': ({ traceId }) => traces.find(({ id }) => id === traceId) ?? null,
  'activity.save': () => 'saved',
  'activity.copy': () => undefined,
});
const open = async (trace: Trace) => {
  await load(`#/activity/${trace.id}`, showing(trace, goodTrace));
  await page.getByTestId('sequence').waitFor();
};
const steps = () => page.getByTestId('sequence').getByRole('listitem');
const row = (number: number) => page.getByTestId(`step-${number}`);
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
const hash = () => page.evaluate(() => location.hash);
const overflows = () =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

describe('a trace as a diagram that is a list', () => {
  test('each step is named for who listens: number, who to whom, what, the answer, repairs, tokens', async () => {
    await open(goodTrace);
    expect(await page.getByRole('list', { name: 'Steps in order' }).count()).toBe(1);
    expect(await steps().count()).toBe(goodTrace.steps.length);
    const name = (number: number) =>
      row(number).evaluate((one) => one.textContent?.replace(/\s+/g, ' ').trim());
    expect(await name(1)).toContain(
      'Step 1, From Gatehouse to Server: POST First request, without a tokenAnswer 401',
    );
    expect(await name(4)).toContain('1 repair');
    expect(await name(6)).toContain('Step 6, Gatehouse: You agreed to the preview');
    expect(await name(9)).toContain('1 token');
    // The drawing is for those who see it.
    expect(
      await page
        .getByTestId('sequence')
        .locator('svg:not([aria-hidden=true] svg, [aria-hidden=true])')
        .count(),
    ).toBe(0);
  });

  test('by keyboard: arrows, Home and End between the steps, Enter opens and closes', async () => {
    await open(goodTrace);
    await row(1).focus();
    for (const [key, step] of [
      ['ArrowDown', 2],
      ['ArrowDown', 3],
      ['ArrowUp', 2],
      ['End', goodTrace.steps.length],
      ['ArrowDown', goodTrace.steps.length],
      ['Home', 1],
      ['ArrowUp', 1],
    ] as const) {
      await page.keyboard.press(key);
      expect([key, await focused()]).toEqual([key, `step-${step}`]);
    }
    await page.keyboard.press('Enter');
    expect(await row(1).getAttribute('aria-expanded')).toBe('true');
    expect(await page.getByTestId('step-details').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await page.getByTestId('step-details').count()).toBe(0);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('step-2');
  });

  test('a step opens to its rule, the request with its parameters, the answer, and what the token says', async () => {
    await open(goodTrace);
    await row(7).click();
    const details = page.getByTestId('step-details');
    expect(await details.textContent()).toContain('rfc-editor.org/rfc/rfc7636#section-4.3');
    expect(await details.getByText('Parameters of the address').count()).toBe(1);
    for (const part of [
      'code_challenge_method',
      'S256',
      'resource',
      'https://mcp.acme.example/mcp',
      'state',
      '•••',
    ])
      expect(await details.textContent()).toContain(part);
    await row(7).click();
    await row(9).click();
    const token = page.getByTestId('token');
    expect(await token.textContent()).toContain('access_token Answer, signed');
    for (const part of [
      'aud',
      'https://mcp.acme.example/mcp',
      'exp',
      'in 59 minutes',
      'Not shown: email, realm_access',
    ])
      expect(await token.textContent()).toContain(part);
  });

  test('what failed is open from the start', async () => {
    await open(failedTrace);
    expect(await row(3).getAttribute('aria-expanded')).toBe('true');
    expect(await page.getByTestId('step-details').textContent()).toContain('code_verifier does not match');
  });

  test('two hundred steps: all there, one by one or at once, and no wider than a narrow window', async () => {
    await page.setViewportSize({ width: 480, height: 800 });
    await open(longTrace);
    expect(await steps().count()).toBe(200);
    await row(1).focus();
    await page.keyboard.press('End');
    expect(await focused()).toBe('step-200');
    expect(
      await page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? 9999),
    ).toBeLessThan(800);
    expect(await overflows()).toBe(false);
    await page.getByTestId('open-all-steps').click();
    await expect.poll(() => page.getByTestId('step-details').count()).toBe(200);
    expect(await overflows()).toBe(false);
    await page.getByTestId('open-all-steps').click();
    await expect.poll(() => page.getByTestId('step-details').count()).toBe(0);
  });

  test('it is copied and saved in both forms', async () => {
    await open(goodTrace);
    before = opened.calls.length;
    await page.getByTestId('save-har').click();
    await page.getByTestId('save-json').click();
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await expect
      .poll(() => asked().map(({ name, input }) => [name, input]))
      .toEqual([
        ['activity.save', { traceId: 'trace-1', format: 'har' }],
        ['activity.save', { traceId: 'trace-1', format: 'json' }],
        ['activity.copy', { traceId: 'trace-1' }],
      ]);
    await page.getByText('Saved, secrets removed').first().waitFor();
  });
});

describe('what a server says is text', () => {
  test('no markup, no link, nothing hidden; the page stays what it was', async () => {
    await page.setViewportSize({ width: 480, height: 800 });
    await open(hostileTrace);
    await page.getByTestId('step-details').waitFor();
    expect(await page.title()).not.toMatch(/^[12]$/);
    const inside = page.locator('main');
    expect(await inside.locator('img, script, iframe, object, style').count()).toBe(0);
    const links = await inside.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(links.filter((link) => !link?.startsWith('#/'))).toEqual([]);
    const text = ((await inside.textContent()) ?? '').replaceAll('\n', '');
    expect(text).toContain('\\u{202e}');
    expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u200b]/u);
    expect(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)).toEqual([]);
    expect(await overflows()).toBe(false);
  });

  test('a megabyte in a body, a header and a note is shown in part', async () => {
    const megabyte = 'A'.repeat(1 << 20);
    const [first] = hostileTrace.steps;
    if (!first?.response) throw new Error('no step');
    await open({
      ...hostileTrace,
      title: megabyte,
      steps: [
        {
          ...first,
          title: megabyte,
          notes: [megabyte],
          response: { status: 200, headers: { 'x-large': megabyte }, body: megabyte },
        },
      ],
    });
    await page.getByTestId('step-details').waitFor();
    expect(await page.locator('main').evaluate((main) => main.textContent?.length ?? 0)).toBeLessThan(60_000);
    expect(await overflows()).toBe(false);
  });
});

describe('two attempts side by side', () => {
  const openPair = async () => {
    await load('#/servers/stripe/activity', showing(failedTrace, mendedTrace));
    await page.getByTestId('compare-last').click();
    await page.getByTestId('compared-steps').waitFor();
  };
  const rows = () => page.getByTestId('compared-steps').getByRole('button');

  test('of a server the last failed one comes with the last good one', async () => {
    await openPair();
    expect(await hash()).toBe('#/servers/stripe/activity/trace-2/trace-8');
    expect(await page.getByTestId('compare-summary').textContent()).toBe('2 of 4 steps differ');
  });

  test('what differs is listed, marked, and open; what does not is shown on request', async () => {
    await openPair();
    expect(await rows().count()).toBe(2);
    const table = page.getByRole('table');
    const line = (name: string) => table.getByRole('row').filter({ hasText: name });
    expect(await line('Status of the answer').textContent()).toBe('Status of the answer400200');
    expect(await line('Request body resource').textContent()).toContain('not there');
    expect(await line('Request body resource').locator('mark').textContent()).toBe(
      'https://mcp.stripe.example/mcp',
    );
    expect(await table.textContent()).not.toContain('redirect_uri');
    await page.getByLabel('Also what changes every time').click();
    expect(await line('redirect_uri').locator('mark').allTextContents()).toEqual(['49731', '50122']);
    await page.getByLabel('Only what differs').click();
    expect(await rows().count()).toBe(4);
  });

  test('by keyboard: arrows between the steps, Enter closes and opens', async () => {
    await openPair();
    await rows().first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(
      'First call with the token',
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('table').count()).toBe(0);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('table').count()).toBe(1);
  });

  test('both are chosen freely, and swapped', async () => {
    await openPair();
    await page.getByTestId('compare-swap').click();
    await expect.poll(hash).toBe('#/servers/stripe/activity/trace-8/trace-2');
    await page.getByTestId('compare-second').selectOption('trace-8');
    await expect.poll(hash).toBe('#/servers/stripe/activity/trace-8/trace-8');
    await page.getByText('Both went the same way.').waitFor();
  });

  test('from a trace the way leads to its counterpart', async () => {
    await load('#/servers/stripe/activity/trace-8', showing(failedTrace, mendedTrace));
    await page.getByTestId('compare-trace').click();
    await expect.poll(hash).toBe('#/servers/stripe/activity/trace-8/trace-2');
  });

  test('with one attempt there is nothing to compare, and no button says there is', async () => {
    await load('#/servers/stripe/activity', showing(failedTrace));
    await page.getByTestId('trace-trace-2').waitFor();
    expect(await page.getByTestId('compare-last').count()).toBe(0);
  });
});
