import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogEntry } from '../../../shared/domain/server-log.ts';
import { type LogLevel, logLevelNamed, logLevels } from '../../../shared/log-levels.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Empty } from '../../components/empty.tsx';
import { OutsideLines } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { absoluteTime, clockTime } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';
import { keys, useWorld } from '../../state/live.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import './activity.css';

const tones: Record<LogLevel, string> = {
  debug: 'idle',
  info: 'idle',
  notice: 'idle',
  warning: 'warn',
  error: 'bad',
  critical: 'bad',
  alert: 'bad',
  emergency: 'bad',
};

/** What a server sent for its log, the newest first, as text. */
export function ServerLog({ serverId }: { serverId: string }) {
  const { t } = useTranslation();
  const [from, setFrom] = useState<LogLevel>('debug');
  const log = useQuery({
    queryKey: keys.serverLog(serverId),
    queryFn: () => call('logs.get', { serverId }),
    staleTime: 0,
  });
  const setLevel = useCall('logs.set-level');
  const clear = useCall('logs.clear');
  if (log.isError)
    return (
      <ProblemNotice
        problem={problemOf(log.error)}
        context={{ serverId, onRetry: () => void log.refetch() }}
      />
    );
  if (!log.data) return <PageLoading />;
  const { entries, dropped, level } = log.data;
  const shown = entries
    .filter((entry) => logLevels.indexOf(entry.level) >= logLevels.indexOf(from))
    .toReversed();
  const levels = logLevels.map((value) => ({ value, label: t(`serverLog.levels.${value}`) }));
  return (
    <div className="gh-stack-3">
      <div className="gh-log-controls">
        <NativeSelect
          size="xs"
          label={t('serverLog.from')}
          value={from}
          data={levels}
          onChange={(event) => setFrom(logLevelNamed(event.currentTarget.value) ?? 'debug')}
        />
        <NativeSelect
          size="xs"
          label={t('serverLog.ask')}
          value={level ?? ''}
          data={[...(level === null ? [{ value: '', label: t('serverLog.askedNothing') }] : []), ...levels]}
          onChange={(event) => {
            const asked = logLevelNamed(event.currentTarget.value);
            if (asked) setLevel.mutate({ serverId, level: asked });
          }}
          data-testid="log-level"
        />
        <Button
          size="xs"
          variant="default"
          disabled={entries.length === 0}
          loading={clear.isPending}
          onClick={() => clear.mutate({ serverId })}
        >
          {t('serverLog.clear')}
        </Button>
      </div>
      {dropped > 0 && <p className="gh-faint gh-small">{t('serverLog.dropped', { count: dropped })}</p>}
      {entries.length === 0 ? (
        <Empty
          icon={<ScrollText size={22} aria-hidden="true" />}
          title={t('serverLog.empty')}
          text={t('serverLog.emptyText')}
        />
      ) : shown.length === 0 ? (
        <p className="gh-soft">{t('serverLog.noneFrom')}</p>
      ) : (
        <ol className="gh-log" aria-label={t('serverLog.list')} data-testid="server-log">
          {shown.map((entry) => (
            <Entry key={entry.number} entry={entry} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Entry({ entry: { at, level, logger, text, source, accountId } }: { entry: LogEntry }) {
  const { t, i18n } = useTranslation();
  const account = useWorld('accounts', (accounts) =>
    accountId ? accounts.get(accountId)?.label : undefined,
  );
  const from = source === 'gatehouse' ? t('serverLog.gatehouse') : (logger ?? '');
  return (
    <li data-tone={tones[level]}>
      <time dateTime={new Date(at).toISOString()} title={absoluteTime(at, i18n.language)}>
        {clockTime(at, i18n.language)}
      </time>
      <span className="gh-log-level">{t(`serverLog.levels.${level}`)}</span>
      <div className="gh-log-text">
        {(from || account) && (
          <p className="gh-faint gh-small">
            <bdi>
              {[from, account ?? '']
                .filter(Boolean)
                .map((part) => visibleText(part, 80))
                .join(' · ')}
            </bdi>
          </p>
        )}
        <OutsideLines text={text} limit={4000} mono />
      </div>
    </li>
  );
}
