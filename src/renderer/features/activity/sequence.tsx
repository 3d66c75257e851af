import { Button } from '@mantine/core';
import { BookOpen, ChevronRight, KeyRound, Wrench } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Trace, TraceParty, TraceStep } from '../../../shared/domain/trace.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { durationText } from '../../i18n/format.ts';
import { moveByArrowKeys } from './arrow-keys.ts';
import { Arrows, LifeLines, laneAt, partiesOf } from './lanes.tsx';
import { StepDetails } from './step-details.tsx';
import { type StepTime, timingOf } from './trace-timing.ts';
import './sequence.css';

/** A trace as a sequence diagram, which is a list of steps that open. */
export function Sequence({ trace }: { trace: Trace }) {
  const { t } = useTranslation();
  const { steps } = trace;
  const parties = useMemo(() => partiesOf(trace), [trace]);
  const timing = useMemo(() => timingOf(trace), [trace]);
  // What failed is what is looked for.
  const [open, setOpen] = useState(
    () => new Set(steps.flatMap(({ problem }, index) => (problem ? [index] : [])).slice(-1)),
  );
  const toggle = (index: number) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(index)) after.add(index);
      return after;
    });
  const allOpen = steps.length > 0 && open.size === steps.length;
  return (
    <div className="gh-sequence">
      <div className="gh-sequence-bar">
        <Waited timing={timing} />
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => setOpen(new Set(allOpen ? [] : steps.keys()))}
          data-testid="open-all-steps"
        >
          {t(allOpen ? 'activity.collapseAll' : 'activity.expandAll')}
        </Button>
      </div>
      <div className="gh-lane-heads" aria-hidden="true">
        <LaneHeads parties={parties} />
      </div>
      <ol aria-label={t('activity.sequence')} onKeyDown={moveByArrowKeys} data-testid="sequence">
        {steps.map((step, index) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever appended
            key={index}
            index={index}
            step={step}
            parties={parties}
            time={timing.steps[index] as StepTime}
            total={timing.total}
            open={open.has(index)}
            onToggle={toggle}
          />
        ))}
      </ol>
    </div>
  );
}

function Waited({ timing: { waited } }: { timing: ReturnType<typeof timingOf> }) {
  const { t, i18n } = useTranslation();
  if (waited.length === 0) return <span />;
  return (
    <p className="gh-waited">
      {t('activity.waited')}{' '}
      {waited.map(([party, time]) => (
        <span key={party}>
          {t(`activity.parties.${party}`)} <b>{durationText(time, i18n.language)}</b>
        </span>
      ))}
    </p>
  );
}

function LaneHeads({ parties }: { parties: readonly TraceParty[] }) {
  const { t } = useTranslation();
  return (
    <svg width="100%" height="26" role="presentation">
      {parties.map((party, index) => (
        <text
          key={party}
          x={`${laneAt(parties, party)}%`}
          y="17"
          dx={index === 0 ? -5 : 0}
          textAnchor={index === 0 ? 'start' : index === parties.length - 1 ? 'end' : 'middle'}
        >
          {t(`activity.parties.${party}`)}
        </text>
      ))}
    </svg>
  );
}

function Step({
  index,
  step,
  parties,
  time,
  total,
  open,
  onToggle,
}: {
  index: number;
  step: TraceStep;
  parties: readonly TraceParty[];
  time: StepTime;
  total: number;
  open: boolean;
  onToggle: (index: number) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const status = step.response?.status ?? null;
  const failed = step.problem !== null || (status !== null && status >= 500);
  const alone = step.from === step.to;
  return (
    <li className="gh-step" data-failed={failed || undefined} data-open={open || undefined}>
      <LifeLines parties={parties} />
      <button
        type="button"
        className="gh-step-row"
        data-row=""
        data-testid={`step-${index + 1}`}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => onToggle(index)}
      >
        <span className="gh-step-text" data-alone={alone || undefined}>
          <ChevronRight size={13} aria-hidden="true" className="gh-step-chevron" />
          <span className="gh-step-line">
            <span className="gh-hidden">
              {t('activity.step', { number: index + 1 })},{' '}
              {alone
                ? t(`activity.parties.${step.from}`)
                : t('activity.fromTo', {
                    from: t(`activity.parties.${step.from}`),
                    to: t(`activity.parties.${step.to}`),
                  })}
              :{' '}
            </span>
            {step.request && <b className="gh-step-method">{visibleText(step.request.method, 20)}</b>}{' '}
            <OutsideText text={step.title} limit={500} className="gh-step-title" />
          </span>
          <Badges step={step} failed={failed} />
        </span>
        <Arrows step={step} parties={parties} />
        <Timing time={time} total={total} durationMs={step.durationMs} />
      </button>
      {open && <StepDetails id={id} step={step} time={time} />}
    </li>
  );
}

function Badges({ step, failed }: { step: TraceStep; failed: boolean }) {
  const { t } = useTranslation();
  const { response, durationMs, notes, rule, tokens } = step;
  return (
    <span className="gh-step-badges">
      {response && (
        <span className="gh-http-status" data-class={Math.floor(response.status / 100)}>
          <span className="gh-hidden">{t('activity.answered', { status: response.status })}</span>
          <span aria-hidden="true">{response.status}</span>
        </span>
      )}
      {!response && durationMs !== null && (
        <span className="gh-http-status" data-class="5">
          {t('activity.unanswered')}
        </span>
      )}
      {failed && <span className="gh-hidden">{t('activity.failed')}</span>}
      {notes.length > 0 && (
        <span className="gh-step-badge" data-tone="warn">
          <Wrench size={12} aria-hidden="true" />
          <span className="gh-hidden">{t('activity.repairs', { count: notes.length })}</span>
          {notes.length > 1 && <span aria-hidden="true">{notes.length}</span>}
        </span>
      )}
      {tokens.length > 0 && (
        <span className="gh-step-badge">
          <KeyRound size={12} aria-hidden="true" />
          <span className="gh-hidden">{t('activity.tokensCount', { count: tokens.length })}</span>
        </span>
      )}
      {rule && (
        <span className="gh-step-badge gh-step-reference">
          <BookOpen size={12} aria-hidden="true" />
          {visibleText(rule.reference, 60)}
        </span>
      )}
    </span>
  );
}

/** When the step was, as a bar within the whole, and how long it took. */
function Timing({
  time: { start, end, kind },
  total,
  durationMs,
}: {
  time: StepTime;
  total: number;
  durationMs: number | null;
}) {
  const { i18n } = useTranslation();
  const percent = (milliseconds: number) => (milliseconds / total) * 100;
  const width = Math.max(1, percent(end - start));
  return (
    <span className="gh-step-timing">
      <svg width="100%" height="5" aria-hidden="true" data-kind={kind}>
        <rect className="gh-bar-track" width="100%" height="5" rx="2.5" />
        <rect
          className="gh-bar"
          x={`${Math.min(99, percent(start))}%`}
          width={`${Math.min(100, width)}%`}
          height="5"
          rx="2.5"
        />
      </svg>
      <span className="gh-step-time">
        {kind !== 'moment' && durationText(durationMs ?? end - start, i18n.language)}
      </span>
    </span>
  );
}
