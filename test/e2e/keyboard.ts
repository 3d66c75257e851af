import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';

const PATIENCE_MS = 20_000;
const MOST_STOPS = 150;
const OUTSIDE = '(outside)';

/** What has the focus, as somebody in front of the window sees and hears it. */
export interface Stop {
  /** Unique for as long as the element is in the page. */
  readonly key: number;
  /** Its place in the document. */
  readonly index: number;
  readonly role: string;
  readonly name: string;
  readonly testId: string | null;
  /** Where it is, scrolled content included, in CSS pixels. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** What of the window it is in: dialog, toast, sidebar, main. Order is compared within one. */
  readonly part: string;
  /** Whether an outline or a shadow shows that it has the focus. */
  readonly marked: boolean;
  readonly inView: boolean;
  /** True for the page itself: nothing has the focus. */
  readonly nowhere: boolean;
}

export type Wanted = string | RegExp | ((stop: Stop) => boolean);

/** A person who has a keyboard and nothing else. */
export class Keyboard {
  readonly page: Page;
  readonly #seen = new Map<string, Stop>();

  constructor(page: Page) {
    this.page = page;
  }

  /** Every element the focus has been on, by role and name. */
  get seen(): ReadonlyMap<string, Stop> {
    return this.#seen;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Where the focus is now; it must show. */
  async stop(): Promise<Stop> {
    const stop = await this.page.evaluate(describeFocus);
    if (stop.nowhere) return stop;
    // What slides in is in view a moment later.
    await vi.waitFor(async () => {
      const shown = await this.page.evaluate(describeFocus);
      expect(shown, `the focus must show: ${describe(stop)}, then ${describe(shown)}`).toMatchObject({
        marked: true,
        inView: true,
      });
      this.#seen.set(`${stop.role} ${stop.name}`, shown);
    }, PATIENCE_MS);
    return stop;
  }

  /** Waits until the focus is on something. */
  async rest(wanted: Wanted = () => true): Promise<Stop> {
    return vi.waitFor(async () => {
      const stop = await this.page.evaluate(describeFocus);
      if (stop.nowhere || !fits(stop, wanted))
        throw new Error(`the focus is on ${JSON.stringify(stop)}, not ${String(wanted)}`);
      return this.stop();
    }, PATIENCE_MS);
  }

  /**
   * Presses Tab until the focus is on what is wanted. On the way every stop must show, and come after the one before in
   * the order of reading. At the end of the window, and only there, the focus may leave the page once.
   */
  async tabTo(wanted: Wanted, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<Stop> {
    let before = await this.page.evaluate(describeFocus);
    if (!before.nowhere && fits(before, wanted)) return this.stop();
    const visited = new Set<number>();
    const path: string[] = [];
    for (let presses = 0; presses < MOST_STOPS; presses++) {
      await this.press(key);
      const stop = await this.stop();
      if (stop.nowhere && path.includes(OUTSIDE)) break;
      path.push(stop.nowhere ? OUTSIDE : `${stop.role} “${stop.name}”`);
      if (!stop.nowhere) {
        if (visited.has(stop.key)) break;
        visited.add(stop.key);
        if (!before.nowhere && before.part === stop.part && !this.#wrapped(before, stop, key)) {
          const [first, second] = key === 'Tab' ? [before, stop] : [stop, before];
          expect(isBefore(first, second), `${describe(first)} is read before ${describe(second)}`).toBe(true);
        }
        if (fits(stop, wanted)) return stop;
      }
      before = stop;
    }
    throw new Error(`Tab never led to ${String(wanted)}; it went to ${path.join(', ')}`);
  }

  /** In a dialog the last stop is followed by the first. */
  #wrapped(before: Stop, stop: Stop, key: string): boolean {
    return (
      before.part === 'dialog' && (key === 'Tab' ? before.index > stop.index : before.index < stop.index)
    );
  }

  /** Tab leads to it, Enter does it. */
  async activate(wanted: Wanted, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
    await this.tabTo(wanted);
    await this.press(key);
  }

  /** Opens a menu with Enter and walks to one of its items with the arrow keys. */
  async choose(button: Wanted, item: string | RegExp): Promise<void> {
    await this.activate(button);
    const first = await this.rest(({ role }) => role === 'menuitem');
    let stop = first;
    while (!fits(stop, item)) {
      await this.press('ArrowDown');
      stop = await this.stop();
      expect(stop.role).toBe('menuitem');
      if (stop.key === first.key) throw new Error(`no item ${item} in the menu of ${String(button)}`);
    }
    await this.press('Enter');
  }

  /** Goes once around a dialog with Tab and once back: nothing outside is ever reached. */
  async goAround(): Promise<Stop[]> {
    const start = await this.rest(({ part }) => part === 'dialog');
    for (const key of ['Shift+Tab', 'Tab']) {
      const around: Stop[] = [];
      for (let presses = 0; presses < MOST_STOPS; presses++) {
        await this.press(key);
        const stop = await this.rest();
        expect(stop.part, 'the focus stays in the dialog').toBe('dialog');
        around.push(stop);
        if (stop.key === start.key) break;
      }
      expect(around.at(-1)?.key, 'the way around leads back').toBe(start.key);
      if (key === 'Tab') return around;
    }
    return [];
  }

  /** Closes a dialog with Escape; the focus goes back to where it was. */
  async escapeTo(wanted: Wanted): Promise<void> {
    await this.press('Escape');
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
    await this.rest(wanted);
  }
}

function fits(stop: Stop, wanted: Wanted): boolean {
  if (typeof wanted === 'function') return wanted(stop);
  if (typeof wanted === 'string') return stop.testId === wanted || stop.name === wanted;
  return wanted.test(stop.name);
}

const describe = ({ role, name, box }: Stop) =>
  `${role} “${name}” at ${Math.round(box.x)}, ${Math.round(box.y)}`;

/** Whether one thing is read before another: above it, or left of it in the same line, or in a column to its left. */
function isBefore({ box: a }: Stop, { box: b }: Stop): boolean {
  const inside =
    b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width + 1 && b.y + b.height <= a.y + a.height + 1;
  const below = b.y >= a.y + a.height - 4;
  const right = b.x >= a.x + a.width - 4;
  const lower = b.y + b.height / 2 > a.y + a.height / 2 + 4;
  const further = b.x + b.width / 2 > a.x + a.width / 2;
  return inside || below || right || lower || further;
}

/** Runs in the page. */
function describeFocus(): Stop {
  const scope = window as unknown as { focusKeys?: Map<Element, number> };
  scope.focusKeys ??= new Map();
  const element = document.activeElement ?? document.body;
  const key = scope.focusKeys.get(element) ?? scope.focusKeys.size;
  scope.focusKeys.set(element, key);
  const label =
    element.closest('label') ??
    (element.id ? document.querySelector(`label[for="${CSS.escape(element.id)}"]`) : null);
  const labelledBy = element.getAttribute('aria-labelledby');
  const words = (node: Element | null | undefined) => node?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
  const name =
    element.getAttribute('aria-label') ??
    (labelledBy ? words(document.getElementById(labelledBy)) : '') ??
    '';
  const own = element.matches('input, select, textarea') ? words(label) : words(element).slice(0, 120);
  const scroller = element.closest('.gh-main, .gh-add-scroll, .gh-server-list');
  const parts = { dialog: '[role="dialog"]', toast: '.gh-toast', sidebar: 'nav', main: 'main' };
  const rect = element.getBoundingClientRect();
  // A box to tick is drawn beside its invisible input, a choice around it.
  const drawn = [element, element.nextElementSibling, element.parentElement].filter((one) => one !== null);
  // The edge of the sidebar is a line that turns to the colour of the focus.
  const color = getComputedStyle(document.documentElement).getPropertyValue('--gh-focus').trim();
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)).join(', ');
  const lit = getComputedStyle(element, '::after').backgroundColor === `rgb(${channels})`;
  const outlinedOne = drawn.some((one) => {
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const outlined =
      style.outlineStyle !== 'none' &&
      Number.parseFloat(style.outlineWidth) >= 1 &&
      !/, 0\)$|transparent/.test(style.outlineColor);
    return (
      box.width > 0 &&
      box.height > 0 &&
      style.opacity !== '0' &&
      (outlined || (one === element && style.boxShadow !== 'none' && one.matches('input')))
    );
  });
  return {
    key,
    index: [...document.querySelectorAll('*')].indexOf(element),
    role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
    name: name || own,
    testId: element.getAttribute('data-testid'),
    box: { x: rect.x, y: rect.y + (scroller?.scrollTop ?? 0), width: rect.width, height: rect.height },
    part: Object.entries(parts).find(([, selector]) => element.closest(selector))?.[0] ?? 'frame',
    marked: lit || outlinedOne,
    inView: rect.bottom > 0 && rect.right > 0 && rect.top < innerHeight && rect.left < innerWidth,
    nowhere: element === document.body || element === document.documentElement,
  };
}
