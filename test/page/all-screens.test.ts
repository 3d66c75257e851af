import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scene, scenes } from '../screens/scenes.ts';
import { settle } from '../screens/settle.ts';
import { NOW, type OpenedPage, type PageStage, startStage } from './stage.ts';

/** A window of 1280 × 1024 at 400 % (WCAG 1.4.10); at 200 % there is more room than this. */
const SMALL = { width: 320, height: 256 };
/** Milliseconds beyond which something moves, for who asked for less motion. */
const STILL_MS = 10;

let stage: PageStage;
let opened: OpenedPage;

beforeAll(async () => {
  stage = await startStage();
  opened = await stage.open({ viewport: SMALL, reducedMotion: 'reduce' });
  await opened.page.clock.setFixedTime(NOW);
});
afterAll(async () => {
  await opened.close();
  await stage.close();
});

async function show({ name, snapshot, answers, hash, waitForFrame, act }: Scene): Promise<void> {
  const { page, emit, calls } = opened;
  opened.answer({ 'app.snapshot': () => snapshot, ...answers });
  await page.goto('about:blank');
  await page.goto(`${stage.origin}/index.html${hash ?? ''}`);
  if (waitForFrame !== false) await page.locator('.gh-frame').waitFor();
  await act?.({ page, emit, calls, narrow: true });
  await page.mouse.move(0, 0);
  await settle(page, opened.activity).catch((error: unknown) => {
    throw new Error(`${name} does not come to rest`, { cause: error });
  });
}

describe.each(scenes.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
  test('is usable at 400 %, by scrolling one way only, and keeps still for who asked for it', async () => {
    await show(scene);
    expect(await opened.page.evaluate(sidewaysScrolling)).toEqual([]);
    expect(await opened.page.evaluate(outOfReach)).toEqual([]);
    expect(await opened.page.evaluate(motion, STILL_MS)).toEqual([]);
  });
});

test('without that wish there is motion to be found', async () => {
  const lively = await stage.open({ viewport: SMALL, reducedMotion: 'no-preference' });
  const scene = scenes.find(({ name }) => name === 'sign-in-browser') as Scene;
  lively.answer({ 'app.snapshot': () => scene.snapshot });
  await lively.page.goto(`${stage.origin}/index.html${scene.hash ?? ''}`);
  await lively.page.locator('.gh-stepper').first().waitFor();
  expect(await lively.page.evaluate(motion, STILL_MS)).not.toEqual([]);
  await lively.close();
});

/** Runs in the page: what would have to be scrolled sideways, except what has two dimensions of its own (WCAG 1.4.10). */
function sidewaysScrolling(): string[] {
  const twoDimensional = 'pre, table, svg, [data-two-dimensional]';
  return [document.documentElement, ...document.querySelectorAll('body *')]
    .filter((element) => {
      if (element.scrollWidth <= element.clientWidth + 1 || element.closest(twoDimensional)) return false;
      const { overflowX } = getComputedStyle(element);
      return element === document.documentElement || overflowX === 'auto' || overflowX === 'scroll';
    })
    .map(
      (element) =>
        `${element.tagName.toLowerCase()}.${element.className} is ${element.scrollWidth} wide in ${element.clientWidth}`,
    );
}

/** Runs in the page: what can be operated but not brought into view, or is covered there. */
function outOfReach(): string[] {
  const operable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const dialogs = document.querySelectorAll('[role="dialog"]');
  const scope: ParentNode = dialogs[dialogs.length - 1] ?? document;
  const found: string[] = [];
  for (const element of scope.querySelectorAll<HTMLElement>(operable)) {
    if (
      element.matches(':disabled') ||
      element.closest('[inert]') ||
      !element.checkVisibility({ visibilityProperty: true })
    )
      continue;
    // Shown only while it has the focus.
    if (element.matches('.gh-skip')) continue;
    // What is drawn for an invisible input is its label or what follows it.
    const label =
      element instanceof HTMLInputElement && ['checkbox', 'radio'].includes(element.type)
        ? element.labels?.[0]
        : undefined;
    const drawn = label ?? element;
    drawn.scrollIntoView({ block: 'center', inline: 'nearest' });
    const { left, right, top, bottom, width, height } = drawn.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const name = `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`;
    if (left >= innerWidth || right <= 0 || top >= innerHeight || bottom <= 0)
      found.push(`${name} is out of view`);
    else {
      // A toast can be sent away.
      const hit = document.elementFromPoint(x, y);
      const same =
        hit !== null &&
        (drawn.contains(hit) ||
          hit.contains(drawn) ||
          hit.closest('.gh-toast') !== null ||
          hit.closest('label')?.contains(element));
      if (!same) found.push(`${name} is covered by ${hit?.tagName.toLowerCase()}.${hit?.className}`);
    }
  }
  return found;
}

/** Runs in the page: every animation and transition longer than this. */
function motion(longest: number): string[] {
  const milliseconds = (list: string) =>
    Math.max(
      ...list
        .split(',')
        .map((one) => (one.trim().endsWith('ms') ? Number.parseFloat(one) : Number.parseFloat(one) * 1000)),
    );
  const found = document
    .getAnimations()
    .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > longest)
    .map(
      (animation) =>
        `runs: ${String((animation as CSSAnimation).animationName ?? (animation as CSSTransition).transitionProperty)}`,
    );
  for (const element of document.querySelectorAll('*')) {
    for (const pseudo of [null, '::before', '::after']) {
      const style = getComputedStyle(element, pseudo);
      const moves = style.animationName !== 'none' && milliseconds(style.animationDuration) > longest;
      const turns = milliseconds(style.transitionDuration) > longest;
      if (moves || turns)
        found.push(`${element.tagName.toLowerCase()}.${String(element.className)}${pseudo ?? ''}`);
    }
  }
  return [...new Set(found)];
}
