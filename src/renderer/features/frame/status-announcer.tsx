import type { TFunction } from 'i18next';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { announce } from '../../components/announcements.ts';
import { attentionGroup, serverStatus } from '../../state/attention.ts';
import { useWorld } from '../../state/live.ts';
import { groupConnections } from '../../state/server-list.ts';

interface Said {
  readonly words: string;
  readonly needsAttention: boolean;
}

/** Says what becomes of the server on the screen, and that another one needs the person. Shows nothing. */
export default function StatusAnnouncer({ shownServerId }: { shownServerId: string | null }) {
  const { t } = useTranslation();
  const servers = useWorld('servers');
  const connections = useWorld('connections');
  const before = useRef<ReadonlyMap<string, Said> | null>(null);
  const shown = useRef(shownServerId);
  shown.current = shownServerId;

  useEffect(() => {
    const now = saidOf(servers.values(), connections.values(), t);
    const last = before.current;
    before.current = now;
    // What is there at the start is read with the page.
    if (last === null) return;
    const pressing: string[] = [];
    for (const [id, { words, needsAttention }] of now) {
      const said = last.get(id);
      if (said === undefined || said.words === words) continue;
      if (id === shown.current) announce(words, { key: `status ${id}` });
      else if (needsAttention && !said.needsAttention) pressing.push(words);
    }
    const [first, ...others] = pressing;
    if (first === undefined) return;
    const count = [...now.values()].filter(({ needsAttention }) => needsAttention).length;
    announce(others.length === 0 ? first : t('home.attention', { count }), { key: 'attention' });
  }, [servers, connections, t]);
  return null;
}

function saidOf(
  servers: Iterable<ServerView>,
  connections: Iterable<ConnectionView>,
  t: TFunction,
): ReadonlyMap<string, Said> {
  const byServer = groupConnections(connections);
  return new Map(
    Array.from(servers, (server) => {
      const status = serverStatus(server, byServer.get(server.id) ?? []);
      const consent =
        server.kind === 'remote' && server.enabled ? `, ${t(`consent.short.${server.consent}`)}` : '';
      const words = `${visibleText(server.name, 80)}: ${t(`connection.${status}`)}${consent}`;
      return [server.id, { words, needsAttention: attentionGroup(server, status) === 'attention' }];
    }),
  );
}
