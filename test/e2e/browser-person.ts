import { type Browser, chromium, type Page } from 'playwright-core';
import { appIdentity } from '../../src/shared/app-identity.ts';
import { chromiumExecutable } from '../stand-in/chromium.ts';

export const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserVisit {
  readonly user?: 'alice' | 'bob';
  readonly decision?: 'allow' | 'deny';
  /** Called with the page before each click, for pictures. */
  readonly before?: (page: Page, what: 'sign-in' | 'consent') => Promise<void>;
}

/** A person in front of a real system browser: signs in, decides, and goes where the redirect leads. */
export class BrowserPerson {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<BrowserPerson> {
    // Where no Chromium comes from a package, the installed Chrome does.
    const found =
      process.platform === 'linux' ? { executablePath: await chromiumExecutable() } : { channel: 'chrome' };
    return new BrowserPerson(await chromium.launch({ ...found, args: QUIET_FLAGS }));
  }

  /**
   * Visits an authorization URL and decides.
   * @returns the link of the app's scheme the issuer redirected to, or null when the loopback listener answered
   */
  async visit(
    url: URL,
    { user = 'alice', decision = 'allow', before }: BrowserVisit = {},
  ): Promise<string | null> {
    // Each visit is a person who is not signed in yet.
    const page = await this.#browser.newPage({ viewport: { width: 900, height: 700 } });
    page.setDefaultTimeout(20_000);
    await page.goto(url.href);
    await before?.(page, 'sign-in');
    await page.click(`#user-${user}`);
    await page.waitForSelector(`#${decision}`);
    await before?.(page, 'consent');
    const leaving = page.waitForResponse((response) => redirectsToApp(response.headers().location));
    await page.click(`#${decision}`);
    const location = (await leaving).headers().location ?? '';
    if (location.startsWith(`${appIdentity.scheme}:`)) {
      await page.close();
      return location;
    }
    await page.waitForURL((current) => current.pathname === appIdentity.loopbackRedirectPath);
    await page.close();
    return null;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

function redirectsToApp(location: string | undefined): boolean {
  if (!location) return false;
  return (
    location.startsWith(`${appIdentity.scheme}:`) ||
    new RegExp(`^http://127\\.0\\.0\\.1:\\d+${appIdentity.loopbackRedirectPath}`).test(location)
  );
}
