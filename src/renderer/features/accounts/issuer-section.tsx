import { Button, Checkbox } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { openSignOut } from '../../state/dialogs.ts';
import { hostOf } from '../../state/server-list.ts';
import { AccountRow } from './account-row.tsx';
import type { IssuerGroup } from './group-accounts.ts';
import { RegistrationRow } from './registration-row.tsx';
import type { Selection } from './selection.ts';

/** One issuer: who it vouches for, and how it knows Gatehouse. */
export function IssuerSection({
  group: { issuer, accounts, registrations },
  selection,
}: {
  group: IssuerGroup;
  selection: Selection | null;
}) {
  const { t } = useTranslation();
  const titleId = useId();
  const host = visibleText(hostOf(issuer), 255);
  const ids = accounts.map(({ id }) => id);
  const selected = selection ? ids.filter((id) => selection.has(id)).length : 0;
  return (
    <section className="gh-issuer" aria-labelledby={titleId}>
      <header>
        {selection && accounts.length > 1 && (
          <Checkbox
            aria-label={t('accounts.selectIssuer', { host })}
            checked={selected === ids.length}
            indeterminate={selected > 0 && selected < ids.length}
            onChange={(event) => selection.set(ids, event.currentTarget.checked)}
          />
        )}
        <div className="gh-grow">
          <h2 id={titleId}>
            <OutsideText text={host} limit={255} />
          </h2>
          {issuer !== `https://${host}` && (
            <OutsideText text={issuer} limit={500} className="gh-faint gh-small gh-mono" />
          )}
        </div>
        {accounts.length > 1 && !selection && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            className="gh-quiet-button"
            aria-label={t('accounts.signOutIssuerLabel', { host })}
            onClick={() => openSignOut({ kind: 'issuer', issuer })}
          >
            {t('accounts.signOutIssuer')}
          </Button>
        )}
      </header>
      {accounts.length > 0 && (
        <ul className="gh-account-list">
          {accounts.map((account) => (
            <AccountRow key={account.id} account={account} selection={selection} />
          ))}
        </ul>
      )}
      {registrations.length > 0 && (
        <div className="gh-registrations">
          <h3>{t('accounts.registrations')}</h3>
          <ul>
            {registrations.map((registration) => (
              <RegistrationRow
                key={registration.id}
                registration={registration}
                users={accounts.filter(({ registrationId }) => registrationId === registration.id)}
              />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
