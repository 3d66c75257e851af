import { Button } from '@mantine/core';
import { CircleUser, ListChecks, LogOut } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../components/empty.tsx';
import { openSignOut } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { groupByIssuer } from './group-accounts.ts';
import { IssuerSection } from './issuer-section.tsx';
import { PendingSignOuts } from './pending-sign-outs.tsx';
import type { Selection } from './selection.ts';
import '../settings/settings.css';
import './accounts.css';

/** Everyone the person is signed in as, by issuer, with what is still to be taken back above. */
export default function AccountsPage() {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const registrations = useWorld('registrations');
  const groups = useMemo(
    () => groupByIssuer(accounts.values(), registrations.values()),
    [accounts, registrations],
  );
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  // What was signed out meanwhile is selected no more.
  const chosen = useMemo(() => [...(selected ?? [])].filter((id) => accounts.has(id)), [selected, accounts]);
  useEffect(() => {
    if (accounts.size === 0) setSelected(null);
  }, [accounts.size]);
  const selection: Selection | null = selected && {
    has: (id) => selected.has(id),
    set: (ids, on) => {
      const next = new Set(selected);
      for (const id of ids) {
        if (on) next.add(id);
        else next.delete(id);
      }
      setSelected(next);
    },
  };

  return (
    <div className="gh-page">
      <header className="gh-page-head gh-accounts-head">
        <div className="gh-grow">
          <h1>{t('accounts.title')}</h1>
          <p className="gh-soft">{t('accounts.lead')}</p>
        </div>
        {accounts.size > 0 && (
          <div className="gh-row-actions">
            <Button
              size="xs"
              variant="default"
              leftSection={<ListChecks size={14} aria-hidden="true" />}
              aria-pressed={selected !== null}
              onClick={() => setSelected(selected ? null : new Set())}
              data-testid="select-accounts"
            >
              {selected ? t('accounts.selectDone') : t('accounts.select')}
            </Button>
            <Button
              size="xs"
              variant="default"
              className="gh-danger-button"
              leftSection={<LogOut size={14} aria-hidden="true" />}
              onClick={() => openSignOut({ kind: 'everything' })}
              data-testid="sign-out-everywhere"
            >
              {t('accounts.signOutEverywhere')}
            </Button>
          </div>
        )}
      </header>
      <div className="gh-stack-6">
        <PendingSignOuts />
        {groups.length === 0 ? (
          <Empty
            icon={<CircleUser size={22} aria-hidden="true" />}
            title={t('accounts.empty')}
            text={t('accounts.emptyText')}
          />
        ) : (
          groups.map((group) => <IssuerSection key={group.issuer} group={group} selection={selection} />)
        )}
      </div>
      {selected && (
        <div className="gh-save-bar">
          <span className="gh-grow gh-soft gh-small" role="status">
            {t('accounts.selected', { count: chosen.length })}
          </span>
          <Button size="xs" variant="default" onClick={() => setSelected(null)}>
            {t('common.cancel')}
          </Button>
          <Button
            size="xs"
            color="bad"
            disabled={chosen.length === 0}
            onClick={() => openSignOut({ kind: 'accounts', accountIds: chosen })}
            data-testid="sign-out-selected"
          >
            {t('accounts.signOutSelected')}
          </Button>
        </div>
      )}
    </div>
  );
}
