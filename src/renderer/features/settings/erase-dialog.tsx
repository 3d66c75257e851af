import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EraseReport } from '../../../shared/contract/accounts.ts';
import { problemOf } from '../../../shared/problems.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useCall } from '../../state/calls.ts';
import type { AccountPlace } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { leavingOf } from '../sign-out/leaving.ts';
import { isConfirmed, ReportList } from '../sign-out/report-list.tsx';
import '../sign-out/sign-out.css';

/** Part of the contract: the same in every language. */
const WORD = 'erase';

/** Says exactly what goes, wants the word typed, then tells what came of it. */
export function EraseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const servers = useWorld('servers');
  const registrations = useWorld('registrations');
  const [leaving] = useState(() => leavingOf({ kind: 'everything' }, { accounts, servers, registrations }));
  const [typed, setTyped] = useState('');
  const erase = useCall('app.erase-everything', { quiet: true });
  const fits = typed.trim().toLowerCase() === WORD;
  if (erase.data) return <Erased report={erase.data} places={leaving.places} onClose={onClose} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits && !erase.isPending) erase.mutate({ confirmation: WORD });
  };
  return (
    <Dialog title={t('erase.title')} size={480} closable={!erase.isPending} onClose={onClose}>
      <form className="gh-stack-4" onSubmit={submit}>
        <ol className="gh-erase-steps">
          <li>{t('erase.steps.signOut', { count: leaving.accounts.length })}</li>
          <li>{t('erase.steps.delete')}</li>
          <li>{t('erase.steps.noLater')}</li>
        </ol>
        <TextInput
          label={t('erase.typeWord', { word: WORD })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          disabled={erase.isPending}
          data-autofocus
          data-testid="erase-word"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {erase.error && (
          <ProblemNotice problem={problemOf(erase.error)} context={{ onRetry: () => erase.reset() }} />
        )}
        <div className="gh-dialog-actions">
          <Button variant="default" disabled={erase.isPending} onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            color="bad"
            disabled={!fits}
            loading={erase.isPending}
            data-testid="erase-confirm"
          >
            {t('erase.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Erased({
  report: { signOuts, left },
  places,
  onClose,
}: {
  report: EraseReport;
  places: ReadonlyMap<string, AccountPlace>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const open = signOuts.filter((report) => !isConfirmed(report));
  return (
    <Dialog
      title={left.length > 0 ? t('erase.reportTitleLeft') : t('erase.reportTitle')}
      size={520}
      onClose={onClose}
    >
      <div className="gh-stack-4" data-testid="erase-report">
        {left.length > 0 ? (
          <div className="gh-callout" data-tone="warn">
            <p>{t('erase.left')}</p>
            <ul className="gh-plain-list">
              {left.map((name) => (
                <li key={name}>
                  <OutsideText text={name} limit={300} className="gh-mono" />
                </li>
              ))}
            </ul>
          </div>
        ) : (
          <p>{t('erase.reportText')}</p>
        )}
        {signOuts.length > 0 && (
          <div className="gh-stack-2">
            <p className="gh-soft gh-small">
              {open.length === 0
                ? t('signOut.report.allConfirmed')
                : t('signOut.report.notAll', { count: open.length })}
            </p>
            <ReportList reports={signOuts} places={places} label={t('signOut.report.list')} />
          </div>
        )}
        <div className="gh-dialog-actions">
          <Button onClick={onClose} data-autofocus>
            {t('signOut.report.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
