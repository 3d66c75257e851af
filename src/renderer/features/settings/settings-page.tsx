import { NativeSelect, Radio, SegmentedControl } from '@mantine/core';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { appIdentity } from '../../../shared/app-identity.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { languageNames, languages, languageTags } from '../../../shared/languages.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { LockedBy } from '../../components/locked-by.tsx';
import { storageText } from '../../components/storage-text.ts';
import { useCall } from '../../state/calls.ts';
import { setWorld, useWorld } from '../../state/live.ts';
import { DesktopSettings } from './desktop-settings.tsx';
import { DiagnosticsLine } from './diagnostics-line.tsx';
import { PolicyFacts } from './policy.tsx';
import { UpdateSettings } from './update-settings.tsx';
import { YourData } from './your-data.tsx';
import './settings.css';

const themes = ['system', 'light', 'dark'] as const satisfies readonly Settings['theme'][];
const redirects = [
  'automatic',
  'custom-scheme',
  'loopback',
] as const satisfies readonly Settings['redirect'][];

export default function SettingsPage() {
  const { t } = useTranslation();
  const settings = useWorld('settings');
  const storage = useWorld('storage');
  const app = useWorld('app');
  const policy = useWorld('policy');
  const update = useCall('app.update-settings');
  const change = (patch: Partial<Settings>) => {
    const before = settings;
    setWorld('settings', { ...settings, ...patch });
    update.mutate(patch, {
      onSuccess: (stored) => setWorld('settings', stored),
      onError: () => setWorld('settings', before),
    });
  };
  const themeId = useId();
  const languageId = useId();
  const safe = storage.kind !== 'memory';

  return (
    <div className="gh-page">
      <header className="gh-page-head">
        <h1>{t('settings.title')}</h1>
      </header>
      <div className="gh-settings">
        <Section title={t('settings.appearance')}>
          <div className="gh-setting-line">
            <span id={themeId} className="gh-strong">
              {t('settings.theme')}
            </span>
            <SegmentedControl
              aria-labelledby={themeId}
              value={settings.theme}
              data={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
              onChange={(value) => change({ theme: themes.find((name) => name === value) ?? 'system' })}
            />
          </div>
          <div className="gh-setting-line">
            <label htmlFor={languageId} className="gh-strong">
              {t('settings.language')}
            </label>
            <NativeSelect
              id={languageId}
              value={settings.language}
              data-testid="language"
              onChange={({ currentTarget: { value } }) =>
                change({ language: languages.find((name) => name === value) ?? 'system' })
              }
            >
              <option value="system">{t('settings.languageSystem')}</option>
              {languages.map((name) => (
                <option key={name} value={name} lang={languageTags[name]}>
                  {languageNames[name]}
                </option>
              ))}
            </NativeSelect>
          </div>
        </Section>

        <Section title={t('settings.signIn')}>
          <Radio.Group
            label={t('settings.redirect')}
            value={settings.redirect}
            onChange={(value) =>
              change({ redirect: redirects.find((name) => name === value) ?? 'automatic' })
            }
          >
            <div className="gh-stack-3 gh-radios">
              {redirects.map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={t(`settings.redirects.${value}`)}
                  description={t(`settings.redirectTexts.${value}`)}
                />
              ))}
            </div>
          </Radio.Group>
        </Section>

        <Section title={t('settings.desktop')}>
          <DesktopSettings change={change} />
        </Section>

        <Section title={t('settings.storage')}>
          <div className="gh-storage" data-safe={safe || undefined}>
            {safe ? (
              <ShieldCheck size={20} aria-hidden="true" />
            ) : (
              <ShieldAlert size={20} aria-hidden="true" />
            )}
            <div>
              <p className="gh-strong">{safe ? t('settings.storageSafe') : t('settings.storageMemory')}</p>
              <p className="gh-soft gh-small">{storageText(storage, t)}</p>
              {storage.kind === 'memory' && (
                <>
                  {policy?.memoryOnly ? (
                    <LockedBy />
                  ) : (
                    <p className="gh-soft gh-small">{t('storage.unlock')}</p>
                  )}
                  <p className="gh-soft gh-small">
                    {t('storage.memoryReason', { reason: visibleText(storage.reason) })}
                  </p>
                </>
              )}
            </div>
          </div>
        </Section>

        <Section title={t('settings.updates')}>
          <UpdateSettings change={change} />
        </Section>

        {policy && (
          <Section title={t('settings.policy')}>
            <PolicyFacts policy={policy} />
          </Section>
        )}

        <Section title={t('settings.data')}>
          <YourData />
        </Section>

        <Section title={t('settings.about')}>
          <Facts>
            <Fact name={t('settings.version')}>
              {appIdentity.productName} {visibleText(app.version, 60)}
            </Fact>
            <Fact name={t('settings.runtime')}>{visibleText(app.runtime, 120)}</Fact>
            <Fact name={t('settings.platform')}>{visibleText(app.platform, 60)}</Fact>
            <Fact name={t('settings.licence')}>{t('settings.licenceText')}</Fact>
            <Fact name={t('settings.homepage')}>{appIdentity.homepage}</Fact>
          </Facts>
          <DiagnosticsLine />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="gh-setting" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div>{children}</div>
    </section>
  );
}
