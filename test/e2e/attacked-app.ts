import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type AppUnderTest, launchApp, root } from './app.ts';
import { type ForeignHost, startForeignHost } from './foreign-host.ts';

export interface Answer {
  ok: boolean;
  problem?: { code: string; detail: string };
}

/** What the page's world holds: the bridge, and what these tests put there. */
export interface PageWorld {
  gatehouse: {
    call(name: unknown, input?: unknown): Promise<Answer>;
    on(listener: (...values: unknown[]) => void): () => void;
  };
  /** Directives of the content security policy that were violated, oldest first. */
  reports: string[];
  /** What scripts that must not run would leave behind. */
  ran: string[];
}

const OWN = 'app://gatehouse/index.html';

/** The running app with an attacker's script in its page, and somebody outside who listens. */
export class AttackedApp {
  readonly app: AppUnderTest;
  readonly page: Page;
  /** What reached it got out. */
  readonly foreign: ForeignHost;

  private constructor(app: AppUnderTest, foreign: ForeignHost) {
    this.app = app;
    this.page = app.page;
    this.foreign = foreign;
  }

  static async start(): Promise<AttackedApp> {
    const foreign = await startForeignHost();
    const app = await launchApp();
    await app.page.getByTestId('add-server-button').first().waitFor();
    await app.page.evaluate(() => {
      const world = window as unknown as PageWorld;
      Object.assign(world, { reports: [], ran: [] });
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        world.reports.push(effectiveDirective),
      );
    });
    return new AttackedApp(app, foreign);
  }

  /** Whatever was tried: the same document, one window, nothing ran, nobody outside heard of it, nothing was opened. */
  async expectUnharmed(): Promise<void> {
    expect(await this.page.evaluate(() => (window as unknown as PageWorld).ran)).toEqual([]);
    expect(await this.#open()).toEqual([OWN]);
    expect(this.foreign.heard).toEqual([]);
    expect(this.app.opened).toEqual([]);
  }

  /** Addresses of all web contents there are; where a page is within itself is its own affair. */
  #open(): Promise<string[]> {
    return this.app.electron.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => contents.getURL().replace(/#.*/, '')),
    );
  }

  /** Runs something in the page that its policy must refuse; the directive its first report names. */
  async violation(attempt: (origin: string) => unknown): Promise<string> {
    await this.page.evaluate(() => (window as unknown as PageWorld).reports.splice(0));
    await this.page.evaluate(attempt, this.foreign.origin).catch(() => undefined);
    const reports = () => this.page.evaluate(() => (window as unknown as PageWorld).reports);
    await expect.poll(reports).not.toEqual([]);
    return (await reports())[0] ?? '';
  }

  /** A call made by the page. */
  call(name: string, input: unknown): Promise<Answer> {
    return this.page.evaluate(([one, value]) => (window as unknown as PageWorld).gatehouse.call(one, value), [
      name,
      input,
    ] as const);
  }

  /** Looks at a window the app would never make: a foreign page with our preload script, in the main process's session. */
  async withForeignWindow<Result>(
    look: (foreignPage: Page, host: ForeignHost) => Promise<Result>,
  ): Promise<Result> {
    const host = await startForeignHost();
    await this.app.electron.evaluate(
      async ({ BrowserWindow }, [preload, url]) => {
        await new BrowserWindow({ show: false, webPreferences: { preload } }).loadURL(url);
      },
      [join(root, 'out', 'preload', 'index.cjs'), `${host.origin}/`] as const,
    );
    const found = () => this.app.electron.windows().find((one) => one.url().startsWith(host.origin));
    await expect.poll(found).toBeDefined();
    const foreignPage = found() as Page;
    try {
      return await look(foreignPage, host);
    } finally {
      await this.app.electron.evaluate(({ BrowserWindow }, keep) => {
        for (const window of BrowserWindow.getAllWindows()) {
          if (!window.webContents.getURL().startsWith(keep)) window.destroy();
        }
      }, OWN);
      await expect.poll(() => this.#open()).toEqual([OWN]);
      await host.close();
    }
  }

  async end(): Promise<void> {
    await this.app.dispose();
    await this.foreign.close();
  }
}
