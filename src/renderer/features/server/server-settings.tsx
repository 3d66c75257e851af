import {
  Button,
  Checkbox,
  NativeSelect,
  Radio,
  SegmentedControl,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RemoteServerView } from '../../../shared/domain/snapshot.ts';
import { problemOf } from '../../../shared/problems.ts';
import { notifyDone } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { ClientKey, secretsChanged, useEnteredSecrets } from './client-key.tsx';
import { MachineSettings, secretPlaceholder } from './machine-settings.tsx';
import {
  draftOfSettings,
  type SettingsDraft,
  type SettingsErrors,
  settingsOfDraft,
} from './settings-draft.ts';
import { Risk, SettingsSection } from './settings-section.tsx';
import '../settings/settings.css';

const authentications = [
  'automatic',
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;
const resourceModes = ['automatic', 'omit', 'fixed'] as const;
const redirects = ['automatic', 'custom-scheme', 'loopback'] as const;

/** Every deviation from what discovery would choose, with its risk in words. */
export default function ServerSettingsTab({ server }: { server: RemoteServerView }) {
  const { t } = useTranslation();
  const stored = draftOfSettings(server.settings);
  const [draft, setDraft] = useState(stored);
  const [errors, setErrors] = useState<SettingsErrors>({});
  const update = useCall('servers.update-settings', { quiet: true });
  const secrets = useEnteredSecrets(server.id);
  const resourceId = useId();
  const dirty = JSON.stringify(draft) !== JSON.stringify(stored);

  const change = (patch: Partial<SettingsDraft>) => {
    setDraft((before) => ({ ...before, ...patch }));
    setErrors({});
  };
  const errorOf = (name: keyof SettingsDraft) => {
    const error = errors[name];
    return error && t(`serverSettings.errors.${error}`);
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = settingsOfDraft(draft);
    if (!read.ok) {
      setErrors(read.errors);
      return;
    }
    const { settings, clientSecret, identityToken } = read;
    update.mutate(
      {
        serverId: server.id,
        settings,
        ...(clientSecret !== undefined && { clientSecret }),
        ...(identityToken !== undefined && { identityToken }),
      },
      {
        onSuccess: () => {
          setDraft(draftOfSettings(settings));
          secretsChanged(server.id);
          notifyDone(t('common.saved'));
        },
      },
    );
  };

  return (
    <form className="gh-settings" onSubmit={save} noValidate>
      <p className="gh-soft gh-settings-lead">{t('serverSettings.lead')}</p>

      <SettingsSection title={t('serverSettings.client')} text={t('serverSettings.clientText')}>
        <TextInput
          label={t('serverSettings.clientId')}
          description={t('serverSettings.clientIdHint')}
          value={draft.clientId}
          error={draft.machine !== 'person' && errorOf('clientId')}
          maxLength={2048}
          autoComplete="off"
          spellCheck={false}
          data-testid="client-id-input"
          onChange={(event) => change({ clientId: event.currentTarget.value })}
        />
        <div className="gh-stack-2">
          <TextInput
            type="password"
            label={t('serverSettings.clientSecret')}
            description={t('serverSettings.clientSecretHint')}
            placeholder={secretPlaceholder(secrets.data?.clientSecret, t)}
            value={draft.clientSecret}
            maxLength={8192}
            autoComplete="off"
            disabled={draft.deleteSecret}
            data-testid="client-secret-input"
            onChange={(event) => change({ clientSecret: event.currentTarget.value })}
          />
          {secrets.data?.clientSecret !== false && (
            <Checkbox
              size="xs"
              label={t('serverSettings.clientSecretDelete')}
              checked={draft.deleteSecret}
              onChange={(event) => change({ deleteSecret: event.currentTarget.checked, clientSecret: '' })}
            />
          )}
        </div>
        <NativeSelect
          label={t('serverSettings.clientAuthentication')}
          value={draft.clientAuthentication}
          data={authentications.map((value) => ({
            value,
            label: t(`serverSettings.clientAuthentications.${value}`),
          }))}
          onChange={(event) =>
            change({
              clientAuthentication:
                authentications.find((value) => value === event.currentTarget.value) ?? 'automatic',
            })
          }
        />
        {draft.clientAuthentication === 'private_key_jwt' && <ClientKey serverId={server.id} />}
      </SettingsSection>

      <MachineSettings serverId={server.id} draft={draft} errors={errors} onChange={change} />

      <SettingsSection title={t('serverSettings.consent')}>
        <TagsInput
          label={t('serverSettings.scopes')}
          description={t('serverSettings.scopesHint')}
          value={draft.scopes}
          splitChars={[' ', ',']}
          acceptValueOnBlur
          comboboxProps={{ withinPortal: false }}
          onChange={(scopes) => change({ scopes })}
        />
        <div className="gh-stack-2">
          <span className="mantine-InputWrapper-label" id={resourceId}>
            {t('serverSettings.resource')}
          </span>
          <p className="mantine-InputWrapper-description">{t('serverSettings.resourceHint')}</p>
          <div>
            <SegmentedControl
              aria-labelledby={resourceId}
              size="xs"
              value={draft.resourceMode}
              data={resourceModes.map((value) => ({ value, label: t(`serverSettings.resources.${value}`) }))}
              onChange={(value) =>
                change({ resourceMode: resourceModes.find((mode) => mode === value) ?? 'automatic' })
              }
            />
          </div>
          {draft.resourceMode === 'automatic' ? (
            <p className="mantine-InputWrapper-description">{t('serverSettings.resourceRisks.automatic')}</p>
          ) : (
            <Risk>{t(`serverSettings.resourceRisks.${draft.resourceMode}`)}</Risk>
          )}
          {draft.resourceMode === 'fixed' && (
            <TextInput
              label={t('serverSettings.resourceValue')}
              value={draft.resourceValue}
              error={errorOf('resourceValue')}
              onChange={(event) => change({ resourceValue: event.currentTarget.value })}
            />
          )}
        </div>
      </SettingsSection>

      <SettingsSection title={t('serverSettings.trust')}>
        <TextInput
          label={t('serverSettings.issuerPin')}
          description={t('serverSettings.issuerPinHint')}
          value={draft.issuerPin}
          error={errorOf('issuerPin')}
          onChange={(event) => change({ issuerPin: event.currentTarget.value })}
        />
        <div className="gh-stack-2">
          <TextInput
            label={t('serverSettings.trustedIssuerName')}
            value={draft.trustedIssuerName}
            error={errorOf('trustedIssuerName')}
            onChange={(event) => change({ trustedIssuerName: event.currentTarget.value })}
          />
          <Risk>{t('serverSettings.trustedIssuerNameHint')}</Risk>
        </div>
        <div className="gh-stack-2">
          <Switch
            label={t('serverSettings.assumeS256')}
            checked={draft.assumeS256}
            onChange={(event) => change({ assumeS256: event.currentTarget.checked })}
          />
          <Risk>{t('serverSettings.assumeS256Hint')}</Risk>
        </div>
      </SettingsSection>

      <SettingsSection title={t('serverSettings.connection')}>
        <Radio.Group
          label={t('serverSettings.redirect')}
          description={t('serverSettings.redirectHint')}
          value={draft.redirect}
          onChange={(value) =>
            change({ redirect: redirects.find((redirect) => redirect === value) ?? 'automatic' })
          }
        >
          <div className="gh-radio-line">
            {redirects.map((value) => (
              <Radio key={value} value={value} label={t(`settings.redirects.${value}`)} />
            ))}
          </div>
        </Radio.Group>
        <TextInput
          label={t('serverSettings.loopbackPort')}
          description={t('serverSettings.loopbackPortHint')}
          inputMode="numeric"
          value={draft.loopbackPort}
          error={errorOf('loopbackPort')}
          onChange={(event) => change({ loopbackPort: event.currentTarget.value })}
        />
        <TextInput
          label={t('serverSettings.timeout')}
          description={t('serverSettings.timeoutHint')}
          inputMode="numeric"
          value={draft.requestTimeoutSeconds}
          error={errorOf('requestTimeoutSeconds')}
          onChange={(event) => change({ requestTimeoutSeconds: event.currentTarget.value })}
        />
      </SettingsSection>

      {update.error && (
        <ProblemNotice problem={problemOf(update.error)} context={{ onRetry: () => update.reset() }} />
      )}
      {dirty && (
        <div className="gh-save-bar">
          <span className="gh-grow gh-soft gh-small" role="status">
            {t('serverSettings.unsaved')}
          </span>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setDraft(stored);
              setErrors({});
              update.reset();
            }}
          >
            {t('serverSettings.discard')}
          </Button>
          <Button size="xs" type="submit" loading={update.isPending} data-testid="save-settings">
            {t('serverSettings.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
