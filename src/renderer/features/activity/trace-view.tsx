import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, BookOpen, Copy, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Trace, TraceParty, TraceStep } from '../../../shared/domain/trace.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { clockTime, durationText } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';
import { keys } from '../../state/live.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { outcomeIcon, outcomeTone } from './trace-list.tsx';
import './activity.css';

/** One trace: who said what to whom, by which rule, and what came of it. */
export function TraceView({ traceId, backHref }: { traceId: string; backHref: string }) {
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
        <Sequence trace={trace.data} />
      )}
    </div>
  );
}

function Sequence({ trace }: { trace: Trace }) {
  const { t, i18n } = useTranslation();
  const copy = useCall('activity.copy');
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
        <Button
          size="xs"
          variant="default"
          leftSection={<Copy size={14} aria-hidden="true" />}
          onClick={() =>
            copy.mutate({ traceId: trace.id }, { onSuccess: () => notifyDone(t('activity.copied')) })
          }
        >
          {t('activity.copy')}
        </Button>
      </header>
      {trace.problem && (
        <ProblemNotice
          problem={{ ...trace.problem, traceId: null }}
          context={{ serverId: trace.serverId, accountId: trace.accountId }}
        />
      )}
      <div className="gh-sequence">
        <div className="gh-lane-names" aria-hidden="true">
          <span />
          <div className="gh-lane-heads">
            {parties.map((party) => (
              <span key={party}>{t(`activity.parties.${party}`)}</span>
            ))}
          </div>
        </div>
        <ol>
          {trace.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever appended
            <Step key={index} step={step} />
          ))}
        </ol>
      </div>
    </>
  );
}

const parties = ['gatehouse', 'server', 'issuer', 'browser'] as const satisfies readonly TraceParty[];
const LANE_WIDTH = 26;
const laneX = (party: TraceParty) => LANE_WIDTH / 2 + parties.indexOf(party) * LANE_WIDTH;

/** The step as an arrow between the four parties. */
function Lanes({ from, to, failed }: { from: TraceParty; to: TraceParty; failed: boolean }) {
  const start = laneX(from);
  const end = laneX(to);
  const direction = Math.sign(end - start);
  return (
    <svg
      className="gh-lanes"
      width={LANE_WIDTH * parties.length}
      height="100%"
      aria-hidden="true"
      data-failed={failed || undefined}
    >
      {parties.map((party) => (
        <line key={party} className="gh-lane" x1={laneX(party)} x2={laneX(party)} y1="0" y2="100%" />
      ))}
      {direction === 0 ? (
        <circle cx={start} cy={22} r={4} />
      ) : (
        <>
          <circle cx={start} cy={22} r={3} />
          <line className="gh-arrow" x1={start} x2={end - direction * 5} y1={22} y2={22} />
          <path d={`M${end - direction * 8} 18 L${end - direction} 22 L${end - direction * 8} 26Z`} />
        </>
      )}
    </svg>
  );
}

function Step({ step }: { step: TraceStep }) {
  const { t, i18n } = useTranslation();
  const status = step.response?.status ?? null;
  const failed = step.problem !== null || (status !== null && status >= 500);
  const names = { from: t(`activity.parties.${step.from}`), to: t(`activity.parties.${step.to}`) };
  return (
    <li className="gh-step" data-failed={failed || undefined}>
      <Lanes from={step.from} to={step.to} failed={failed} />
      <div className="gh-step-body">
        <p className="gh-step-head">
          <OutsideText text={step.title} limit={500} className="gh-step-title" />
          {status !== null && (
            <span className="gh-http-status" data-class={Math.floor(status / 100)}>
              {status}
            </span>
          )}
          <span className="gh-step-time">
            {step.durationMs !== null && durationText(step.durationMs, i18n.language)}
          </span>
        </p>
        <p className="gh-step-who">
          {step.from === step.to ? names.from : t('activity.fromTo', names)}
          <span> · {clockTime(step.at, i18n.language)}</span>
        </p>
        {step.request && (
          <p className="gh-step-url gh-mono">
            <span>{visibleText(step.request.method, 20)}</span>{' '}
            <OutsideText text={step.request.url} limit={2000} />
          </p>
        )}
        {step.rule && (
          <p className="gh-step-rule">
            <BookOpen size={13} aria-hidden="true" />
            <span>
              <OutsideText text={step.rule.text} limit={1000} />{' '}
              <span className="gh-step-reference">{visibleText(step.rule.reference, 120)}</span>
            </span>
          </p>
        )}
        {step.notes.map((note) => (
          <p key={note} className="gh-step-note">
            <Wrench size={13} aria-hidden="true" />
            <OutsideText text={note} limit={1000} />
          </p>
        ))}
        {step.problem && (
          <p className="gh-step-problem">
            {visibleText(step.problem.code)}
            {step.problem.detail && <>: {visibleText(step.problem.detail, 500)}</>}
          </p>
        )}
        {step.request && <Message label={t('activity.request')} message={step.request} />}
        {step.response && <Message label={t('activity.response')} message={step.response} />}
      </div>
    </li>
  );
}

function Message({
  label,
  message,
}: {
  label: string;
  message: { headers: Record<string, string>; body: string | null };
}) {
  const { t } = useTranslation();
  const headers = Object.entries(message.headers);
  if (headers.length === 0 && message.body === null) return null;
  return (
    <details className="gh-disclosure gh-message">
      <summary>{label}</summary>
      {headers.length > 0 && (
        <dl className="gh-headers gh-mono">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{visibleText(name, 100)}</dt>
              <dd>
                <OutsideText text={value} limit={4000} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {message.body !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        // biome-ignore lint/a11y/useSemanticElements: no form, only a name for what scrolls
        <div className="gh-body" role="group" tabIndex={0} aria-label={`${label}, ${t('activity.body')}`}>
          <OutsideLines text={pretty(message.body)} limit={40_000} mono />
        </div>
      )}
    </details>
  );
}

/** JSON on several lines; anything else as it is. */
function pretty(body: string): string {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
