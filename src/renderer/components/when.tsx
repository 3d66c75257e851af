import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { absoluteTime, relativeTime, relativeTimeStep } from '../i18n/format.ts';
import { useNow } from '../state/clock.ts';

/** A time relative to now, ticking; the absolute time on hover and focus. */
export function When({ at }: { at: number }) {
  const { i18n } = useTranslation();
  const now = useNow(relativeTimeStep(at, Date.now()));
  return (
    <Tooltip label={absoluteTime(at, i18n.language)}>
      <time className="gh-when" dateTime={new Date(at).toISOString()}>
        {relativeTime(at, now, i18n.language)}
      </time>
    </Tooltip>
  );
}
