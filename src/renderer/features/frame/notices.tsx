import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { setWorld, useWorld } from '../../state/live.ts';

const SHOWN = 2;

/** What was found wrong at start, above everything until dismissed. */
export function Notices() {
  const { t } = useTranslation();
  const notices = useWorld('notices');
  const [all, setAll] = useState(false);
  if (notices.length === 0) return null;
  const shown = all ? notices : notices.slice(0, SHOWN);
  return (
    <section className="gh-notices" aria-label={t('frame.notices')}>
      {shown.map((notice, index) => (
        <ProblemNotice
          // biome-ignore lint/suspicious/noArrayIndexKey: two notices may be equal
          key={`${notice.code} ${index}`}
          problem={notice}
          onDismiss={() => setWorld('notices', notices.toSpliced(index, 1))}
        />
      ))}
      {shown.length < notices.length && (
        <button type="button" className="gh-link" onClick={() => setAll(true)}>
          {t('frame.moreNotices', { count: notices.length - shown.length })}
        </button>
      )}
    </section>
  );
}
