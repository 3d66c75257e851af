import { Progress } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useAnnouncement } from '../../components/announcements.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { type CallProgress, keys } from '../../state/live.ts';

/** How far a call is, as the server says. */
export function CallProgressBar({ callId }: { callId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery<CallProgress>({ queryKey: keys.progress(callId), queryFn: skipToken });
  // Said at each quarter: a server may report hundreds of times a second.
  const quarter = data?.total ? Math.floor((data.progress / data.total) * 4) / 4 : 0;
  useAnnouncement(
    quarter > 0 && data?.total
      ? t('tools.progressOf', { progress: Math.round(quarter * data.total), total: data.total })
      : null,
    { key: `progress ${callId}` },
  );
  if (!data) return null;
  const { progress, total, message } = data;
  const share = total ? Math.min(100, (progress / total) * 100) : null;
  return (
    <div className="gh-stack-2">
      <Progress.Root size="sm">
        <Progress.Section
          value={share ?? 100}
          animated={share === null}
          aria-label={t('tools.progress')}
          {...(share === null && { 'aria-valuenow': undefined })}
        />
      </Progress.Root>
      <p className="gh-soft gh-small gh-numbers">
        {total !== null ? t('tools.progressOf', { progress, total }) : progress}
        {message && (
          <>
            {' · '}
            <OutsideText text={message} limit={300} />
          </>
        )}
      </p>
    </div>
  );
}
