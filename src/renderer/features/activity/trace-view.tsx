import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Trace } from '../../../shared/domain/trace.ts';
import { problemOf } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { durationText } from '../../i18n/format.ts';
import { keys } from '../../state/live.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { Sequence } from './sequence.tsx';
import { TraceActions } from './trace-actions.tsx';
import { outcomeIcon, outcomeTone } from './trace-list.tsx';
import './activity.css';

/** One trace: who said what to whom, by which rule, and what came of it. */
export function TraceView({
  traceId,
  backHref,
  compareHref,
}: {
  traceId: string;
  backHref: string;
  compareHref: (otherTraceId: string) => string;
}) {
  const { t } = useTranslation();
  const trace = useQuery({ queryKey: keys.trace(traceId), queryFn: () => call('activity.get', { traceId }) });
  return (
    <div className="gh-stack-4">
      <a className="gh-back" href={backHref}>
        <ArrowLeft size={14} aria-hidden="true" /> {t('activity.all')}
      </a>
      {trace.isError ? (
        <ProblemNotice problem={problemOf(trace.error)} context={{ onRetry: () => void trace.refetch() }} />
      ) : trace.data === undefined ? (
        <PageLoading />
      ) : trace.data === null ? (
        <Empty title={t('activity.gone')} text={t('activity.goneText')} />
      ) : (
        <TraceBody key={trace.data.id} trace={trace.data} compareHref={compareHref} />
      )}
    </div>
  );
}

function TraceBody({ trace, compareHref }: { trace: Trace; compareHref: (otherTraceId: string) => string }) {
  const { t, i18n } = useTranslation();
  const Icon = outcomeIcon[trace.outcome];
  return (
    <>
      <header className="gh-trace-head">
        <span className="gh-outcome" data-tone={outcomeTone[trace.outcome]} data-size="lg">
          <Icon size={16} strokeWidth={2.6} aria-hidden="true" />
        </span>
        <div className="gh-grow">
          <h2>
            <OutsideText text={trace.title} />
          </h2>
          <p className="gh-soft gh-small">
            {t(`activity.kinds.${trace.kind}`)} · {t(`activity.outcomes.${trace.outcome}`)} ·{' '}
            <When at={trace.startedAt} />
            {trace.endedAt !== null && (
              <>
                {' · '}
                {t('activity.took', { time: durationText(trace.endedAt - trace.startedAt, i18n.language) })}
              </>
            )}
            {' · '}
            {t('activity.steps', { count: trace.steps.length })}
          </p>
        </div>
      </header>
      <TraceActions trace={trace} compareHref={compareHref} />
      {trace.problem && (
        <ProblemNotice
          problem={{ ...trace.problem, traceId: null }}
          context={{ serverId: trace.serverId, accountId: trace.accountId, besideTrace: true }}
        />
      )}
      <Sequence trace={trace} />
    </>
  );
}
