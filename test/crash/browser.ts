import { parseDeepLink } from '../../src/shared/deep-link.ts';
import { followRedirects } from '../drive/follow-browser.ts';

/** The person's browser: it lives on when the app is killed, and keeps the links it could not hand over. */
export class Browser {
  readonly #visits = new Set<Promise<void>>();
  readonly #links: string[] = [];
  readonly #complaints: string[] = [];

  /**
   * Follows a sign-in to its end, consenting to everything.
   * @param deliver hands a link of our scheme to the app, if it lives
   */
  visit(url: URL, deliver: (link: string) => void): void {
    const visit = this.#visit(url, deliver).finally(() => this.#visits.delete(visit));
    this.#visits.add(visit);
  }

  /** Resolves when no page is loading any more. */
  async settled(): Promise<void> {
    while (this.#visits.size > 0) await Promise.all(this.#visits);
  }

  /** What came of visits that neither ended at the app nor at an app that is gone. */
  takeComplaints(): string[] {
    return this.#complaints.splice(0);
  }

  /** Every link of our scheme since the last time, the newest last. */
  takeLinks(): string[] {
    return this.#links.splice(0);
  }

  async #visit(url: URL, deliver: (link: string) => void): Promise<void> {
    try {
      const outcome = await followRedirects(url, fetch);
      if (outcome.kind === 'page')
        this.#complaints.push(`the browser ended on ${outcome.status} ${outcome.url}`);
      if (outcome.kind !== 'custom-scheme') return;
      if (parseDeepLink(outcome.link).kind !== 'oauth-callback')
        this.#complaints.push('a link of another kind');
      this.#links.push(outcome.link);
      deliver(outcome.link);
    } catch {
      // Nobody listens on the loopback address any more: the page shows an error until it is opened again.
    }
  }
}
