import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../shared/problems.ts';
import { Dialog } from './dialog.tsx';
import { ProblemNotice } from './problem-notice.tsx';

/** Asks once before something that can't be taken back. */
export function ConfirmDialog({
  title,
  confirmLabel,
  cancelLabel,
  children,
  pending = false,
  problem = null,
  testId,
  onConfirm,
  onClose,
}: {
  title: ReactNode;
  confirmLabel: string;
  cancelLabel?: string;
  children: ReactNode;
  pending?: boolean;
  problem?: Problem | null;
  testId?: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="gh-stack-4">
        <div className="gh-prose">{children}</div>
        {problem && <ProblemNotice problem={problem} />}
        <div className="gh-dialog-actions">
          <Button variant="default" onClick={onClose} data-autofocus>
            {cancelLabel ?? t('common.cancel')}
          </Button>
          <Button color="bad" loading={pending} onClick={onConfirm} data-testid={testId}>
            {confirmLabel}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

const NAME_LIMIT = 200;

export function RenameDialog({
  title,
  value,
  pending,
  onSave,
  onClose,
}: {
  title: string;
  value: string;
  pending: boolean;
  onSave: (name: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState(value);
  const trimmed = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed) onSave(trimmed);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="gh-stack-4" onSubmit={submit}>
        <TextInput
          label={t('common.name')}
          value={name}
          maxLength={NAME_LIMIT}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className="gh-dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={pending} disabled={!trimmed}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
