import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ArrowLeftRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Trace, TraceSummary } from '../../../shared/domain/trace.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { shortTime } from '../../i18n/format.ts';
import { keys } from '../../state/live.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { moveByArrowKeys } from './arrow-keys.ts';
import { ComparedStep } from './compared-step.tsx';
import { compareTraces, differs } from './trace-diff.ts';
import { comparable } from './trace-pairs.ts';
import { useTraces } from './traces.ts';
import './activity.css';
import './sequence.css';
import './compare.css';

/** Two attempts side by side. */
export default function CompareView({
  traceId,
  otherTraceId,
  backHref,
  hrefOf,
}: {
  traceId: string;
  otherTraceId: string;
  backHref: string;
  hrefOf: (traceId: string, otherTraceId: string) => string;
}) {
  const { t } = useTranslation();
  const first = useQuery({ queryKey: keys.trace(traceId), queryFn: () => call('activity.get', { traceId }) });
  const second = useQuery({
    queryKey: keys.trace(otherTraceId),
    queryFn: () => call('activity.get', { traceId: otherTraceId }),
  });
  const failed = first.isError ? first : second.isError ? second : null;
  return (
    <div className="gh-stack-4">
      <a className="gh-back" href={backHref}>
        <ArrowLeft size={14} aria-hidden="true" /> {t('activity.all')}
      </a>
      <h2 className="gh-compare-title">{t('activity.comparison.title')}</h2>
      {failed ? (
        <ProblemNotice problem={problemOf(failed.error)} context={{ onRetry: () => void failed.refetch() }} />
      ) : first.data === undefined || second.data === undefined ? (
        <PageLoading />
      ) : first.data === null || second.data === null ? (
        <Empty title={t('activity.gone')} text={t('activity.goneText')} />
      ) : (
        <>
          <Choice first={first.data} second={second.data} hrefOf={hrefOf} />
          <Comparison first={first.data} second={second.data} />
        </>
      )}
    </div>
  );
}

/** Which two attempts. */
function Choice({
  first,
  second,
  hrefOf,
}: {
  first: Trace;
  second: Trace;
  hrefOf: (traceId: string, otherTraceId: string) => string;
}) {
  const { t, i18n } = useTranslation();
  const { serverId } = first;
  const { data: all = [] } = useTraces(serverId);
  const options = useMemo(() => {
    const known = new Map<string, TraceSummary>(
      [first, second, ...comparable(all, first)].map((one) => [one.id, one]),
    );
    return [...known.values()].map(({ id, kind, outcome, startedAt, title }) => ({
      value: id,
      label: [
        shortTime(startedAt, i18n.language),
        t(`activity.outcomes.${outcome}`),
        t(`activity.kinds.${kind}`),
        visibleText(title, 80),
      ].join(' · '),
    }));
  }, [all, first, second, t, i18n.language]);
  const go = (one: string, other: string) => {
    window.location.hash = hrefOf(one, other);
  };
  return (
    <div className="gh-compare-choice">
      <NativeSelect
        size="xs"
        label={t('activity.comparison.first')}
        value={first.id}
        data={options}
        onChange={(event) => go(event.currentTarget.value, second.id)}
        data-testid="compare-first"
      />
      <Button
        size="xs"
        variant="default"
        aria-label={t('activity.comparison.swap')}
        onClick={() => go(second.id, first.id)}
        data-testid="compare-swap"
      >
        <ArrowLeftRight size={14} aria-hidden="true" />
      </Button>
      <NativeSelect
        size="xs"
        label={t('activity.comparison.second')}
        value={second.id}
        data={options}
        onChange={(event) => go(first.id, event.currentTarget.value)}
        data-testid="compare-second"
      />
    </div>
  );
}

function Comparison({ first, second }: { first: Trace; second: Trace }) {
  const { t } = useTranslation();
  const [differencesOnly, setDifferencesOnly] = useState(true);
  const [volatile, setVolatile] = useState(false);
  const pairs = useMemo(() => compareTraces(first, second), [first, second]);
  const differing = pairs.filter(differs);
  const shown = differencesOnly
    ? pairs.filter((pair) => differs(pair) || (volatile && pair.differences.length > 0))
    : pairs;
  return (
    <>
      <div className="gh-compare-bar">
        <p role="status" data-testid="compare-summary">
          {differing.length === 0
            ? t('activity.comparison.equal')
            : t('activity.comparison.summary', { differing: differing.length, steps: pairs.length })}
        </p>
        <Checkbox
          size="xs"
          label={t('activity.comparison.differencesOnly')}
          checked={differencesOnly}
          onChange={(event) => setDifferencesOnly(event.currentTarget.checked)}
        />
        <Checkbox
          size="xs"
          label={t('activity.comparison.volatile')}
          checked={volatile}
          onChange={(event) => setVolatile(event.currentTarget.checked)}
        />
      </div>
      {shown.length === 0 ? (
        <p className="gh-soft">{t('activity.comparison.equalText')}</p>
      ) : (
        <ol
          className="gh-compared"
          aria-label={t('activity.comparison.list')}
          onKeyDown={moveByArrowKeys}
          data-testid="compared-steps"
        >
          {shown.map((pair) => (
            <ComparedStep
              key={`${first.id} ${pair.first?.number ?? '-'} ${second.id} ${pair.second?.number ?? '-'}`}
              pair={pair}
              volatile={volatile}
            />
          ))}
        </ol>
      )}
    </>
  );
}
