import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GrantEvent } from '../../../shared/domain/grant-history.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { absoluteTime, shortTime } from '../../i18n/format.ts';
import { keys } from '../../state/live.ts';
import { hostOf } from '../../state/server-list.ts';

/** What happened to a grant, newest first; read when somebody wants to know. */
export function GrantHistory({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const history = useQuery({
    queryKey: keys.history(accountId),
    queryFn: () => call('accounts.history', { accountId }),
    enabled: open,
  });
  return (
    <details
      className="gh-disclosure gh-history"
      data-testid="grant-history"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{t('history.title')}</summary>
      {history.isError && (
        <ProblemNotice
          title={t('history.failed')}
          problem={problemOf(history.error)}
          context={{ onRetry: () => void history.refetch() }}
        />
      )}
      {history.data?.length === 0 && <p className="gh-faint gh-small">{t('history.empty')}</p>}
      {history.data && history.data.length > 0 && (
        <ol className="gh-history-list">
          {history.data.toReversed().map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity of their own
            <Event key={`${event.kind} ${event.at} ${index}`} event={event} />
          ))}
        </ol>
      )}
    </details>
  );
}

function Event({ event }: { event: GrantEvent }) {
  const { t } = useTranslation();
  const scopes = scopesOf(event);
  return (
    <li data-kind={event.kind} data-testid="grant-event">
      <span className="gh-history-what">
        {event.kind === 'refreshed' && event.count > 1 ? (
          <Renewals first={event.at} last={event.lastAt} count={event.count} />
        ) : (
          <bdi>{wordsOf(event, t)}</bdi>
        )}
        {scopes.length > 0 && (
          <span className="gh-history-scopes">
            {scopes.map((scope) => (
              <span key={scope} className="gh-chip" data-kind="plain">
                <OutsideText text={scope} limit={120} />
              </span>
            ))}
          </span>
        )}
      </span>
      <span className="gh-faint">
        <When at={event.kind === 'refreshed' ? event.lastAt : event.at} />
      </span>
    </li>
  );
}

/** Renewals in a row are one line: how many, and between when and when. */
function Renewals({ first, last, count }: { first: number; last: number; count: number }) {
  const { t, i18n } = useTranslation();
  const inWords = (words: typeof shortTime) => ({
    first: words(first, i18n.language),
    last: words(last, i18n.language),
  });
  return (
    <Tooltip label={t('history.span', inWords(absoluteTime))}>
      <span>{t('history.refreshed', { count, ...inWords(shortTime) })}</span>
    </Tooltip>
  );
}

function wordsOf(event: GrantEvent, t: TFunction): string {
  switch (event.kind) {
    case 'asked': {
      const host = visibleText(hostOf(event.issuer), 200);
      return event.scopes === null ? t('history.askedNothing', { host }) : t('history.asked', { host });
    }
    case 'granted':
      return event.scopes === null ? t('history.grantedAll') : t('history.granted');
    case 'more-wanted':
      return event.wantedBy
        ? t('history.moreWantedBy', { tool: visibleText(event.wantedBy, 120) })
        : t('history.more-wanted');
    case 'revoked':
      return t('history.revoked', { reason: visibleText(event.reason, 300) });
    case 'issuer-moved':
      return t('history.issuer-moved', { host: visibleText(hostOf(event.newIssuer), 200) });
    case 'refreshed':
      return t('history.refreshed', { count: 1, first: '', last: '' });
    case 'stepped-up':
    case 'declined':
    case 'expired':
    case 'secrets-lost':
      return t(`history.${event.kind}`);
  }
}

function scopesOf(event: GrantEvent): readonly string[] {
  switch (event.kind) {
    case 'asked':
    case 'granted':
      return event.scopes ?? [];
    case 'stepped-up':
      return event.added;
    case 'more-wanted':
    case 'declined':
      return event.scopes;
    default:
      return [];
  }
}
