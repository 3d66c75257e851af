import type { TFunction } from 'i18next';
import { useDeferredValue, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsentStatus } from '../../../shared/domain/account.ts';
import type { ConnectionStatus, ConnectionView } from '../../../shared/domain/connection.ts';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { announce } from '../../components/announcements.ts';
import { attentionGroup, serverStatus } from '../../state/attention.ts';
import { useWorld } from '../../state/live.ts';
import { connectionsByServer } from '../../state/server-list.ts';

interface Stand {
  readonly status: ConnectionStatus;
  readonly consent: ConsentStatus | null;
  readonly needsAttention: boolean;
}

/** Says what becomes of the server on the screen, and that another one needs the person. Shows nothing. */
export default function StatusAnnouncer({ shownServerId }: { shownServerId: string | null }) {
  const { t } = useTranslation();
  const servers = useWorld('servers');
  const connections = useDeferredValue(useWorld('connections'));
  const before = useRef<ReadonlyMap<string, Stand> | null>(null);
  const shown = useRef(shownServerId);
  shown.current = shownServerId;

  useEffect(() => {
    const now = standsOf(servers.values(), connectionsByServer(connections));
    const last = before.current;
    before.current = now;
    // What is there at the start is read with the page.
    if (last === null) return;
    const pressing: string[] = [];
    for (const [id, stand] of now) {
      const was = last.get(id);
      if (!was || (was.status === stand.status && was.consent === stand.consent)) continue;
      const server = servers.get(id);
      // Words are looked for only where they are said: hundreds of statuses may change in a second.
      if (server && id === shown.current) announce(wordsOf(server, stand, t), { key: `status ${id}` });
      else if (server && stand.needsAttention && !was.needsAttention)
        pressing.push(wordsOf(server, stand, t));
    }
    const [first, ...others] = pressing;
    if (first === undefined) return;
    const count = [...now.values()].filter(({ needsAttention }) => needsAttention).length;
    announce(others.length === 0 ? first : t('home.attention', { count }), { key: 'attention' });
  }, [servers, connections, t]);
  return null;
}

function standsOf(
  servers: Iterable<ServerView>,
  connections: ReadonlyMap<string, readonly ConnectionView[]>,
): ReadonlyMap<string, Stand> {
  return new Map(
    Array.from(servers, (server) => {
      const status = serverStatus(server, connections.get(server.id) ?? []);
      const consent = server.kind === 'remote' && server.enabled ? server.consent : null;
      return [server.id, { status, consent, needsAttention: attentionGroup(server, status) === 'attention' }];
    }),
  );
}

function wordsOf({ name }: ServerView, { status, consent }: Stand, t: TFunction): string {
  const words = `${visibleText(name, 80)}: ${t(`connection.${status}`)}`;
  return consent === null ? words : `${words}, ${t(`consent.short.${consent}`)}`;
}
