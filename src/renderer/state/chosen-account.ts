import { useMemo, useState } from 'react';
import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import { defaultAccountOf } from '../../shared/domain/default-account.ts';
import type { ServerView } from '../../shared/domain/snapshot.ts';
import { visibleText } from '../../shared/problems.ts';
import { useWorld } from './live.ts';

/** An account a server can be used with now; null where nobody has to sign in. */
export interface UsableAccount {
  accountId: string | null;
  label: string;
}

/** What a connection passes through by itself: whoever is in the middle of something stays where they are. */
const PASSING: ReadonlySet<ConnectionStatus> = new Set(['disconnected', 'connecting', 'reconnecting']);

/** The account a part of a server's page works with: the one the person chose there, else the server's default. */
export function useChosenAccount(
  server: ServerView,
  connections: readonly ConnectionView[],
): {
  usable: UsableAccount[];
  chosen: UsableAccount | undefined;
  choose: (accountId: string | null) => void;
} {
  const accounts = useWorld('accounts');
  const [wanted, choose] = useState<string | null>(null);
  const [shownId, setShownId] = useState<string | null>();
  const own = [...accounts.values()].filter(({ serverId }) => serverId === server.id);
  const defaultId = defaultAccountOf(server, own)?.id;
  const usable = useMemo(
    () =>
      connections
        .filter(({ status, accountId }) => {
          if (status === 'connected') return true;
          if (accountId === shownId) return PASSING.has(status);
          // Waited for at first, so that nothing changes over under the person's hands.
          return accountId === defaultId && shownId === undefined && status === 'connecting';
        })
        .map(({ accountId }) => ({
          accountId,
          label: accountId === null ? '' : visibleText(accounts.get(accountId)?.label ?? '', 100),
        })),
    [connections, accounts, shownId, defaultId],
  );
  const of = (id: string | null | undefined) => usable.find(({ accountId }) => accountId === id);
  const chosen = (wanted === null ? undefined : of(wanted)) ?? of(shownId) ?? of(defaultId) ?? usable[0];
  if (chosen && chosen.accountId !== shownId) setShownId(chosen.accountId);
  return { usable, chosen, choose };
}
