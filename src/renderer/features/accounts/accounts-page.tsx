import { Button } from '@mantine/core';
import { ChevronRight, CircleUser } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registration } from '../../../shared/domain/registration.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { Empty } from '../../components/empty.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ConsentStatusLabel } from '../../components/status.tsx';
import { Tile } from '../../components/tile.tsx';
import { When } from '../../components/when.tsx';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';
import { routeHash, toServer } from '../../state/route.ts';
import { hostOf } from '../../state/server-list.ts';
import { groupByIssuer, type IssuerGroup } from './group-accounts.ts';
import './accounts.css';

export default function AccountsPage() {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const registrations = useWorld('registrations');
  const groups = useMemo(
    () => groupByIssuer(accounts.values(), registrations.values()),
    [accounts, registrations],
  );
  return (
    <div className="gh-page">
      <header className="gh-page-head">
        <h1>{t('accounts.title')}</h1>
        <p className="gh-soft">{t('accounts.lead')}</p>
      </header>
      {groups.length === 0 ? (
        <Empty
          icon={<CircleUser size={22} aria-hidden="true" />}
          title={t('accounts.empty')}
          text={t('accounts.emptyText')}
        />
      ) : (
        <div className="gh-stack-6">
          {groups.map((group) => (
            <Issuer key={group.issuer} group={group} />
          ))}
        </div>
      )}
    </div>
  );
}

function Issuer({ group: { issuer, accounts, registrations } }: { group: IssuerGroup }) {
  const { t } = useTranslation();
  const host = hostOf(issuer);
  return (
    <section className="gh-issuer" aria-label={visibleText(host)}>
      <header>
        <h2>
          <OutsideText text={host} limit={255} />
        </h2>
        {issuer !== `https://${host}` && (
          <OutsideText text={issuer} limit={500} className="gh-faint gh-small gh-mono" />
        )}
      </header>
      {accounts.length > 0 && (
        <ul className="gh-link-list">
          {accounts.map((account) => (
            <AccountRow key={account.id} account={account} />
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
                accountCount={
                  accounts.filter(({ registrationId }) => registrationId === registration.id).length
                }
              />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function AccountRow({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const server = useWorld('servers', (servers) => servers.get(account.serverId));
  const { accessTokenExpiresAt, refreshable } = account.grant;
  return (
    <li data-testid={`account-row-${account.id}`}>
      <a href={routeHash(server ? toServer(server.id) : { page: 'accounts' })}>
        <Tile name={account.label} />
        <span className="gh-link-list-text">
          <OutsideText text={account.label} limit={200} className="gh-strong" />
          <span className="gh-faint gh-small">
            <bdi>
              {t('accounts.at', {
                server: server ? visibleText(server.name, 120) : t('accounts.lostServer'),
              })}
            </bdi>
          </span>
        </span>
        <span className="gh-account-row-status">
          <ConsentStatusLabel status={account.consent} short />
          <span className="gh-faint gh-small">
            {account.state.kind === 'live' || account.state.kind === 'insufficient'
              ? accessTokenExpiresAt !== null &&
                (refreshable ? (
                  t('account.renews')
                ) : (
                  <>
                    {t('account.expires')} <When at={accessTokenExpiresAt} />
                  </>
                ))
              : null}
          </span>
        </span>
        <ChevronRight size={16} aria-hidden="true" className="gh-faint" />
      </a>
    </li>
  );
}

function RegistrationRow({
  registration,
  accountCount,
}: {
  registration: Registration;
  accountCount: number;
}) {
  const { t } = useTranslation();
  const forget = useCall('registrations.forget', { quiet: true });
  const [asking, setAsking] = useState(false);
  const clientId = visibleText(registration.clientId, 60);
  return (
    <li>
      <div className="gh-grow">
        <p>
          {t(`account.registrations.${registration.kind}`)}{' '}
          <OutsideText text={registration.clientId} limit={300} className="gh-mono gh-faint" />
        </p>
        <p className="gh-faint">
          {t('accounts.registered')} <When at={registration.registeredAt} />
          {registration.clientSecretExpiresAt !== null && (
            <>
              {' · '}
              {t('accounts.secretExpires')} <When at={registration.clientSecretExpiresAt} />
            </>
          )}
        </p>
      </div>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t('accounts.forgetLabel', { clientId })}
        onClick={() => setAsking(true)}
      >
        {t('accounts.forget')}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t('accounts.forgetTitle')}
          confirmLabel={t('accounts.forgetConfirm')}
          pending={forget.isPending}
          problem={forget.error ? problemOf(forget.error) : null}
          onConfirm={() =>
            forget.mutate({ registrationId: registration.id }, { onSuccess: () => setAsking(false) })
          }
          onClose={() => setAsking(false)}
        >
          <p>
            {registration.kind === 'dynamic' &&
              (registration.registrationClientUri
                ? t('accounts.forgetDeletes')
                : t('accounts.forgetKeeps'))}{' '}
            {t('accounts.forgetText')}
          </p>
          {accountCount > 0 && <p>{t('accounts.forgetAccounts', { count: accountCount })}</p>}
        </ConfirmDialog>
      )}
    </li>
  );
}
