import type { ConsentStatus } from '../../shared/domain/account.ts';
import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { ServerView } from '../../shared/domain/snapshot.ts';

/** A server that waits for the person, and why. */
export interface NeedyServer {
  readonly serverId: string;
  readonly name: string;
  readonly why: 'sign-in' | 'more-scope' | 'failed';
}

/** An account that works again only after a sign-in. */
export interface AccountToSignIn {
  readonly accountId: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly label: string;
}

/** How things stand, for what shows it outside the window: tray, badge and notifications. */
export interface Attention {
  /** Servers that are switched on. */
  readonly servers: number;
  readonly connected: number;
  readonly needy: readonly NeedyServer[];
  readonly accounts: readonly AccountToSignIn[];
}

export interface AttentionFacts {
  readonly servers: readonly ServerView[];
  readonly accounts: readonly { id: string; serverId: string; label: string; consent: ConsentStatus }[];
  readonly connections: readonly Pick<ConnectionView, 'serverId' | 'status'>[];
}

const SIGN_IN_NEEDED: ReadonlySet<ConsentStatus> = new Set(['expired', 'revoked', 'required']);

/** Derives how things stand from what the interface shows. What is switched off needs nobody. */
export function attentionOf({ servers, accounts, connections }: AttentionFacts): Attention {
  const enabled = servers.filter((server) => server.enabled);
  const names = new Map(enabled.map(({ id, name }) => [id, name]));
  const statuses = Map.groupBy(connections, ({ serverId }) => serverId);
  const has = (serverId: string, status: ConnectionStatus) =>
    statuses.get(serverId)?.some((connection) => connection.status === status) ?? false;
  const whyOf = ({ id, consent }: ServerView): NeedyServer['why'] | null => {
    // A sign-in under way is what the person is at.
    if (consent === 'pending') return null;
    if (SIGN_IN_NEEDED.has(consent) || has(id, 'waiting-for-sign-in')) return 'sign-in';
    if (consent === 'insufficient') return 'more-scope';
    return has(id, 'failed') ? 'failed' : null;
  };
  return {
    servers: enabled.length,
    connected: enabled.filter(({ id }) => has(id, 'connected')).length,
    needy: enabled.flatMap((server) => {
      const why = whyOf(server);
      return why ? [{ serverId: server.id, name: server.name, why }] : [];
    }),
    accounts: accounts.flatMap(({ id, serverId, label, consent }) => {
      const serverName = names.get(serverId);
      if (serverName === undefined || !SIGN_IN_NEEDED.has(consent)) return [];
      return [{ accountId: id, serverId, serverName, label }];
    }),
  };
}
