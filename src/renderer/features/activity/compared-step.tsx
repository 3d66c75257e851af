import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '../../../shared/domain/trace.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { visibleLines } from '../../components/visible-lines.ts';
import { durationText } from '../../i18n/format.ts';
import { type Difference, differingParts, type StepPair } from './trace-diff.ts';

/** A step of both attempts, or of one; opens what differs. */
export function ComparedStep({ pair, volatile }: { pair: StepPair; volatile: boolean }) {
  const { t } = useTranslation();
  const { first, second } = pair;
  const step = (first ?? second)?.step;
  const shown = pair.differences.filter((one) => volatile || !one.volatile);
  const [open, setOpen] = useState(shown.length > 0);
  const id = useId();
  if (!step) return null;
  const state = !second ? 'first' : !first ? 'second' : shown.length > 0 ? 'differs' : 'same';
  const words = {
    first: t('activity.comparison.onlyFirst'),
    second: t('activity.comparison.onlySecond'),
    differs: t('activity.comparison.differs', { count: shown.length }),
    same: t('activity.comparison.same'),
  }[state];
  const opens = shown.length > 0;
  return (
    <li className="gh-compared-step" data-state={state}>
      <button
        type="button"
        className="gh-compared-row"
        data-row=""
        aria-expanded={opens ? open : undefined}
        aria-controls={opens && open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight
          size={13}
          aria-hidden="true"
          className="gh-step-chevron"
          data-none={!opens || undefined}
        />
        <span className="gh-compared-text">
          <span className="gh-faint">
            {t('activity.fromTo', {
              from: t(`activity.parties.${step.from}`),
              to: t(`activity.parties.${step.to}`),
            })}
          </span>
          <OutsideText text={step.title} limit={300} className="gh-step-title" />
        </span>
        <Side side={first} name="first" />
        <Side side={second} name="second" />
        <span className="gh-compared-state">{words}</span>
      </button>
      {opens && open && <Differences id={id} differences={shown} />}
    </li>
  );
}

function Side({
  side,
  name,
}: {
  side: { number: number; step: TraceStep } | null;
  name: 'first' | 'second';
}) {
  const { t, i18n } = useTranslation();
  if (!side)
    return (
      <span className="gh-compared-side gh-faint" data-side={name}>
        —
      </span>
    );
  const { number, step } = side;
  const status = step.response?.status;
  return (
    <span className="gh-compared-side" data-side={name}>
      <span className="gh-hidden">{t('activity.step', { number })}</span>
      <span aria-hidden="true" className="gh-faint">
        {number}
      </span>
      {status !== undefined && (
        <span className="gh-http-status" data-class={Math.floor(status / 100)}>
          {status}
        </span>
      )}
      {step.durationMs !== null && (
        <span className="gh-faint">{durationText(step.durationMs, i18n.language)}</span>
      )}
    </span>
  );
}

function Differences({ id, differences }: { id: string; differences: readonly Difference[] }) {
  const { t } = useTranslation();
  return (
    <table className="gh-differences" id={id}>
      <thead>
        <tr>
          <th scope="col">{t('activity.comparison.part')}</th>
          <th scope="col">{t('activity.comparison.first')}</th>
          <th scope="col">{t('activity.comparison.second')}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map((one) => (
          <tr key={`${one.part} ${one.name}`} data-volatile={one.volatile || undefined}>
            <th scope="row">
              <OutsideText
                text={t(`activity.comparison.parts.${one.part}`, { name: one.name }).trim()}
                limit={160}
              />
            </th>
            <Value value={one.first} other={one.second} label={t('activity.comparison.first')} />
            <Value value={one.second} other={one.first} label={t('activity.comparison.second')} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SHOWN = 4000;

/** One side of a difference; where both have a value, what differs in it is marked. */
function Value({ value, other, label }: { value: string | null; other: string | null; label: string }) {
  const { t } = useTranslation();
  if (value === null)
    return (
      <td className="gh-faint" data-label={label}>
        {t('activity.comparison.absent')}
      </td>
    );
  const text = value.slice(0, SHOWN);
  const { before, after } =
    other === null ? { before: 0, after: 0 } : differingParts(text, other.slice(0, SHOWN));
  const end = text.length - after;
  return (
    <td className="gh-mono" data-label={label}>
      <bdi>
        {visibleLines(text.slice(0, before), SHOWN)}
        <mark>{visibleLines(text.slice(before, end), SHOWN)}</mark>
        {visibleLines(text.slice(end), SHOWN)}
        {value.length > SHOWN && '…'}
      </bdi>
    </td>
  );
}
