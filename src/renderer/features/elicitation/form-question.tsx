import { Button } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ElicitationAnswer, ElicitationContent } from '../../../shared/domain/elicitation.ts';
import { useErrorWords } from '../tools/error-words.ts';
import { argumentsOf, type Draft, formOf, type JsonSchema, objectDraft } from '../tools/schema-form.ts';
import { validate } from '../tools/schema-validation.ts';
import { ToolForm } from '../tools/tool-form.tsx';
import '../tools/tools.css';

/** A question with a form, in the same fields as a tool's arguments. */
export function FormQuestion({
  schema,
  pending,
  onAnswer,
  onCancel,
}: {
  schema: JsonSchema;
  pending: boolean;
  onAnswer: (answer: ElicitationAnswer) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const form = useMemo(() => formOf(schema), [schema]);
  const [draft, setDraft] = useState<Draft>(() => (form ? objectDraft(form, {}) : {}));
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!form) return;
    const { value, errors: unreadable } = argumentsOf(form, draft);
    const found = new Map<string, string>(
      unreadable.map(({ pointer, key }) => [pointer, t(`tools.errors.${key}`)]),
    );
    for (const error of validate(schema, value))
      if (!found.has(error.pointer)) found.set(error.pointer, words(error));
    setErrors(found);
    // The main process checks the shape of what the form gives.
    if (found.size === 0) onAnswer({ action: 'accept', content: value as ElicitationContent });
  };

  return (
    <form className="gh-stack-4" noValidate onSubmit={submit}>
      {form ? (
        <ToolForm form={form} draft={draft} errors={errors} onChange={setDraft} />
      ) : (
        <p className="gh-soft">{t('elicitation.noForm')}</p>
      )}
      <p className="gh-faint gh-small">{t('elicitation.formHint')}</p>
      {errors.size > 0 && (
        <p className="gh-form-errors" role="alert">
          {t('tools.fixErrors', { count: errors.size })}
        </p>
      )}
      <div className="gh-dialog-actions">
        <Button variant="default" onClick={onCancel} data-testid="elicitation-cancel">
          {t('elicitation.cancel')}
        </Button>
        <Button
          variant="default"
          onClick={() => onAnswer({ action: 'decline' })}
          data-testid="elicitation-decline"
        >
          {t('elicitation.decline')}
        </Button>
        {form && (
          <Button type="submit" loading={pending} data-testid="elicitation-send">
            {t('elicitation.send')}
          </Button>
        )}
      </div>
    </form>
  );
}
