import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Snapshot } from '../../../src/shared/domain/snapshot.ts';

/** A task of the page's thread, in milliseconds. */
export interface Task {
  /** By the clock. */
  readonly wall: number;
  /** What the thread worked: what the machine did meanwhile is not in it. */
  readonly cpu: number;
}

/** The page on a computer so many times slower, with answers that are there at once. */
export class SlowPage {
  readonly page: Page;
  readonly #devtools: CDPSession;
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page, devtools: CDPSession) {
    this.#browser = browser;
    this.page = page;
    this.#devtools = devtools;
  }

  /**
   * @param slower how many times
   * @param answers texts of JSON, by call
   */
  static async open(
    browser: Browser,
    url: string,
    slower: number,
    snapshot: Snapshot,
    answers: Readonly<Record<string, string>> = {},
  ): Promise<SlowPage> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
    await page.addInitScript(installGatehouse, {
      ...answers,
      'app.snapshot': JSON.stringify(snapshot),
    });
    await page.goto(url);
    return new SlowPage(browser, page, devtools);
  }

  /** What the page's thread worked in scripts while something is done, in milliseconds. */
  async scripted(act: () => Promise<unknown>): Promise<number> {
    const before = await this.#scriptMs();
    await act();
    await frames(this.page);
    return (await this.#scriptMs()) - before;
  }

  /** The tasks of the page's thread while something is done. */
  async tasks(act: () => Promise<unknown>): Promise<Task[]> {
    await this.#browser.startTracing(this.page, { categories: ['toplevel'] });
    await act();
    await frames(this.page);
    return tasksIn(await this.#browser.stopTracing());
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  async #scriptMs(): Promise<number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000;
  }
}

/** Until what was asked for has been drawn. */
export function frames(page: Page): Promise<unknown> {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of the thread that runs the page. */
function tasksIn(trace: Buffer): Task[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const pages = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  return traceEvents.flatMap((event) => {
    const isTask = event.ph === 'X' && event.name.endsWith('RunTask') && pages.has(threadOf(event));
    return isTask ? { wall: (event.dur ?? 0) / 1000, cpu: (event.tdur ?? event.dur ?? 0) / 1000 } : [];
  });
}

/** Runs in the page before its own scripts: the bridge, with answers that are there when they are asked for. */
function installGatehouse(answers: Record<string, string>): void {
  const listeners = new Set<(name: string, payload: unknown) => void>();
  const scope = window as unknown as {
    gatehouse: unknown;
    tell: (name: string, payload: unknown) => void;
    marks: { data?: number; list?: number };
  };
  scope.marks = {};
  scope.tell = (name, payload) => {
    for (const listener of listeners) listener(name, payload);
  };
  scope.gatehouse = {
    call: async (name: string) => {
      const text = answers[name];
      if (text === undefined) return new Promise(() => undefined);
      if (name !== 'app.snapshot') return { ok: true, text };
      const value: unknown = JSON.parse(text);
      scope.marks.data = performance.now();
      return { ok: true, value };
    },
    on: (listener: (name: string, payload: unknown) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const seen = new MutationObserver(() => {
    if (!document.querySelector('[data-server-id]')) return;
    seen.disconnect();
    // After the frame in which it is drawn.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        scope.marks.list = performance.now();
      };
      port2.postMessage(null);
    });
  });
  seen.observe(document, { childList: true, subtree: true });
}
