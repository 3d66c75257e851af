import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { routeHash, toServer } from '../../state/route.ts';
import { ServerLog } from './server-log.tsx';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

export default function ServerActivity({ serverId, traceId }: { serverId: string; traceId: string | null }) {
  const hrefOf = (id: string | null) => routeHash({ page: 'server', serverId, tab: 'activity', traceId: id });
  return traceId ? (
    <TraceView traceId={traceId} backHref={routeHash(toServer(serverId, 'activity'))} />
  ) : (
    <Views serverId={serverId} hrefOf={hrefOf} />
  );
}

/** What Gatehouse did, and what the server itself says. */
function Views({ serverId, hrefOf }: { serverId: string; hrefOf: (traceId: string) => string }) {
  const { t } = useTranslation();
  const [view, setView] = useState<'steps' | 'log'>('steps');
  return (
    <div className="gh-stack-4">
      <div>
        <SegmentedControl
          size="xs"
          aria-label={t('serverLog.views')}
          value={view}
          data={[
            { value: 'steps', label: t('serverLog.steps') },
            { value: 'log', label: t('serverLog.log') },
          ]}
          onChange={(next) => setView(next === 'log' ? 'log' : 'steps')}
        />
      </div>
      {view === 'steps' ? (
        <TraceList serverId={serverId} hrefOf={hrefOf} />
      ) : (
        <ServerLog serverId={serverId} />
      )}
    </div>
  );
}
