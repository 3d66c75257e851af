import { appIdentity } from '../../src/shared/app-identity.ts';

/** Where following redirects ended. */
export type FollowOutcome =
  /** A redirect to our private-use scheme, to be handed over like the operating system would. */
  | { kind: 'custom-scheme'; link: string }
  /** The loopback listener was called and took the answer. */
  | { kind: 'delivered' }
  /** The loopback listener was called and did not wait for this answer. */
  | { kind: 'dropped' }
  /** A page that wants a person. */
  | { kind: 'page'; status: number; url: string };

const HOPS = 30;

/**
 * Acts as a browser that clicks nothing: follows redirects with cookies until the redirect URI.
 * Fits issuers that consent by themselves.
 */
export async function followRedirects(start: URL, fetch: typeof globalThis.fetch): Promise<FollowOutcome> {
  const cookies = new CookieJar();
  let url = start;
  for (let hop = 0; hop < HOPS; hop += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...cookies.headersFor(url) },
    });
    cookies.take(url, response);
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (isLoopbackCallback(url) && !location) return { kind: response.ok ? 'delivered' : 'dropped' };
    if (!location || response.status < 300 || response.status > 399) {
      return { kind: 'page', status: response.status, url: `${url.origin}${url.pathname}` };
    }
    const target = new URL(location, url);
    if (target.protocol === `${appIdentity.scheme}:`) return { kind: 'custom-scheme', link: target.href };
    url = target;
  }
  return { kind: 'page', status: 310, url: `${url.origin}${url.pathname}` };
}

function isLoopbackCallback(url: URL): boolean {
  return url.hostname === '127.0.0.1' && url.pathname === appIdentity.loopbackRedirectPath;
}

/** Cookies by host, enough for a sign-in: no expiry but deletion, paths by prefix. */
class CookieJar {
  readonly #cookies = new Map<string, { host: string; path: string; name: string; value: string }>();

  take(url: URL, response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const attribute = (wanted: string) =>
        attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const path = attribute('path') ?? '/';
      const key = `${url.host} ${path} ${name}`;
      const gone = attribute('max-age') === '0' || Date.parse(attribute('expires') ?? '') < Date.now();
      if (gone) this.#cookies.delete(key);
      else this.#cookies.set(key, { host: url.host, path, name, value: value.join('=') });
    }
  }

  headersFor(url: URL): Record<string, string> {
    const fitting = [...this.#cookies.values()].filter(
      ({ host, path }) => host === url.host && url.pathname.startsWith(path),
    );
    return fitting.length === 0
      ? {}
      : { cookie: fitting.map(({ name, value }) => `${name}=${value}`).join('; ') };
  }
}
