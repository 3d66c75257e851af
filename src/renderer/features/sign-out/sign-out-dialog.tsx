import { Button, Checkbox } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignOutScope } from '../../../shared/contract/accounts.ts';
import { type Problem, problemOf, visibleText } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { Dialog } from '../../components/dialog.tsx';
import { notifyProblem } from '../../components/notify.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { openSignOutReport } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { type Leaving, leavingOf } from './leaving.ts';

const SHOWN = 6;

/** Asks once, says what will happen at the issuers, and hands over to the report. */
export function SignOutDialog({ scope, onClose }: { scope: SignOutScope; onClose: () => void }) {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const servers = useWorld('servers');
  const registrations = useWorld('registrations');
  // As it was when it was asked about: while it goes on, accounts disappear one by one.
  const [leaving] = useState(() => leavingOf(scope, { accounts, servers, registrations }));
  const [forgetRegistration, setForgetRegistration] = useState(true);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const shown = useRef(false);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const [one, ...others] = leaving.accounts;
  const isOne = others.length === 0;
  const host = visibleText(one ? (leaving.places.get(one.id)?.issuerHost ?? '') : '', 100);

  const signOut = async () => {
    setPending(true);
    setProblem(null);
    try {
      const reports =
        one && isOne
          ? [await call('accounts.sign-out', { accountId: one.id, forgetRegistration })]
          : await call('accounts.sign-out-all', scope);
      if (shown.current) onClose();
      openSignOutReport({ reports, places: leaving.places });
    } catch (error) {
      if (!shown.current) notifyProblem(problemOf(error));
      setProblem(problemOf(error));
      setPending(false);
    }
  };

  return (
    <Dialog title={<bdi>{titleOf(scope, leaving, t)}</bdi>} size={480} onClose={onClose}>
      <div className="gh-stack-4">
        <div className="gh-prose">
          <p>{isOne ? t('signOut.textOne', { host }) : t('signOut.textMany')}</p>
          <p className="gh-soft">{t('signOut.later')}</p>
        </div>
        {!isOne && <LeavingList leaving={leaving} />}
        {leaving.lastOf?.deletable && (
          <Checkbox
            checked={forgetRegistration}
            disabled={pending}
            label={t('signOut.alsoDelete', { host: visibleText(leaving.lastOf.host, 100) })}
            description={t('signOut.alsoDeleteText')}
            data-testid="also-delete-registration"
            onChange={(event) => setForgetRegistration(event.currentTarget.checked)}
          />
        )}
        {leaving.lastOf && !leaving.lastOf.deletable && (
          <p className="gh-soft gh-small">
            {t('signOut.stays', { host: visibleText(leaving.lastOf.host, 100) })}
          </p>
        )}
        {problem && <ProblemNotice problem={problem} context={{ onRetry: () => void signOut() }} />}
        <div className="gh-dialog-actions">
          <Button variant="default" onClick={onClose} data-autofocus>
            {pending ? t('signOut.background') : t('common.cancel')}
          </Button>
          <Button color="bad" loading={pending} onClick={() => void signOut()} data-testid="sign-out-confirm">
            {t('signOut.confirm', { count: leaving.accounts.length })}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function titleOf(scope: SignOutScope, { accounts, common }: Leaving, t: TFunction): string {
  const count = accounts.length;
  const name = visibleText(common, 80);
  switch (scope.kind) {
    case 'accounts':
      return accounts[0] && count === 1
        ? t('signOut.titleOne', { label: visibleText(accounts[0].label, 80) })
        : t('signOut.titleSelected', { count });
    case 'server':
      return t('signOut.titleServer', { count, name });
    case 'issuer':
      return t('signOut.titleIssuer', { count, name });
    case 'everything':
      return t('signOut.titleEverywhere');
  }
}

function LeavingList({ leaving: { accounts, places } }: { leaving: Leaving }) {
  const { t } = useTranslation();
  const more = accounts.length - SHOWN;
  return (
    <ul className="gh-leaving" aria-label={t('signOut.accounts')}>
      {accounts.slice(0, SHOWN).map(({ id, label }) => {
        const place = places.get(id);
        return (
          <li key={id}>
            <OutsideText text={label} limit={120} className="gh-strong" />
            <OutsideText
              text={place?.serverName ?? place?.issuerHost ?? ''}
              limit={120}
              className="gh-faint"
            />
          </li>
        );
      })}
      {more > 0 && <li className="gh-faint">{t('signOut.more', { count: more })}</li>}
    </ul>
  );
}
