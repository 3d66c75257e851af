import type { ConsentStatus } from '../../shared/domain/account.ts';
import type { ConnectionStatus, ConnectionView } from '../../shared/domain/connection.ts';
import type { ServerView } from '../../shared/domain/snapshot.ts';

export type AttentionGroup = 'attention' | 'connected' | 'others';

/** Most pressing first: what a person should see when a server has several connections. */
const PRESSING: readonly ConnectionStatus[] = [
  'failed',
  'waiting-for-sign-in',
  'reconnecting',
  'connecting',
  'connected',
  'disconnected',
  'disabled',
];

/** The connection that stands for a server: the one with the most pressing status. */
export function mostPressing(connections: readonly ConnectionView[]): ConnectionView | null {
  return connections.reduce<ConnectionView | null>(
    (worst, connection) =>
      !worst || PRESSING.indexOf(connection.status) < PRESSING.indexOf(worst.status) ? connection : worst,
    null,
  );
}

/** The status of a server as a whole. */
export function serverStatus(
  server: Pick<ServerView, 'enabled'>,
  connections: readonly ConnectionView[],
): ConnectionStatus {
  if (!server.enabled) return 'disabled';
  return mostPressing(connections)?.status ?? 'disconnected';
}

const CONSENT_NEEDS_ATTENTION: ReadonlySet<ConsentStatus> = new Set([
  'required',
  'pending',
  'insufficient',
  'expired',
  'revoked',
  'denied',
]);

/** Where the sidebar puts a server. */
export function attentionGroup(
  server: Pick<ServerView, 'enabled' | 'consent'>,
  status: ConnectionStatus,
): AttentionGroup {
  if (!server.enabled) return 'others';
  if (status === 'failed' || status === 'waiting-for-sign-in') return 'attention';
  if (CONSENT_NEEDS_ATTENTION.has(server.consent)) return 'attention';
  return status === 'connected' ? 'connected' : 'others';
}
