import type { Page } from 'playwright-core';
import type { Activity } from './stage.ts';

/** How many frames a page may go on moving, at most. */
const FRAMES = 600;

/**
 * Waits until a page has come to rest: nothing is on its way to it, its fonts are there, no animation runs, and two
 * frames one after the other are laid out alike.
 * @throws Error when it does not come to rest within some hundred frames
 */
export async function settle(page: Page, activity: Activity): Promise<void> {
  for (;;) {
    const before = activity.count();
    const still = await page.evaluate(restingPage, FRAMES);
    if (!still) throw new Error('the page does not come to rest');
    if (activity.count() === before && !activity.busy()) return;
  }
}

/** Runs in the page. Whether it came to rest. */
async function restingPage(frames: number): Promise<boolean> {
  const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
  const layout = () =>
    Array.from(document.querySelectorAll('body *'), (element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return `${x} ${y} ${width} ${height}`;
    }).join('\n');
  await document.fonts.ready;
  let last = '';
  for (let count = 0; count < frames; count += 1) {
    await frame();
    const running = document.getAnimations().some(({ playState }) => playState === 'running');
    const loading =
      document.fonts.status === 'loading' || document.querySelector('.gh-page-loading') !== null;
    const now = layout();
    if (!running && !loading && now === last) return true;
    last = now;
  }
  return false;
}
