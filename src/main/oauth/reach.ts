import { failure, ProblemError } from '../../shared/problems.ts';
import type { ProtocolContext, Reach } from './context.ts';
import { addressScope, hostScope } from './url-policy.ts';

/**
 * How far metadata of a server may lead (RFC 9728 §7.7, server-side request forgery): a server on a public
 * address only to public addresses, a server of one's own network anywhere.
 * @param server the MCP server's address
 */
export async function reachOf(ctx: ProtocolContext, server: URL): Promise<Reach> {
  const scope = hostScope(server.hostname);
  if (scope !== null) return scope === 'public' ? 'public' : 'any';
  const addresses = await resolved(ctx, server.hostname);
  // One private address among public ones would let a hostile name open the whole network to itself.
  const own = addresses.length > 0 && addresses.every((address) => addressScope(address) !== 'public');
  return own ? 'any' : 'public';
}

/**
 * Refuses an address inside one's own network when the reach is `public` (RFC 9728 §7.7). Spelling only;
 * {@link checkReach} asks DNS too.
 * @throws ProblemError `private-address-refused`
 */
export function checkSpelling(ctx: Pick<ProtocolContext, 'reach' | 'allowedPrivateHosts'>, url: URL): void {
  if (isAllowed(ctx, url)) return;
  const scope = hostScope(url.hostname);
  if (scope !== null && scope !== 'public') throw failure('private-address-refused', { host: url.host });
}

/**
 * Refuses a request that would leave the reach: the address itself, then every address its name stands for
 * (RFC 9728 §7.7). The injected fetch holds the same rule once more at connect time.
 * @throws ProblemError `private-address-refused`
 */
export async function checkReach(ctx: ProtocolContext, url: URL): Promise<void> {
  if (isAllowed(ctx, url)) return;
  checkSpelling(ctx, url);
  if (hostScope(url.hostname) !== null) return;
  const addresses = await resolved(ctx, url.hostname);
  if (addresses.some((address) => addressScope(address) !== 'public')) {
    throw failure('private-address-refused', { host: url.host });
  }
}

/**
 * Whether a connection to an address is within reach: for the lookup of the injected fetch, so that a name
 * that changes between check and use gets nowhere (RFC 9728 §7.7).
 * @param address IP address about to be connected to
 */
export function mayConnect(reach: Reach, address: string): boolean {
  return reach === 'any' || addressScope(address) === 'public';
}

function isAllowed(ctx: Pick<ProtocolContext, 'reach' | 'allowedPrivateHosts'>, url: URL): boolean {
  return ctx.reach !== 'public' || (ctx.allowedPrivateHosts?.includes(url.hostname) ?? false);
}

async function resolved(ctx: ProtocolContext, host: string): Promise<readonly string[]> {
  try {
    return (await ctx.resolveHost?.(host)) ?? [];
  } catch (error) {
    // A name that does not resolve here is reported by the request itself, in its own words.
    if (error instanceof ProblemError) throw error;
    return [];
  }
}
