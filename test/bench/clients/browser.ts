import { followRedirects } from '../../drive/follow-browser.ts';

/**
 * A browser that consents by itself, as a person.
 * @param redirectUri where the issuer sends it in the end; a loopback address is called, as a browser would
 * @returns the address it was sent to in the end
 */
export async function consent(url: URL, user: string): Promise<string> {
  const asUser = new URL(url);
  asUser.searchParams.set('sandbox_user', user);
  const outcome = await followRedirects(asUser, fetch);
  if (outcome.kind === 'custom-scheme') return outcome.link;
  if (outcome.kind === 'delivered') return '';
  throw new Error(`the browser ended as ${JSON.stringify(outcome)}`);
}
