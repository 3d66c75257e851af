import { SegmentedControl } from '@mantine/core';
import { Activity, Ban, Check, ChevronRight, LoaderCircle, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceSummary } from '../../../shared/domain/trace.ts';
import { problemOf } from '../../../shared/problems.ts';
import { Empty } from '../../components/empty.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { problemText } from '../../components/problem-text.ts';
import { When } from '../../components/when.tsx';
import { durationText } from '../../i18n/format.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { useTraces } from './traces.ts';
import './activity.css';

export const outcomeIcon = { running: LoaderCircle, succeeded: Check, failed: X, cancelled: Ban } as const;
export const outcomeTone = { running: 'busy', succeeded: 'good', failed: 'bad', cancelled: 'idle' } as const;

/** What happened, newest first; each row leads to its steps. */
export function TraceList({
  serverId,
  hrefOf,
}: {
  serverId: string | null;
  hrefOf: (traceId: string) => string;
}) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<'all' | 'failed'>('all');
  const traces = useTraces(serverId);
  if (traces.isError)
    return (
      <ProblemNotice
        title={t('activity.failedLoad')}
        problem={problemOf(traces.error)}
        context={{ onRetry: () => void traces.refetch() }}
      />
    );
  if (!traces.data) return <PageLoading />;
  if (traces.data.length === 0)
    return (
      <Empty
        icon={<Activity size={22} aria-hidden="true" />}
        title={t('activity.empty')}
        text={t('activity.emptyText')}
      />
    );
  const shown = filter === 'all' ? traces.data : traces.data.filter(({ outcome }) => outcome === 'failed');
  return (
    <div className="gh-stack-3">
      <div>
        <SegmentedControl
          size="xs"
          aria-label={t('activity.filter')}
          value={filter}
          data={(['all', 'failed'] as const).map((value) => ({
            value,
            label: t(`activity.filters.${value}`),
          }))}
          onChange={(value) => setFilter(value === 'failed' ? 'failed' : 'all')}
        />
      </div>
      {shown.length === 0 ? (
        <p className="gh-soft">{t('activity.noneFailed')}</p>
      ) : (
        <ul className="gh-link-list gh-traces" aria-label={t('activity.list')}>
          {shown.map((trace) => (
            <TraceRow key={trace.id} trace={trace} href={hrefOf(trace.id)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function TraceRow({ trace, href }: { trace: TraceSummary; href: string }) {
  const { t, i18n } = useTranslation();
  const Icon = outcomeIcon[trace.outcome];
  return (
    <li>
      <a href={href} data-testid={`trace-${trace.id}`}>
        <span className="gh-outcome" data-tone={outcomeTone[trace.outcome]}>
          <Icon size={13} strokeWidth={2.6} aria-hidden="true" />
        </span>
        <span className="gh-link-list-text">
          <OutsideText text={trace.title} className="gh-trace-title" />
          <span className="gh-faint gh-small">
            {t(`activity.kinds.${trace.kind}`)} · {t(`activity.outcomes.${trace.outcome}`)}
            {trace.problem && <> · {problemText(trace.problem).sentence}</>}
          </span>
        </span>
        <span className="gh-trace-when">
          <When at={trace.startedAt} />
          {trace.endedAt !== null && (
            <span className="gh-faint">{durationText(trace.endedAt - trace.startedAt, i18n.language)}</span>
          )}
        </span>
        <ChevronRight size={16} aria-hidden="true" className="gh-faint" />
      </a>
    </li>
  );
}
