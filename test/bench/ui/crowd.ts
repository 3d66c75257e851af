import type { ConnectionView } from '../../../src/shared/domain/connection.ts';
import type { Snapshot } from '../../../src/shared/domain/snapshot.ts';
import { aConnection, anAccount, aServer, aSnapshot } from '../../screens/fixtures.ts';

/** A window full: so many servers, and so many accounts spread over them, each with its connection. */
export function crowd(servers: number, accounts: number): Snapshot {
  const all = Array.from({ length: servers }, (_, index) =>
    aServer({
      id: `server-${index}`,
      name: `${['Linear', 'GitHub', 'Notion', 'Sentry', 'Figma'][index % 5]} ${index + 1}`,
      consent: index % 97 === 0 ? 'expired' : index % 5 === 0 ? 'not-needed' : 'granted',
    }),
  );
  const signedIn = Array.from({ length: accounts }, (_, index) =>
    anAccount({
      id: `account-${index}`,
      serverId: `server-${index % servers}`,
      issuer: `https://auth-${index % 50}.example`,
      registrationId: `registration-${index % 50}`,
      label: `person-${index}@work.example`,
    }),
  );
  return aSnapshot({
    servers: all,
    accounts: signedIn,
    connections: signedIn.map(({ id, serverId }) => aConnection(serverId, id)),
  });
}

/** What the supervisor tells when connections come and go: each of them, over and over. */
export function statusChanges({ connections }: Snapshot, count: number): ConnectionView[] {
  const statuses = ['reconnecting', 'connected', 'connecting', 'connected'] as const;
  return Array.from({ length: count }, (_, index) => {
    const connection = connections[(index * 7) % connections.length];
    if (!connection) throw new Error('nobody is connected');
    const status = statuses[Math.floor((index * 7) / connections.length) % statuses.length] ?? 'connected';
    return { ...connection, status, since: connection.since + index };
  });
}

/** The answer to a list of tools, as it crosses to the page. */
export function manyTools(count: number): string {
  const entries = Array.from({ length: count }, (_, index) => ({
    name: `tool_${index}`,
    description: `Does the work of ${index}. ${'More words about it. '.repeat(index % 40)}`,
  }));
  return JSON.stringify({ entries, leftOut: 0, note: null, fetchedAt: 0 });
}
