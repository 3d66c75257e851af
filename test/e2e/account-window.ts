import { vi } from 'vitest';
import type { AppUnderTest } from './app.ts';
import type { BrowserPerson, BrowserVisit } from './browser-person.ts';
import { signInPanel, waitForSignIn } from './window.ts';

const PATIENCE_MS = 20_000;

/** What a person does with accounts in the app's window. */
export class AccountWindow {
  readonly #app: AppUnderTest;
  readonly #person: BrowserPerson;

  constructor(app: AppUnderTest, person: BrowserPerson) {
    this.#app = app;
    this.#person = person;
  }

  get page() {
    return this.#app.page;
  }

  /** The card of an account on its server's page. */
  card(label: string | RegExp) {
    return this.page.locator('[data-testid^=account-card-]').filter({ hasText: label });
  }

  /** Decides in the browser that was just opened; waits for the end of the sign-in. */
  async decide(visit: BrowserVisit = {}, end = 'succeeded'): Promise<void> {
    const link = await this.#person.visit(await this.#app.nextOpened(), visit);
    if (link) await this.#app.openLink(link);
    await waitForSignIn(this.page, end);
  }

  /** Adds an account from the page of a server: looks at the preview, goes on, agrees in the browser. */
  async addAccount(visit: BrowserVisit = {}): Promise<void> {
    const first = this.page.locator('main').getByTestId('sign-in-button');
    const another = this.page.getByTestId('add-account');
    await first.or(another).first().click();
    await signInPanel(this.page).getByTestId('sign-in-button').click();
    await this.decide(visit);
    await this.dismissSignIn();
  }

  /** What a sign-in that is over says would only be in the way of the next. */
  async dismissSignIn(): Promise<void> {
    const panel = signInPanel(this.page);
    await panel.getByRole('button', { name: 'Dismiss' }).click();
    await panel.waitFor({ state: 'detached' });
  }

  /** Chooses from the menu of an account's card. */
  async choose(label: string | RegExp, item: string): Promise<void> {
    await this.card(label)
      .getByRole('button', { name: /^More actions/ })
      .click();
    await this.page.getByTestId(item).click();
  }

  /** Signs out by the card, and leaves the report open. */
  async signOut(label: string | RegExp): Promise<void> {
    await this.choose(label, 'sign-out');
    await this.page.getByTestId('sign-out-confirm').click();
    await this.page.getByTestId('sign-out-reports').waitFor();
  }

  /** The reports in the dialog: label, what became of the tokens and of the registration. */
  async reports(): Promise<{ label: string; revocation: string | null; registration: string | null }[]> {
    const rows = await this.page.getByTestId('sign-out-report').all();
    return Promise.all(
      rows.map(async (row) => ({
        label: (await row.locator('p').first().textContent()) ?? '',
        revocation: await row.getAttribute('data-revocation'),
        registration: await row.getAttribute('data-registration'),
      })),
    );
  }

  async closeReports(): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  async goTo(place: 'Accounts' | 'Settings' | 'Activity'): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
    await this.page.locator('main').getByRole('heading', { level: 1, name: place }).waitFor();
  }

  /** Goes to a server's page by its row in the sidebar; the only one, unless named. */
  async openServer(tab = 'Overview', name = ''): Promise<void> {
    await this.page.locator('[data-testid^=server-row-]').filter({ hasText: name }).click();
    await this.page.getByRole('tab', { name: tab }).click();
  }

  /** Runs a tool without arguments on the page of the server that is open. */
  async run(tool: string): Promise<void> {
    await this.page.getByRole('tab', { name: 'Tools' }).click();
    await this.page.getByTestId(`tool-${tool}`).click();
    await this.page.getByTestId('tool-run').click();
  }

  /** Waits until some element of the page says so: a string in full, a pattern somewhere. */
  async see(text: string | RegExp): Promise<void> {
    await this.page.getByText(text, { exact: true }).first().waitFor();
  }

  /** Waits until the account's card shows this consent status. */
  async consent(label: string | RegExp, status: string): Promise<void> {
    await this.card(label).locator(`[data-testid=consent-status][data-status=${status}]`).waitFor();
  }

  /** Waits until the server's head shows this consent status. */
  async serverConsent(status: string): Promise<void> {
    await this.page
      .locator(`main header [data-testid=consent-status][data-status=${status}]`)
      .first()
      .waitFor();
  }
}

/** Waits for a condition outside the window. */
export function until(assertion: () => unknown): Promise<unknown> {
  return vi.waitFor(assertion, PATIENCE_MS);
}
