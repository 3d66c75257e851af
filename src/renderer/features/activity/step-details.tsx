import { BookOpen, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '../../../shared/domain/trace.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideLines, OutsideText } from '../../components/outside-text.tsx';
import { problemText } from '../../components/problem-text.ts';
import { clockTime, durationText } from '../../i18n/format.ts';
import { addressParts, bodyParts } from './message-parts.ts';
import { Pairs } from './pairs.tsx';
import { specificationAddresses } from './specification.ts';
import { TokenDetails } from './token-details.tsx';
import type { StepTime } from './trace-timing.ts';

/** What a step is made of: its rule, repairs and problem, then request and answer in full. */
export function StepDetails({ id, step, time }: { id: string; step: TraceStep; time: StepTime }) {
  const { t, i18n } = useTranslation();
  const { rule, notes, problem, request, response, tokens } = step;
  return (
    <div className="gh-step-details" id={id} data-testid="step-details">
      <p className="gh-step-when">
        {t('activity.after', { time: durationText(time.start, i18n.language) })} ·{' '}
        {clockTime(step.at, i18n.language)}
      </p>
      {rule && (
        <p className="gh-step-rule">
          <BookOpen size={13} aria-hidden="true" />
          <span>
            <span className="gh-hidden">{t('activity.rule')}: </span>
            <OutsideText text={rule.text} limit={1000} />{' '}
            <span className="gh-step-reference">{visibleText(rule.reference, 120)}</span>
            {specificationAddresses(rule.reference).map((address) => (
              <span key={address} className="gh-step-address gh-mono">
                {address}
              </span>
            ))}
          </span>
        </p>
      )}
      {notes.length > 0 && (
        <ul className="gh-step-notes" aria-label={t('activity.repairsTitle')}>
          {notes.map((note) => (
            <li key={note} className="gh-step-note">
              <Wrench size={13} aria-hidden="true" />
              <OutsideText text={note} limit={1000} />
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <p className="gh-step-problem">
          <bdi>{problemText(problem).sentence}</bdi>{' '}
          <span className="gh-mono">
            {visibleText(problem.code)}
            {problem.detail && <>: {visibleText(problem.detail, 500)}</>}
          </span>
        </p>
      )}
      {request && (
        <Message
          title={t('activity.request')}
          message={request}
          first={<Address method={request.method} url={request.url} />}
        />
      )}
      {response && (
        <Message
          title={t('activity.response')}
          message={response}
          first={
            <p className="gh-mono gh-message-first">
              <b>{response.status}</b>
            </p>
          }
        />
      )}
      {tokens.length > 0 && <TokenDetails tokens={tokens} at={step.at} />}
    </div>
  );
}

function Address({ method, url }: { method: string; url: string }) {
  const { t } = useTranslation();
  const { base, parameters } = addressParts(url);
  return (
    <>
      <p className="gh-mono gh-message-first">
        <b>{visibleText(method, 20)}</b> <OutsideText text={base} limit={2000} />
      </p>
      <Pairs title={t('activity.parameters')} pairs={parameters} />
    </>
  );
}

function Message({
  title,
  message,
  first,
}: {
  title: string;
  message: { headers: Record<string, string>; body: string | null };
  first: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <section className="gh-message" aria-label={title}>
      <h3>{title}</h3>
      {first}
      <Pairs title={t('activity.headers')} pairs={Object.entries(message.headers)} />
      {message.body === null ? (
        <p className="gh-faint gh-small">{t('activity.noBody')}</p>
      ) : (
        <Body title={title} body={message.body} headers={message.headers} />
      )}
    </section>
  );
}

const BODY_SHOWN = 40_000;
/** Where the recorder cuts. */
const CUT_AT = 16_384;

function Body({ title, body, headers }: { title: string; body: string; headers: Record<string, string> }) {
  const { t } = useTranslation();
  const parts = bodyParts(body, headers);
  if (parts.kind === 'form') return <Pairs title={t('activity.form')} pairs={parts.parameters} />;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: no form, only a name for what scrolls */}
      <div
        className="gh-body"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`${title}, ${t('activity.body')}`}
      >
        <OutsideLines text={parts.text} limit={BODY_SHOWN} mono />
      </div>
      {body.length > CUT_AT && <p className="gh-faint gh-small">{t('activity.cut')}</p>}
    </>
  );
}
