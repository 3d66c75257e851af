import { useMemo } from 'react';
import { defaultAccountOf } from '../../../shared/domain/default-account.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { useWorld } from '../../state/live.ts';

/** Whether an account is the one its server is used with by default, and whether there are others to choose from. */
export function useDefaultAccount({ id, serverId }: Pick<AccountView, 'id' | 'serverId'>): {
  isDefault: boolean;
  hasOthers: boolean;
} {
  const accounts = useWorld('accounts');
  const server = useWorld('servers', (servers) => servers.get(serverId));
  return useMemo(() => {
    const own = [...accounts.values()].filter((account) => account.serverId === serverId);
    return {
      isDefault: server !== undefined && defaultAccountOf(server, own)?.id === id,
      hasOthers: own.length > 1,
    };
  }, [accounts, server, id, serverId]);
}
