import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notifyDone } from '../../components/notify.tsx';
import { useCall } from '../../state/calls.ts';
import { EraseDialog } from './erase-dialog.tsx';

/** Taking a copy of what is known, and being rid of all of it. */
export function YourData() {
  const { t } = useTranslation();
  const [erasing, setErasing] = useState(false);
  const save = useCall('accounts.export');
  const pending = save.isPending ? save.variables.format : null;
  const exportAs = (format: 'json' | 'markdown') =>
    save.mutate(
      { format },
      {
        onSuccess: (outcome) => {
          if (outcome === 'saved') notifyDone(t('settings.exported'));
        },
      },
    );
  return (
    <>
      <div className="gh-setting-line">
        <div className="gh-setting-words">
          <p className="gh-strong">{t('settings.export')}</p>
          <p className="gh-faint gh-small">{t('settings.exportText')}</p>
        </div>
        <div className="gh-row-actions">
          <Button
            size="xs"
            variant="default"
            loading={pending === 'markdown'}
            aria-label={t('settings.exportMarkdownLabel')}
            onClick={() => exportAs('markdown')}
            data-testid="export-markdown"
          >
            {t('settings.exportMarkdown')}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={pending === 'json'}
            aria-label={t('settings.exportJsonLabel')}
            onClick={() => exportAs('json')}
            data-testid="export-json"
          >
            {t('settings.exportJson')}
          </Button>
        </div>
      </div>
      <div className="gh-setting-line">
        <div className="gh-setting-words">
          <p className="gh-strong">{t('settings.erase')}</p>
          <p className="gh-faint gh-small">{t('settings.eraseText')}</p>
        </div>
        <Button
          size="xs"
          variant="default"
          className="gh-danger-button"
          onClick={() => setErasing(true)}
          data-testid="erase-everything"
        >
          {t('settings.eraseButton')}
        </Button>
      </div>
      {erasing && <EraseDialog onClose={() => setErasing(false)} />}
    </>
  );
}
