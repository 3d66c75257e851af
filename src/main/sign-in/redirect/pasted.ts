import { appIdentity } from '../../../shared/app-identity.ts';
import { parseDeepLink } from '../../../shared/deep-link.ts';
import { failure } from '../../../shared/problems.ts';
import { loopbackPort } from './loopback.ts';

const LENGTH_LIMIT = 16_384;

/**
 * The callback parameters in an address the person copied from the browser.
 * @throws ProblemError `callback-invalid` when it is no redirect URI of ours
 */
export function parsePastedCallback(text: string): URLSearchParams {
  const link = text.trim();
  if (link.length === 0) throw failure('callback-invalid', { what: 'the clipboard is empty' });
  if (link.length > LENGTH_LIMIT) throw failure('callback-invalid', { what: 'it is too long' });
  if (!URL.canParse(link)) throw failure('callback-invalid', { what: 'it is not an address' });
  const deepLink = parseDeepLink(link);
  if (deepLink.kind === 'oauth-callback') return deepLink.parameters;
  const url = new URL(link);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (isLoopback && loopbackPort(link) !== null) return url.searchParams;
  throw failure('callback-invalid', {
    what: `it does not start with ${appIdentity.customSchemeRedirectUri} or the loopback address`,
  });
}
