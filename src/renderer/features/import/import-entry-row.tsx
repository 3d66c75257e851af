import { Button, TextInput } from '@mantine/core';
import { Check, CircleAlert, Globe, SquareTerminal } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportEntry } from '../../../shared/domain/import.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { HIDDEN } from '../../../shared/secret-look.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import { openAddServer, openApproval } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { navigate, toServer } from '../../state/route.ts';

const icons = { remote: Globe, local: SquareTerminal, unreadable: CircleAlert } as const;

/** One server of a file: what it is, what of it is secret, and the button that adds it. */
export function ImportEntryRow({
  entry,
  onAdded,
  onClose,
}: {
  entry: ImportEntry;
  onAdded: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const existing = useWorld('servers', (servers) =>
    entry.existingServerId ? servers.get(entry.existingServerId) : undefined,
  );
  const add = useCall('imports.add', { quiet: true });
  const [asking, setAsking] = useState(false);
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  const name = visibleText(entry.name, 100);
  const asked = askedOf(entry);
  const Icon = icons[entry.kind];

  const submit = () => add.mutate({ entryId: entry.id, answers }, { onSuccess: onAdded });
  const open = () => {
    if (!existing) return;
    onClose();
    navigate(toServer(existing.id));
    if (existing.kind === 'local' && existing.approval !== existing.digest) openApproval(existing.id);
  };

  return (
    <li data-testid={`import-entry-${entry.name}`} data-added={existing !== undefined || undefined}>
      <Icon size={17} aria-hidden="true" />
      <div className="gh-choice-text">
        <OutsideText text={entry.name} limit={100} className="gh-strong" />
        <What entry={entry} />
        {asking && !existing && (
          <form
            className="gh-stack-3 gh-import-answers"
            onSubmit={(event: FormEvent) => {
              event.preventDefault();
              submit();
            }}
          >
            <p className="gh-soft gh-small">{t('import.askedText')}</p>
            {asked.map(({ name: of, hint, secret }) => (
              <TextInput
                key={of}
                type={secret ? 'password' : 'text'}
                autoComplete="off"
                spellCheck={false}
                label={visibleText(of, 100)}
                description={hint && visibleText(hint, 200)}
                maxLength={8192}
                value={answers[of] ?? ''}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setAnswers((before) => ({ ...before, [of]: value }));
                }}
              />
            ))}
            <div className="gh-row-actions">
              <Button type="submit" size="xs" loading={add.isPending}>
                {t('addServer.add')}
              </Button>
              <Button size="xs" variant="default" onClick={() => setAsking(false)}>
                {t('common.cancel')}
              </Button>
            </div>
          </form>
        )}
        {add.error && <ProblemNotice problem={problemOf(add.error)} />}
      </div>
      {existing ? (
        <span className="gh-choice-actions">
          <span className="gh-choice-added">
            <Check size={14} aria-hidden="true" />
            {t('addServer.inList')}
          </span>
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={`${t('addServer.openExisting')}: ${name}`}
            onClick={open}
          >
            {t('addServer.openExisting')}
          </Button>
        </span>
      ) : entry.kind === 'unreadable' || entry.obstacle !== null ? (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={`${t('import.byHand')}: ${name}`}
          onClick={() => {
            onClose();
            openAddServer();
          }}
        >
          {t('import.byHand')}
        </Button>
      ) : (
        !asking && (
          <Button
            size="compact-sm"
            variant="default"
            loading={add.isPending}
            aria-label={`${t('import.add')}: ${name}`}
            data-testid={`import-add-${entry.name}`}
            onClick={() => (asked.length > 0 ? setAsking(true) : submit())}
          >
            {t('import.add')}
          </Button>
        )
      )}
    </li>
  );
}

/** How the server is reached, its secrets as dots; and why it can't be taken over, where it can't. */
function What({ entry }: { entry: ImportEntry }) {
  const { t } = useTranslation();
  if (entry.kind === 'unreadable') {
    const error = entry.error === 'shape' ? 'json' : entry.error;
    return (
      <span className="gh-faint gh-small">
        {t(`addServer.unreadable.${error}`, { what: visibleText(entry.what, 100) })}
      </span>
    );
  }
  const line = entry.kind === 'remote' ? entry.url : [entry.program, ...entry.arguments].join(' ');
  const values =
    entry.kind === 'remote'
      ? entry.headers.map(({ name, asked }) => ({ name, value: asked ? '' : HIDDEN }))
      : entry.environment.map(({ name, value, asked }) => ({ name, value: asked ? '' : (value ?? HIDDEN) }));
  return (
    <>
      <OutsideText text={line} limit={400} className="gh-mono gh-small gh-soft" />
      {values.length > 0 && (
        <span className="gh-import-values">
          {values.map(({ name, value }) => (
            <span key={name} className="gh-mono gh-small">
              {visibleText(name, 80)}
              {entry.kind === 'remote' ? ': ' : '='}
              {value === '' ? <em>{t('import.asked')}</em> : visibleText(value, 80)}
            </span>
          ))}
        </span>
      )}
      {entry.obstacle && !entry.existingServerId && (
        <span className="gh-small gh-import-obstacle">
          {t(
            `import.obstacles.${entry.obstacle === 'secret' ? (`secret-${entry.kind}` as const) : entry.obstacle}`,
          )}
        </span>
      )}
    </>
  );
}

function askedOf(entry: ImportEntry): { name: string; hint: string | null; secret: boolean }[] {
  if (entry.kind === 'unreadable') return [];
  const values = entry.kind === 'remote' ? entry.headers : entry.environment;
  return values.flatMap(({ name, asked }) => (asked ? [{ name, ...asked }] : []));
}
