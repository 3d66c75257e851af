import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputLine, ProcessState } from '../../../shared/domain/process.ts';
import { call } from '../../bridge.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { When } from '../../components/when.tsx';
import { keys } from '../../state/live.ts';
import './command.css';

/** The program of a local server: whether it runs, and what it wrote last. */
export function ProcessSection({ serverId }: { serverId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: keys.process(serverId),
    queryFn: () => call('servers.process', { serverId }),
  });
  if (!data) return null;
  return (
    <>
      <section className="gh-stack-3" aria-labelledby="process-heading">
        <div className="gh-section-head">
          <h2 id="process-heading">{t('process.title')}</h2>
        </div>
        <StateFacts state={data.state} />
      </section>
      <section className="gh-stack-3" aria-labelledby="output-heading">
        <div className="gh-section-head">
          <h2 id="output-heading">{t('process.output')}</h2>
          <span className="gh-faint gh-small">{t('process.outputHint')}</span>
        </div>
        {data.lines.length === 0 ? (
          <p className="gh-soft">{t('process.noOutput')}</p>
        ) : (
          <Output lines={data.lines} />
        )}
      </section>
    </>
  );
}

function StateFacts({ state }: { state: ProcessState }) {
  const { t } = useTranslation();
  switch (state.kind) {
    case 'not-started':
      return <p className="gh-soft">{t('process.notStarted')}</p>;
    case 'running':
      return (
        <Facts>
          <Fact name={t('process.running')}>
            <When at={state.since} />
          </Fact>
          <Fact name={t('process.pid')}>
            <span className="gh-mono">{state.pid}</span>
          </Fact>
        </Facts>
      );
    case 'ended':
      return (
        <Facts>
          <Fact name={t('process.ended')}>
            <When at={state.at} />
          </Fact>
          <Fact name={t('process.how')}>
            {state.signal === null
              ? t('process.exitCode', { code: state.exitCode ?? '–' })
              : t('process.signal', { signal: state.signal })}
          </Fact>
        </Facts>
      );
  }
}

function Output({ lines }: { lines: readonly OutputLine[] }) {
  const { t, i18n } = useTranslation();
  const time = useMemo(
    () => new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium' }),
    [i18n.language],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <ol className="gh-output" tabIndex={0} aria-label={t('process.output')} data-testid="process-output">
      {lines.map(({ at, from, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing but their order
        <li key={index} data-from={from}>
          <time dateTime={new Date(at).toISOString()}>{time.format(at)}</time>
          {from === 'stdout' && <span className="gh-output-from">{t('process.stdout')}</span>}
          <bdi>{text}</bdi>
        </li>
      ))}
    </ol>
  );
}
