import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalServerView } from '../../../shared/domain/snapshot.ts';
import { problemOf } from '../../../shared/problems.ts';
import { notifyDone } from '../../components/notify.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { openApproval } from '../../state/dialogs.ts';
import {
  type CommandErrors,
  type CommandFields,
  commandOfFields,
  fieldsOfCommand,
} from '../command/command-fields.ts';
import { CommandForm } from '../command/command-form.tsx';
import { Risk, SettingsSection } from './settings-section.tsx';
import '../settings/settings.css';

/** The command of a local server, and how long its answers may take. */
export default function LocalSettings({ server }: { server: LocalServerView }) {
  const { t } = useTranslation();
  const stored = fieldsOfCommand(server.command);
  const storedTimeout = String(server.settings.requestTimeoutSeconds);
  const [fields, setFields] = useState<CommandFields>(stored);
  const [timeout, setTimeoutText] = useState(storedTimeout);
  const [errors, setErrors] = useState<CommandErrors & { timeout?: true }>({});
  const [asks, setAsks] = useState(false);
  const change = useCall('servers.change-command', { quiet: true });
  const dirty = JSON.stringify([fields, timeout]) !== JSON.stringify([stored, storedTimeout]);

  // The changed command is shown once it is the one that would be approved.
  useEffect(() => {
    if (!asks || server.approval !== null) return;
    setAsks(false);
    openApproval(server.id);
  }, [asks, server]);

  const save = (event: FormEvent) => {
    event.preventDefault();
    const read = commandOfFields(fields);
    const seconds = Number(timeout);
    const isTimeout = Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600;
    if (!read.ok || !isTimeout) {
      setErrors({ ...(!read.ok && read.errors), ...(!isTimeout && { timeout: true }) });
      return;
    }
    const settings = { requestTimeoutSeconds: seconds };
    change.mutate(
      { serverId: server.id, command: read.command, settings },
      {
        onSuccess: () => {
          // Secrets are in the vault now, and no longer here.
          setFields({
            ...fields,
            variables: fields.variables.map((one) => (one.secret ? { ...one, value: null } : one)),
          });
          setAsks(true);
          notifyDone(t('common.saved'));
        },
      },
    );
  };
  const edit = (patch: Partial<CommandFields>) => {
    setFields((before) => ({ ...before, ...patch }));
    setErrors({});
    setAsks(false);
  };

  return (
    <form className="gh-settings" onSubmit={save} noValidate>
      <SettingsSection title={t('command.title')} text={t('command.settingsText')}>
        <CommandForm fields={fields} errors={errors} onChange={edit} />
        <Risk>{t('command.changeVoids')}</Risk>
      </SettingsSection>
      <SettingsSection title={t('serverSettings.connection')}>
        <TextInput
          label={t('serverSettings.timeout')}
          description={t('serverSettings.timeoutHint')}
          inputMode="numeric"
          value={timeout}
          error={errors.timeout && t('serverSettings.errors.timeout')}
          onChange={(event) => {
            setTimeoutText(event.currentTarget.value);
            setErrors({});
          }}
        />
      </SettingsSection>
      {change.error && (
        <ProblemNotice problem={problemOf(change.error)} context={{ onRetry: () => change.reset() }} />
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
              setFields(stored);
              setTimeoutText(storedTimeout);
              setErrors({});
              change.reset();
            }}
          >
            {t('serverSettings.discard')}
          </Button>
          <Button size="xs" type="submit" loading={change.isPending} data-testid="save-settings">
            {t('serverSettings.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
