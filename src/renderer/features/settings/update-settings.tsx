import { Button, Progress, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain/settings.ts';
import { visibleText } from '../../../shared/problems.ts';
import { LockedBy } from '../../components/locked-by.tsx';
import { OutsideLines } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';

/** How newer versions come, and what is known of them. Nothing is fetched or installed but by a button here. */
export function UpdateSettings({ change }: { change: (patch: Partial<Settings>) => void }) {
  const { t } = useTranslation();
  const update = useWorld('update');
  const settings = useWorld('settings');
  const locked = useWorld('policy', (policy) => policy?.updatesOff ?? false);
  if (update.kind === 'elsewhere') {
    return <p className="gh-soft">{t(`settings.updateWays.${update.way}`)}</p>;
  }
  return (
    <>
      <div>
        <Switch
          checked={settings.updateChecks}
          disabled={locked}
          label={t('settings.updateChecks')}
          description={t('settings.updateChecksText')}
          onChange={(event) => change({ updateChecks: event.currentTarget.checked })}
          data-testid="update-checks"
        />
        {locked && <LockedBy />}
      </div>
      <UpdateLine />
    </>
  );
}

function UpdateLine() {
  const { t } = useTranslation();
  const update = useWorld('update');
  const check = useCall('updates.check');
  const download = useCall('updates.download');
  const install = useCall('updates.install');
  const ask = (
    <Button size="xs" variant="default" onClick={() => check.mutate(undefined)} data-testid="update-check">
      {t('settings.updateCheck')}
    </Button>
  );
  switch (update.kind) {
    case 'elsewhere':
    case 'off':
      return null;
    case 'current':
      return (
        <div className="gh-setting-line" data-testid="update" data-kind={update.kind}>
          <p className="gh-soft gh-small">
            {update.checkedAt === null ? (
              t('settings.updateNotAsked')
            ) : (
              <>
                {t('settings.updateCurrent')} <When at={update.checkedAt} />
              </>
            )}
          </p>
          {ask}
        </div>
      );
    case 'checking':
      return (
        <p className="gh-soft gh-small" role="status" data-testid="update" data-kind={update.kind}>
          {t('settings.updateChecking')}
        </p>
      );
    case 'failed':
      return (
        <div data-testid="update" data-kind={update.kind}>
          <ProblemNotice
            problem={update.problem}
            actions={
              update.newer ? (
                <Button size="xs" onClick={() => download.mutate(undefined)}>
                  {t('settings.updateDownload')}
                </Button>
              ) : (
                ask
              )
            }
          />
        </div>
      );
    default:
      return (
        <div className="gh-update" data-testid="update" data-kind={update.kind}>
          <div className="gh-setting-line">
            <p className="gh-strong">
              {t('settings.updateAvailable', { version: visibleText(update.version, 60) })}
            </p>
            {update.kind === 'available' && (
              <Button size="xs" onClick={() => download.mutate(undefined)} data-testid="update-download">
                {t('settings.updateDownload')}
              </Button>
            )}
            {update.kind === 'ready' && (
              <Button size="xs" onClick={() => install.mutate(undefined)} data-testid="update-install">
                {t('settings.updateInstall')}
              </Button>
            )}
          </div>
          {update.kind === 'downloading' && (
            <Progress value={update.percent} aria-label={t('settings.updateDownloading')} />
          )}
          {update.kind === 'ready' && <p className="gh-soft gh-small">{t('settings.updateReady')}</p>}
          {update.notes !== null && (
            <div className="gh-update-notes" data-testid="update-notes">
              <OutsideLines text={update.notes} />
            </div>
          )}
        </div>
      );
  }
}
