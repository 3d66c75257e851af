import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OutsideLines } from './outside-text.tsx';

const FIRST = 4000;
const MOST = 200_000;

/** Text from outside of any length: its start, and all of it when the person wants that. */
export function LongText({
  text,
  mono = false,
  cut = false,
}: {
  text: string;
  mono?: boolean;
  /** The text itself is only the start of something. */
  cut?: boolean;
}) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const long = text.length > FIRST;
  return (
    <div className={mono ? 'gh-code' : 'gh-result-text'}>
      <OutsideLines text={text} limit={all ? MOST : FIRST} mono={mono} />
      {long && !all ? (
        <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
          {t('tools.showAll')}
        </Button>
      ) : (
        (cut || text.length > MOST) && <p className="gh-faint gh-small">{t('tools.cut')}</p>
      )}
    </div>
  );
}
