import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { routeHash, useRoute } from '../../state/route.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

const CompareView = lazy(() => import('./compare-view.tsx'));

const hrefOf = (traceId: string | null, otherTraceId?: string) =>
  routeHash({ page: 'activity', traceId, ...(otherTraceId !== undefined && { otherTraceId }) });

export default function ActivityPage({ traceId }: { traceId: string | null }) {
  const { t } = useTranslation();
  const route = useRoute();
  const otherTraceId = route.page === 'activity' ? route.otherTraceId : undefined;
  return (
    <div className="gh-page">
      {!traceId && (
        <header className="gh-page-head">
          <h1>{t('activity.title')}</h1>
          <p className="gh-soft">{t('activity.lead')}</p>
        </header>
      )}
      {traceId ? (
        <>
          <h1 className="gh-hidden">{t('activity.title')}</h1>
          {otherTraceId ? (
            <Suspense fallback={<PageLoading />}>
              <CompareView
                traceId={traceId}
                otherTraceId={otherTraceId}
                backHref={hrefOf(null)}
                hrefOf={hrefOf}
              />
            </Suspense>
          ) : (
            <TraceView
              traceId={traceId}
              backHref={hrefOf(null)}
              compareHref={(other) => hrefOf(traceId, other)}
            />
          )}
        </>
      ) : (
        <TraceList serverId={null} hrefOf={hrefOf} />
      )}
    </div>
  );
}
