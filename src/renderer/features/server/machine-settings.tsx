import { Checkbox, Radio, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useEnteredSecrets } from './client-key.tsx';
import { machineKinds, type SettingsDraft, type SettingsErrors } from './settings-draft.ts';
import { SettingsSection } from './settings-section.tsx';

/** Who signs in at this server: a person, or the machine itself by one of the extensions' grants. */
export function MachineSettings({
  serverId,
  draft,
  errors,
  onChange,
}: {
  serverId: string;
  draft: SettingsDraft;
  errors: SettingsErrors;
  onChange: (patch: Partial<SettingsDraft>) => void;
}) {
  const { t } = useTranslation();
  const secrets = useEnteredSecrets(serverId);
  const stored = secrets.data?.identityToken;
  const errorOf = (name: keyof SettingsDraft) => {
    const error = errors[name];
    return error && t(`serverSettings.errors.${error}`);
  };
  return (
    <SettingsSection title={t('serverSettings.machine')} text={t('serverSettings.machineText')}>
      <Radio.Group
        aria-label={t('serverSettings.machineKind')}
        value={draft.machine}
        onChange={(value) => onChange({ machine: machineKinds.find((kind) => kind === value) ?? 'person' })}
      >
        <div className="gh-stack-3 gh-radios">
          {machineKinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={t(`serverSettings.machineKinds.${kind}`)}
              description={t(`serverSettings.machineTexts.${kind}`)}
              data-testid={`machine-${kind}`}
            />
          ))}
        </div>
      </Radio.Group>
      {draft.machine === 'identity-assertion' && (
        <>
          <TextInput
            label={t('serverSettings.identityProvider')}
            description={t('serverSettings.identityProviderHint')}
            value={draft.identityProvider}
            error={errorOf('identityProvider')}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ identityProvider: event.currentTarget.value })}
          />
          <TextInput
            label={t('serverSettings.identityProviderClientId')}
            value={draft.identityProviderClientId}
            error={errorOf('identityProviderClientId')}
            maxLength={2048}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ identityProviderClientId: event.currentTarget.value })}
          />
          <div className="gh-stack-2">
            <TextInput
              type="password"
              label={t('serverSettings.identityToken')}
              description={t('serverSettings.identityTokenHint')}
              placeholder={secretPlaceholder(stored, t)}
              value={draft.identityToken}
              maxLength={65_536}
              autoComplete="off"
              disabled={draft.deleteIdentityToken}
              data-testid="identity-token-input"
              onChange={(event) => onChange({ identityToken: event.currentTarget.value })}
            />
            {stored !== false && (
              <Checkbox
                size="xs"
                label={t('serverSettings.identityTokenDelete')}
                checked={draft.deleteIdentityToken}
                onChange={(event) =>
                  onChange({ deleteIdentityToken: event.currentTarget.checked, identityToken: '' })
                }
              />
            )}
          </div>
        </>
      )}
      {draft.machine === 'workload-identity' && (
        <TextInput
          label={t('serverSettings.tokenFile')}
          description={t('serverSettings.tokenFileHint')}
          value={draft.tokenFile}
          error={errorOf('tokenFile')}
          maxLength={4096}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ tokenFile: event.currentTarget.value })}
        />
      )}
    </SettingsSection>
  );
}

/** What an empty secret field says: whether there is one, as far as that is known. */
export function secretPlaceholder(stored: boolean | undefined, t: TFunction): string {
  if (stored === undefined) return t('serverSettings.clientSecretPlaceholder');
  return stored ? t('serverSettings.clientSecretStored') : t('serverSettings.clientSecretNone');
}
