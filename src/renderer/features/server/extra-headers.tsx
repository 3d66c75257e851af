import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RemoteServerView } from '../../../shared/domain/snapshot.ts';
import { problemOf } from '../../../shared/problems.ts';
import { type HeaderField, headersChange } from '../../components/header-fields.ts';
import { HeaderRows } from '../../components/header-rows.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { Risk, SettingsSection } from './settings-section.tsx';

/** Keys that open a server without a sign-in, or beside one; saved by themselves. */
export default function ExtraHeaders({ server }: { server: RemoteServerView }) {
  const { t } = useTranslation();
  const stored = server.settings.headers;
  const fieldsOf = (names: readonly string[]): HeaderField[] => names.map((name) => ({ name, value: null }));
  const [fields, setFields] = useState<readonly HeaderField[]>(() => fieldsOf(stored));
  const [tried, setTried] = useState(false);
  const update = useCall('servers.update-settings', { quiet: true });
  const change = headersChange(stored, fields);
  const dirty = change === null || Object.keys(change).length > 0;

  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (change === null) return;
    update.mutate(
      { serverId: server.id, settings: server.settings, headers: change },
      {
        onSuccess: () => {
          setFields(fieldsOf(fields.map(({ name }) => name.trim()).filter(Boolean)));
          setTried(false);
          notifyDone(t('common.saved'));
        },
      },
    );
  };

  return (
    <form className="gh-settings" onSubmit={save} noValidate>
      <SettingsSection title={t('keys.title')} text={t('keys.text')}>
        <HeaderRows
          fields={fields}
          showErrors={tried}
          onChange={(next) => {
            setFields(next);
            update.reset();
          }}
        />
        {fields.some(({ name }) => /^authorization$/i.test(name.trim())) && (
          <Risk>{t('keys.authorization')}</Risk>
        )}
        {update.error && <ProblemNotice problem={problemOf(update.error)} />}
        {dirty && (
          <div>
            <Button size="xs" type="submit" loading={update.isPending} data-testid="save-headers">
              {t('keys.save')}
            </Button>
          </div>
        )}
      </SettingsSection>
    </form>
  );
}
