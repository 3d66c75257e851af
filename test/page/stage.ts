import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { NOW } from '../screens/fixtures.ts';
import {
  type Activity,
  type Answers,
  type Emit,
  installBridge,
  type RecordedCall,
  serve,
} from '../screens/stage.ts';
import { chromiumExecutable } from '../stand-in/chromium.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--font-render-hinting=none',
];

/** The page alone, with a main process whose answers and events come from the test. */
export interface OpenedPage {
  readonly page: Page;
  readonly emit: Emit;
  readonly activity: Activity;
  /** Everything the page asked of its main process. */
  readonly calls: readonly RecordedCall[];
  /** From now on. */
  answer(answers: Answers): void;
  close(): Promise<void>;
}

export interface PageStage {
  readonly origin: string;
  open(options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

export async function startStage(): Promise<PageStage> {
  const site = await serve(inject('renderer'));
  const browser: Browser = await chromium.launch({ executablePath: await chromiumExecutable(), args: FLAGS });
  return {
    origin: site.origin,
    async open(options = {}) {
      const context = await browser.newContext({
        colorScheme: 'light',
        locale: 'en-GB',
        timezoneId: 'UTC',
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      let answers: Answers = {};
      const { emit, activity, calls } = await installBridge(page, () => answers);
      return {
        page,
        emit,
        activity,
        calls,
        answer: (more) => {
          answers = more;
        },
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      site.close();
    },
  };
}

export { NOW };
