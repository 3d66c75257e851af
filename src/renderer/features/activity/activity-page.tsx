import { useTranslation } from 'react-i18next';
import { routeHash } from '../../state/route.ts';
import { TraceList } from './trace-list.tsx';
import { TraceView } from './trace-view.tsx';

export default function ActivityPage({ traceId }: { traceId: string | null }) {
  const { t } = useTranslation();
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
          <TraceView traceId={traceId} backHref={routeHash({ page: 'activity', traceId: null })} />
        </>
      ) : (
        <TraceList serverId={null} hrefOf={(id) => routeHash({ page: 'activity', traceId: id })} />
      )}
    </div>
  );
}
