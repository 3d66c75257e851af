import type { RedirectPreference } from '../../../shared/domain/server.ts';

export type RedirectKind = 'custom-scheme' | 'loopback';

export interface RedirectFacts {
  /** The server's own setting. */
  readonly server: RedirectPreference;
  /** The app-wide setting. */
  readonly app: RedirectPreference;
  /** Whether the operating system hands our scheme to this app. */
  readonly schemeRegistered: boolean;
}

/**
 * How the browser shall come back: the custom scheme first; loopback where the scheme is not ours or the
 * person prefers it.
 */
export function chooseRedirect({ server, app, schemeRegistered }: RedirectFacts): RedirectKind {
  const preference = server === 'automatic' ? app : server;
  if (preference !== 'automatic') return preference;
  return schemeRegistered ? 'custom-scheme' : 'loopback';
}
