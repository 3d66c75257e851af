import type { ServerSettings } from '../../shared/domain/server.ts';
import { failure } from '../../shared/problems.ts';
import type { ProtectedResource } from './protected-resource.ts';
import { canonicalServerUrl, isLoopbackHost } from './url-policy.ts';

/**
 * Whether a `resource` covers a server's address (RFC 9728 §3.3, RFC 8707 §2): same origin, and its path a
 * prefix on segment borders; one trailing slash more or less is tolerated.
 */
export function resourceCovers(resource: string, serverUrl: URL): boolean {
  if (!URL.canParse(resource) || resource.includes('#')) return false;
  const described = new URL(resource);
  if (described.username !== '' || described.password !== '') return false;
  if (described.origin !== serverUrl.origin) return false;
  if (described.search !== '' && described.search !== serverUrl.search) return false;
  const withSlash = (path: string) => (path.endsWith('/') ? path : `${path}/`);
  return withSlash(serverUrl.pathname).startsWith(withSlash(described.pathname));
}

/**
 * The `resource` parameter for authorization and token requests (RFC 8707 §2): the metadata's, verbatim, when
 * it covers the server's address; else the canonical server URL. Settings may fix or omit it.
 * @returns null when it is to be left out
 * @throws ProblemError `resource-mismatch`, `resource-scheme-mismatch`, `resource-loopback-mismatch`
 */
export function resourceParameter(
  serverUrl: URL,
  metadata: ProtectedResource | null,
  override: ServerSettings['resource'],
): string | null {
  if (override.mode === 'fixed') return override.value;
  if (metadata && !resourceCovers(metadata.resource, serverUrl)) throw mismatch(metadata.resource, serverUrl);
  if (override.mode === 'omit') return null;
  return metadata?.resource ?? canonicalServerUrl(serverUrl);
}

function mismatch(found: string, serverUrl: URL): Error {
  const expected = canonicalServerUrl(serverUrl);
  const described = URL.canParse(found) ? new URL(found) : null;
  if (described?.protocol === 'http:' && serverUrl.protocol === 'https:') {
    if (described.hostname === serverUrl.hostname)
      return failure('resource-scheme-mismatch', { found, expected });
  }
  const bothLoopback = described && isLoopbackHost(described.hostname) && isLoopbackHost(serverUrl.hostname);
  if (bothLoopback && described.hostname !== serverUrl.hostname && described.port === serverUrl.port) {
    return failure('resource-loopback-mismatch', { found, expected });
  }
  return failure('resource-mismatch', { found, expected });
}
