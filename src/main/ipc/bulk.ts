import type { BulkFailure } from '../../shared/contract/servers.ts';
import { problemOf } from '../../shared/problems.ts';
import type { Core } from '../core.ts';

export type BulkAction = 'reconnect' | 'enable' | 'disable';

/**
 * Does the same with several servers. What fails for one of them is told of that one. A server that is switched off is
 * not reconnected, and one that is as it is wanted stays as it is.
 */
export async function actOnServers(
  core: Core,
  serverIds: readonly string[],
  action: BulkAction,
): Promise<{ failed: BulkFailure[] }> {
  const failed: BulkFailure[] = [];
  const act = async (serverId: string): Promise<void> => {
    const { enabled } = core.servers.require(serverId);
    if (action === 'reconnect') {
      if (enabled) await reconnect(core, serverId);
    } else if (enabled !== (action === 'enable')) {
      await core.changeServer(serverId, (server) => ({ ...server, enabled: !enabled }));
    }
  };
  const all = [...new Set(serverIds)].map((serverId) =>
    act(serverId).catch((error: unknown) => failed.push({ serverId, problem: problemOf(error) })),
  );
  await Promise.all(all);
  return { failed };
}

/** Each account has its own connection; the one without an account is for servers that want none. */
async function reconnect(core: Core, serverId: string): Promise<void> {
  const accounts = core.accounts.ofServer(serverId);
  const of = accounts.length > 0 ? accounts.map(({ id }) => id) : [null];
  await Promise.all(of.map((accountId) => core.connection(serverId, accountId).reconnect()));
}
