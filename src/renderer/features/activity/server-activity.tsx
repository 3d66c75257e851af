import { Button, SegmentedControl } from '@mantine/core';
import { Columns2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { routeHash, toServer, useRoute } from '../../state/route.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { ServerLog } from './server-log.tsx';
import { TraceList } from './trace-list.tsx';
import { defaultPair } from './trace-pairs.ts';
import { TraceView } from './trace-view.tsx';
import { useTraces } from './traces.ts';

const CompareView = lazy(() => import('./compare-view.tsx'));

export default function ServerActivity({ serverId, traceId }: { serverId: string; traceId: string | null }) {
  const route = useRoute();
  const otherTraceId = route.page === 'server' ? route.otherTraceId : undefined;
  const hrefOf = (id: string | null, other?: string) =>
    routeHash({
      page: 'server',
      serverId,
      tab: 'activity',
      traceId: id,
      ...(other !== undefined && { otherTraceId: other }),
    });
  const backHref = routeHash(toServer(serverId, 'activity'));
  if (!traceId) return <Views serverId={serverId} hrefOf={hrefOf} />;
  return otherTraceId ? (
    <Suspense fallback={<PageLoading />}>
      <CompareView traceId={traceId} otherTraceId={otherTraceId} backHref={backHref} hrefOf={hrefOf} />
    </Suspense>
  ) : (
    <TraceView traceId={traceId} backHref={backHref} compareHref={(other) => hrefOf(traceId, other)} />
  );
}

/** What Gatehouse did, and what the server itself says. */
function Views({
  serverId,
  hrefOf,
}: {
  serverId: string;
  hrefOf: (traceId: string, otherTraceId?: string) => string;
}) {
  const { t } = useTranslation();
  const [view, setView] = useState<'steps' | 'log'>('steps');
  return (
    <div className="gh-stack-4">
      <div className="gh-activity-views">
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
        {view === 'steps' && <CompareLast serverId={serverId} hrefOf={hrefOf} />}
      </div>
      {view === 'steps' ? (
        <TraceList serverId={serverId} hrefOf={hrefOf} />
      ) : (
        <ServerLog serverId={serverId} />
      )}
    </div>
  );
}

/** The last attempt that failed beside the last good one. */
function CompareLast({
  serverId,
  hrefOf,
}: {
  serverId: string;
  hrefOf: (traceId: string, otherTraceId?: string) => string;
}) {
  const { t } = useTranslation();
  const { data: all } = useTraces(serverId);
  const pair = all && defaultPair(all);
  if (!pair) return null;
  return (
    <Button
      component="a"
      className="gh-link-button"
      href={hrefOf(pair[0].id, pair[1].id)}
      size="xs"
      variant="default"
      leftSection={<Columns2 size={14} aria-hidden="true" />}
      data-testid="compare-last"
    >
      {t('activity.compare')}
    </Button>
  );
}
