import { Radio, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain/settings.ts';
import { useWorld } from '../../state/live.ts';

const closings = ['ask', 'keep-running', 'quit'] as const satisfies readonly Settings['closeWindow'][];

/** How the app behaves outside its window. */
export function DesktopSettings({ change }: { change: (patch: Partial<Settings>) => void }) {
  const { t } = useTranslation();
  const settings = useWorld('settings');
  const platform = useWorld('app').platform;
  return (
    <>
      <Switch
        checked={settings.startAtLogin}
        label={t('settings.startAtLogin')}
        description={t('settings.startAtLoginText')}
        onChange={(event) => change({ startAtLogin: event.currentTarget.checked })}
        data-testid="start-at-login"
      />
      <Switch
        checked={settings.notifications}
        label={t('settings.notifications')}
        description={t('settings.notificationsText')}
        onChange={(event) => change({ notifications: event.currentTarget.checked })}
        data-testid="notifications"
      />
      {/* There closing a window never ends an app. */}
      {platform !== 'darwin' && (
        <Radio.Group
          label={t('settings.closeWindow')}
          value={settings.closeWindow}
          onChange={(value) => change({ closeWindow: closings.find((name) => name === value) ?? 'ask' })}
        >
          <div className="gh-stack-3 gh-radios">
            {closings.map((value) => (
              <Radio key={value} value={value} label={t(`settings.closings.${value}`)} />
            ))}
          </div>
        </Radio.Group>
      )}
    </>
  );
}
