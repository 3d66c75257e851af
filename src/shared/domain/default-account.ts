import type { Account } from './account.ts';
import type { Server } from './server.ts';

/**
 * The account used at a server where none is chosen: the one the person named, else the oldest; one whose
 * issuer the server has left only when there is no other.
 * @param accounts the accounts of this server
 */
export function defaultAccountOf<One extends Account>(
  server: Server,
  accounts: readonly One[],
): One | undefined {
  const named = server.kind === 'remote' ? server.defaultAccountId : undefined;
  const usable = accounts.filter(({ state }) => state.kind !== 'issuer-moved');
  const candidates = usable.length > 0 ? usable : accounts;
  return (
    candidates.find(({ id }) => id === named) ??
    candidates.reduce<One | undefined>(
      (first, one) => (first && first.addedAt <= one.addedAt ? first : one),
      undefined,
    )
  );
}
