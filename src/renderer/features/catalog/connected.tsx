import { Button, NativeSelect } from '@mantine/core';
import { Plug } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import { Empty } from '../../components/empty.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { useChosenAccount } from '../../state/chosen-account.ts';
import type { CatalogItem } from '../../state/route.ts';

/** What every tab that lists what a server offers is given. */
export interface CatalogTabProps {
  server: ServerView;
  connections: readonly ConnectionView[];
  /** What the address of the page names. */
  item: CatalogItem | null;
}

/** What a tab needs a connection for, with the choice of the account; without one, how to get it. */
export function Connected({
  server,
  connections,
  item,
  children,
}: CatalogTabProps & { children: (accountId: string | null) => ReactNode }) {
  const { t } = useTranslation();
  const { usable, chosen, choose } = useChosenAccount(server, connections);
  const reconnect = useCall('servers.reconnect');
  const troubled = connections.find(({ problem }) => problem);
  useItemAccount(item, choose);

  if (!chosen) {
    if (troubled?.problem && server.enabled)
      return <ProblemNotice problem={troubled.problem} context={troubled} />;
    const canConnect = server.enabled && server.consent !== 'required';
    return (
      <Empty
        icon={<Plug size={22} aria-hidden="true" />}
        title={t('catalog.notConnected')}
        text={t('catalog.notConnectedText')}
      >
        {canConnect && (
          <Button
            variant="default"
            loading={reconnect.isPending}
            onClick={() =>
              reconnect.mutate({ serverId: server.id, accountId: connections[0]?.accountId ?? null })
            }
          >
            {t('server.connect')}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <div className="gh-stack-4">
      {usable.length > 1 && (
        <NativeSelect
          className="gh-short"
          size="xs"
          label={t('tools.account')}
          value={chosen.accountId ?? ''}
          data={usable.map(({ accountId, label }) => ({ value: accountId ?? '', label }))}
          onChange={(event) => choose(event.currentTarget.value || null)}
        />
      )}
      {children(chosen.accountId)}
    </div>
  );
}

/** A link may name the account it was found with; afterwards the person chooses. */
function useItemAccount(item: CatalogItem | null, choose: (accountId: string | null) => void): void {
  const followed = useRef<string | null>(null);
  const place = item?.accountId ? `${item.key} ${item.accountId}` : null;
  useEffect(() => {
    if (place === null || !item?.accountId || followed.current === place) return;
    followed.current = place;
    choose(item.accountId);
  }, [place, item, choose]);
}
