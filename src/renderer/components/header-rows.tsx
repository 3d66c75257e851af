import { Button, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type HeaderField, headerErrors } from './header-fields.ts';
import { IconButton } from './icon-button.tsx';

/** Headers with their secret values, one below the other. */
export function HeaderRows({
  fields,
  showErrors,
  onChange,
}: {
  fields: readonly HeaderField[];
  /** While somebody types for the first time, nothing is wrong yet. */
  showErrors: boolean;
  onChange: (fields: readonly HeaderField[]) => void;
}) {
  const { t } = useTranslation();
  const errors = headerErrors(fields);
  const change = (index: number, patch: Partial<HeaderField>) =>
    onChange(fields.map((one, place) => (place === index ? { ...one, ...patch } : one)));
  return (
    <div className="gh-rows">
      {fields.map(({ name, value }, index) => {
        const error = showErrors ? errors[index] : null;
        const shownName = name || String(index + 1);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header that is being named has nothing but its place
          <div className="gh-row" key={index}>
            <TextInput
              aria-label={t('keys.name', { number: index + 1 })}
              placeholder={t('keys.namePlaceholder')}
              autoComplete="off"
              spellCheck={false}
              classNames={{ root: 'gh-row-name', input: 'gh-mono' }}
              value={name}
              maxLength={200}
              readOnly={value === null}
              error={error && t(`keys.errors.${error}`)}
              data-testid={`header-name-${index}`}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
            />
            <TextInput
              type="password"
              aria-label={t('keys.value', { name: shownName })}
              placeholder={value === null ? t('keys.stored') : t('keys.valuePlaceholder')}
              title={value === null ? t('keys.stored') : undefined}
              autoComplete="off"
              classNames={{ root: 'gh-grow', input: 'gh-mono' }}
              value={value ?? ''}
              maxLength={8192}
              data-testid={`header-value-${index}`}
              onChange={(event) => change(index, { value: event.currentTarget.value })}
            />
            <IconButton
              label={t('keys.remove', { name: shownName })}
              onClick={() => onChange(fields.toSpliced(index, 1))}
            >
              <X size={15} aria-hidden="true" />
            </IconButton>
          </div>
        );
      })}
      <Button
        size="compact-sm"
        variant="subtle"
        className="gh-rows-add"
        leftSection={<Plus size={14} aria-hidden="true" />}
        data-testid="add-header"
        onClick={() => onChange([...fields, { name: '', value: '' }])}
      >
        {t('keys.add')}
      </Button>
    </div>
  );
}
