import { Button, Checkbox, NativeSelect, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { createContext, use, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { visibleLines } from '../../components/visible-lines.ts';
import { type Draft, draftOf, type Field, type ObjectField, objectDraft, pointerTo } from './schema-form.ts';

/** Errors by JSON pointer, in words. */
const Errors = createContext<ReadonlyMap<string, string>>(new Map());

const CHECKBOX_LIMIT = 12;
const DESCRIPTION_LIMIT = 1500;

export function ToolForm({
  form,
  draft,
  errors,
  onChange,
}: {
  form: ObjectField;
  draft: Draft;
  errors: ReadonlyMap<string, string>;
  onChange: (draft: Draft) => void;
}) {
  return (
    <Errors value={errors}>
      <ObjectInputs field={form} draft={draft} pointer="" onChange={onChange} />
    </Errors>
  );
}

interface InputProps<F extends Field = Field> {
  field: F;
  label: string;
  required: boolean;
  /** The label is read out, not shown: what is around says it. */
  labelHidden?: boolean;
  draft: Draft;
  pointer: string;
  onChange: (draft: Draft) => void;
}

function ObjectInputs({
  field,
  draft,
  pointer,
  onChange,
}: {
  field: ObjectField;
  draft: Draft;
  pointer: string;
  onChange: (draft: Draft) => void;
}) {
  const drafts = (draft ?? {}) as Record<string, Draft>;
  return (
    <div className="gh-form">
      {field.properties.map(({ name, required, field: property }) => (
        <FieldInput
          key={name}
          field={property}
          label={visibleText(property.title ?? name, 120)}
          required={required}
          draft={Object.hasOwn(drafts, name) ? drafts[name] : undefined}
          pointer={pointerTo(pointer, name)}
          onChange={(value) => onChange({ ...drafts, [name]: value })}
        />
      ))}
    </div>
  );
}

function FieldInput(props: InputProps) {
  const { t } = useTranslation();
  const { field, label, required, labelHidden = false, draft, pointer, onChange } = props;
  const error = use(Errors).get(pointer);
  const common = {
    ...(labelHidden ? { 'aria-label': label } : { label: <bdi>{label}</bdi> }),
    description: field.description ? visibleLines(field.description, DESCRIPTION_LIMIT) : undefined,
    error,
    withAsterisk: required,
    'aria-required': required || undefined,
  };
  switch (field.kind) {
    case 'string':
      return field.multiline ? (
        <Textarea
          {...common}
          rows={4}
          value={typeof draft === 'string' ? draft : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...common}
          value={typeof draft === 'string' ? draft : ''}
          placeholder={field.format ? visibleText(field.format, 40) : undefined}
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <TextInput
          {...common}
          className="gh-short"
          inputMode={field.integer ? 'numeric' : 'decimal'}
          value={typeof draft === 'string' ? draft : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'boolean':
      return <BooleanInput {...props} field={field} />;
    case 'choice': {
      const index = field.options.findIndex(({ value }) => JSON.stringify(value) === JSON.stringify(draft));
      return (
        <NativeSelect
          {...common}
          value={index < 0 ? '' : String(index)}
          data={[
            { value: '', label: t('tools.notSet') },
            ...field.options.map(({ label: option }, position) => ({
              value: String(position),
              label: visibleText(option, 120),
            })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            onChange(chosen === '' ? undefined : field.options[Number(chosen)]?.value);
          }}
        />
      );
    }
    case 'json':
      return (
        <Textarea
          {...common}
          rows={4}
          classNames={{ input: 'gh-code-input' }}
          spellCheck={false}
          placeholder={t('tools.fieldJson')}
          value={typeof draft === 'string' ? draft : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'list':
      return <ListInput {...props} field={field} />;
    case 'object':
      return <NestedObject {...props} field={field} />;
  }
}

function BooleanInput({
  field,
  label,
  required,
  draft,
  onChange,
}: InputProps<Extract<Field, { kind: 'boolean' }>>) {
  const { t } = useTranslation();
  const id = useId();
  const description = field.description ? visibleLines(field.description, DESCRIPTION_LIMIT) : undefined;
  if (required || field.default !== undefined)
    return (
      <Switch
        label={<bdi>{label}</bdi>}
        description={description}
        checked={draft === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  return (
    <div className="gh-field">
      <span className="mantine-InputWrapper-label" id={id}>
        <bdi>{label}</bdi>
      </span>
      {description && <p className="mantine-InputWrapper-description">{description}</p>}
      <SegmentedControl
        aria-labelledby={id}
        size="xs"
        value={draft === undefined ? 'unset' : draft === true ? 'yes' : 'no'}
        data={[
          { value: 'unset', label: t('tools.notSet') },
          { value: 'yes', label: t('tools.yes') },
          { value: 'no', label: t('tools.no') },
        ]}
        onChange={(value) => onChange(value === 'unset' ? undefined : value === 'yes')}
      />
    </div>
  );
}

function FieldsetHead({ field, label, required, pointer }: Omit<InputProps, 'draft' | 'onChange'>) {
  const error = use(Errors).get(pointer);
  return (
    <>
      <legend>
        <bdi>{label}</bdi>
        {required && (
          <span className="gh-asterisk" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </legend>
      {field.description && (
        <p className="mantine-InputWrapper-description">
          {visibleLines(field.description, DESCRIPTION_LIMIT)}
        </p>
      )}
      {error && <p className="mantine-InputWrapper-error gh-fieldset-error">{error}</p>}
    </>
  );
}

function ListInput(props: InputProps<Extract<Field, { kind: 'list' }>>) {
  const { t } = useTranslation();
  const { field, label, draft, pointer, onChange } = props;
  const items: Draft[] = Array.isArray(draft) ? draft : [];
  const { item } = field;

  if (item.kind === 'choice' && item.options.length <= CHECKBOX_LIMIT)
    return (
      <fieldset className="gh-fieldset">
        <FieldsetHead {...props} />
        <div className="gh-checks">
          {item.options.map(({ value, label: option }) => {
            const at = items.findIndex((chosen) => JSON.stringify(chosen) === JSON.stringify(value));
            return (
              <Checkbox
                key={option}
                label={<bdi>{visibleText(option, 120)}</bdi>}
                checked={at >= 0}
                onChange={() => {
                  const next = at >= 0 ? items.toSpliced(at, 1) : [...items, value];
                  onChange(next.length > 0 ? next : undefined);
                }}
              />
            );
          })}
        </div>
      </fieldset>
    );

  return (
    <fieldset className="gh-fieldset">
      <FieldsetHead {...props} />
      {items.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity of their own
        <div className="gh-list-item" key={index}>
          <div className="gh-grow">
            <FieldInput
              field={item}
              label={`${label} ${index + 1}`}
              required={false}
              labelHidden
              draft={value}
              pointer={pointerTo(pointer, index)}
              onChange={(changed) => onChange(items.with(index, changed))}
            />
          </div>
          <IconButton
            label={t('tools.removeItem', { number: index + 1 })}
            onClick={() => onChange(items.length > 1 ? items.toSpliced(index, 1) : undefined)}
          >
            <Trash2 size={15} aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Plus size={13} aria-hidden="true" />}
        aria-label={`${t('tools.addItem')}: ${label}`}
        onClick={() => onChange([...items, draftOf(item, undefined) ?? (item.kind === 'object' ? {} : '')])}
      >
        {t('tools.addItem')}
      </Button>
    </fieldset>
  );
}

function NestedObject(props: InputProps<ObjectField>) {
  const { t } = useTranslation();
  const { field, required, draft, pointer, label, onChange } = props;
  const open = required || draft !== undefined;
  return (
    <fieldset className="gh-fieldset">
      <FieldsetHead {...props} />
      {open && <ObjectInputs field={field} draft={draft} pointer={pointer} onChange={onChange} />}
      {!required && (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${open ? t('tools.unset') : t('tools.set')}: ${label}`}
            onClick={() => onChange(open ? undefined : objectDraft(field, {}))}
          >
            {open ? t('tools.unset') : t('tools.set')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
