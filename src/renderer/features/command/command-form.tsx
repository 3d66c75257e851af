import { Button, Checkbox, Input, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { looksSecret } from '../../../shared/secret-look.ts';
import { IconButton } from '../../components/icon-button.tsx';
import type { CommandErrors, CommandFields, VariableField } from './command-fields.ts';
import './command.css';

/** A command to be edited: the program, each argument by itself, the folder, each variable. */
export function CommandForm({
  fields,
  errors,
  onChange,
}: {
  fields: CommandFields;
  errors: CommandErrors;
  onChange: (patch: Partial<CommandFields>) => void;
}) {
  const { t } = useTranslation();
  const errorOf = (name: keyof CommandErrors) => {
    const error = errors[name];
    return error && t(`command.errors.${error}`);
  };
  const mono = { input: 'gh-mono' };
  const plain = { autoComplete: 'off', spellCheck: false, classNames: mono } as const;
  return (
    <div className="gh-stack-4">
      <TextInput
        {...plain}
        label={t('command.program')}
        description={t('command.programHint')}
        value={fields.program}
        error={errorOf('program')}
        maxLength={4096}
        data-testid="command-program"
        onChange={(event) => onChange({ program: event.currentTarget.value })}
      />
      <Arguments values={fields.arguments} onChange={(values) => onChange({ arguments: values })} />
      <TextInput
        {...plain}
        label={t('command.folder')}
        description={t('command.folderHint')}
        placeholder={t('command.homeFolder')}
        value={fields.folder}
        error={errorOf('folder')}
        maxLength={4096}
        onChange={(event) => onChange({ folder: event.currentTarget.value })}
      />
      <Variables
        variables={fields.variables}
        error={errorOf('variables')}
        onChange={(variables) => onChange({ variables })}
      />
    </div>
  );
}

function Arguments({
  values,
  onChange,
}: {
  values: readonly string[];
  onChange: (values: string[]) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="gh-rows" aria-describedby={id}>
      <legend>{t('command.arguments')}</legend>
      <p className="mantine-InputWrapper-description" id={id}>
        {t('command.argumentsHint')}
      </p>
      {values.map((value, index) => (
        // An argument has nothing but its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className="gh-row" key={index}>
          <TextInput
            aria-label={t('command.argument', { number: index + 1 })}
            autoComplete="off"
            spellCheck={false}
            classNames={{ root: 'gh-grow', input: 'gh-mono' }}
            value={value}
            maxLength={32_768}
            data-testid={`command-argument-${index}`}
            onChange={(event) => onChange(values.with(index, event.currentTarget.value) as string[])}
          />
          <IconButton
            label={t('command.removeArgument', { number: index + 1 })}
            onClick={() => onChange(values.toSpliced(index, 1) as string[])}
          >
            <X size={15} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <AddButton label={t('command.addArgument')} onClick={() => onChange([...values, ''])} />
    </fieldset>
  );
}

function Variables({
  variables,
  error,
  onChange,
}: {
  variables: readonly VariableField[];
  error: string | undefined;
  onChange: (variables: VariableField[]) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const change = (index: number, patch: Partial<VariableField>) =>
    onChange(variables.map((one, place) => (place === index ? { ...one, ...patch } : one)));
  return (
    <fieldset className="gh-rows" aria-describedby={id}>
      <legend>{t('command.variables')}</legend>
      <p className="mantine-InputWrapper-description" id={id}>
        {t('command.variablesHint')}
      </p>
      {variables.map(({ name, value, secret }, index) => (
        // A variable that is being named has nothing but its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className="gh-row gh-variable" key={index}>
          <TextInput
            aria-label={t('command.variableName', { number: index + 1 })}
            placeholder={t('command.variableNamePlaceholder')}
            autoComplete="off"
            spellCheck={false}
            classNames={{ root: 'gh-variable-name', input: 'gh-mono' }}
            value={name}
            maxLength={256}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              change(index, { name: typed, ...(value === '' && { secret: looksSecret(typed) }) });
            }}
          />
          <TextInput
            type={secret ? 'password' : 'text'}
            aria-label={t('command.variableValue', { name: name || String(index + 1) })}
            placeholder={value === null ? t('command.storedSecret') : t('command.variableValuePlaceholder')}
            autoComplete="off"
            spellCheck={false}
            classNames={{ root: 'gh-grow', input: 'gh-mono' }}
            value={value ?? ''}
            maxLength={32_768}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <Checkbox
            size="xs"
            label={t('command.secret')}
            aria-label={t('command.secretOf', { name: name || String(index + 1) })}
            checked={secret}
            onChange={(event) => change(index, { secret: event.currentTarget.checked })}
          />
          <IconButton
            label={t('command.removeVariable', { name: name || String(index + 1) })}
            onClick={() => onChange(variables.toSpliced(index, 1) as VariableField[])}
          >
            <X size={15} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {error && <Input.Error role="alert">{error}</Input.Error>}
      <AddButton
        label={t('command.addVariable')}
        onClick={() => onChange([...variables, { name: '', value: '', secret: false }])}
      />
    </fieldset>
  );
}

function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      className="gh-rows-add"
      leftSection={<Plus size={14} aria-hidden="true" />}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
