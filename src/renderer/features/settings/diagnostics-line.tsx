import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { notifyDone } from '../../components/notify.tsx';
import { useCall } from '../../state/calls.ts';

/** What somebody who looks for a fault needs to know, onto the clipboard. */
export function DiagnosticsLine() {
  const { t } = useTranslation();
  const copy = useCall('app.copy-diagnostics');
  return (
    <div className="gh-setting-line">
      <div className="gh-setting-words">
        <p className="gh-strong">{t('settings.diagnostics')}</p>
        <p className="gh-faint gh-small">{t('settings.diagnosticsText')}</p>
      </div>
      <Button
        size="xs"
        variant="default"
        loading={copy.isPending}
        onClick={() => copy.mutate(undefined, { onSuccess: () => notifyDone(t('common.copied')) })}
        data-testid="copy-diagnostics"
      >
        {t('settings.copyDiagnostics')}
      </Button>
    </div>
  );
}
