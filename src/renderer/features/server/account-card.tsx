import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { OutsideText } from '../../components/outside-text.tsx';
import { ConnectionStatusLabel, ConsentStatusLabel } from '../../components/status.tsx';
import { Tile } from '../../components/tile.tsx';
import { When } from '../../components/when.tsx';
import { AccountActions } from '../accounts/account-actions.tsx';
import { AccountDetails } from '../accounts/account-details.tsx';
import { AccountTags } from '../accounts/account-tags.tsx';

/** One account: who, what was agreed to, until when, and every way to change that. */
export function AccountCard({
  account,
  connection,
}: {
  account: AccountView;
  connection: ConnectionView | null;
}) {
  const { t } = useTranslation();
  const live = account.state.kind === 'live' || account.state.kind === 'insufficient';
  return (
    <article
      className="gh-account"
      data-testid={`account-card-${account.id}`}
      aria-label={t('account.card', { label: visibleText(account.label, 100) })}
    >
      <header className="gh-account-head">
        <Tile name={account.label} size="lg" />
        <div className="gh-account-who">
          <div className="gh-account-name">
            <h3>
              <OutsideText text={account.label} limit={200} />
            </h3>
            <AccountTags account={account} />
          </div>
          <Identity identity={account.identity} label={account.label} />
          <p className="gh-account-status">
            <ConsentStatusLabel status={account.consent} />
            {connection && live && <ConnectionStatusLabel status={connection.status} />}
            {connection?.nextAttemptAt && connection.status === 'reconnecting' && (
              <span className="gh-faint gh-small">
                {t('connection.nextAttempt')} <When at={connection.nextAttemptAt} />
              </span>
            )}
          </p>
        </div>
        <AccountActions account={account} />
      </header>
      <AccountDetails account={account} connection={connection} />
    </article>
  );
}

function Identity({ identity, label }: { identity: AccountView['identity']; label: string }) {
  const { t } = useTranslation();
  if (!identity) return <p className="gh-faint gh-small">{t('account.unnamed')}</p>;
  const parts = [
    identity.name,
    identity.email,
    identity.name || identity.email ? null : identity.subject,
  ].filter((part): part is string => Boolean(part) && part !== label);
  return (
    <p className="gh-soft gh-small" title={t(`account.identitySource.${identity.source}`)}>
      {parts.length > 0
        ? parts.map((part, index) => (
            <span key={part}>
              {index > 0 && ' · '}
              <OutsideText text={part} limit={120} />
            </span>
          ))
        : t(`account.identitySource.${identity.source}`)}
    </p>
  );
}
