import type { Discovery } from '../oauth/discovery.ts';
import type { AccountBook } from './account-book.ts';

/**
 * Compares who signs people in for a server now with who its accounts are from. An account of an issuer the
 * server names no longer is parked: what that issuer granted is never sent to another one (MCP authorization,
 * authorization server migration). Should the server come back to it, the account goes on.
 * @param now milliseconds since the Unix epoch
 */
export async function noteIssuer(
  accounts: AccountBook,
  serverId: string,
  { protectedResource, issuers, issuer }: Pick<Discovery, 'protectedResource' | 'issuers' | 'issuer'>,
  now: number,
): Promise<void> {
  // A server without metadata names nobody: its document may only be out of order for the moment.
  if (!protectedResource) return;
  const named = new Set([...issuers, issuer.issuer]);
  for (const account of accounts.ofServer(serverId)) {
    const { state } = account;
    if (named.has(account.issuer)) {
      if (state.kind === 'issuer-moved') await accounts.put({ ...account, state: { kind: 'live' } });
    } else if (state.kind !== 'issuer-moved') {
      const newIssuer = issuer.issuer;
      await accounts.put({ ...account, state: { kind: 'issuer-moved', at: now, newIssuer } });
    }
  }
}
