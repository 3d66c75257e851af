import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ScopeChips } from '../../components/scopes.tsx';
import { storageText } from '../../components/storage-text.ts';
import { When } from '../../components/when.tsx';
import { relativeTime } from '../../i18n/format.ts';
import { useNow } from '../../state/clock.ts';
import { useWorld } from '../../state/live.ts';
import { hostOf } from '../../state/server-list.ts';
import { GrantHistory } from './grant-history.tsx';
import './accounts.css';

/** What was agreed to and until when, where it stands, and how it came to that. */
export function AccountDetails({
  account,
  connection,
}: {
  account: AccountView;
  connection: ConnectionView | null;
}) {
  const { t } = useTranslation();
  const registration = useWorld('registrations', (registrations) =>
    registrations.get(account.registrationId),
  );
  const { grant, state } = account;
  const live = state.kind === 'live' || state.kind === 'insufficient';
  const wanted = state.kind === 'insufficient' ? state.wantedScopes : [];
  const declined = wanted.some((scope) => account.stepUps?.declined.some((one) => one.scope === scope));
  // What the state of the account says already need not be said twice.
  const problem = connection?.problem && live && state.kind !== 'insufficient' ? connection.problem : null;
  return (
    <>
      <StateLine account={account} />
      {problem && (
        <ProblemNotice problem={problem} context={{ serverId: account.serverId, accountId: account.id }} />
      )}
      <div className="gh-account-scopes">
        <ScopeChips requested={grant.requestedScopes} granted={grant.grantedScopes} wanted={wanted} />
        {declined && <p className="gh-faint gh-small">{t('account.declined')}</p>}
      </div>
      <Facts>
        <Fact name={t('account.granted')}>
          <When at={grant.grantedAt} />
        </Fact>
        {(live || state.kind === 'expired') && <Expiry account={account} live={live} />}
        <Fact name={t('account.lastUsed')}>
          {account.lastUsedAt === null ? t('common.never') : <When at={account.lastUsedAt} />}
        </Fact>
        <Fact name={t('account.lastRefreshed')}>
          {account.lastRefreshedAt === null ? t('common.never') : <When at={account.lastRefreshedAt} />}
        </Fact>
        <Fact name={t('account.issuer')}>
          <OutsideText text={hostOf(account.issuer)} limit={255} />
        </Fact>
        <Fact name={t('account.registration')}>
          {registration ? t(`account.registrations.${registration.kind}`) : t('account.registrationGone')}
        </Fact>
        <Fact name={t('account.storage')}>{storageText(account.storage, t)}</Fact>
        {grant.machine && <Fact name={t('account.obtained')}>{t(`account.machines.${grant.machine}`)}</Fact>}
        {grant.resource && (
          <Fact name={t('account.resource')}>
            <OutsideText text={grant.resource} limit={500} className="gh-mono" />
          </Fact>
        )}
      </Facts>
      <GrantHistory accountId={account.id} />
    </>
  );
}

function Expiry({ account, live }: { account: AccountView; live: boolean }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const { accessTokenExpiresAt: at, refreshable } = account.grant;
  const over = at !== null && at <= now;
  return (
    <Fact name={over ? t('account.expired') : t('account.expires')}>
      {at === null ? t('account.expiresUnknown') : <When at={at} />}
      {live && (
        <span className="gh-faint"> · {refreshable ? t('account.renews') : t('account.renewsNot')}</span>
      )}
    </Fact>
  );
}

/** Why the account no longer works, or what it lacks. */
function StateLine({ account: { state, issuer } }: { account: AccountView }) {
  const { t, i18n } = useTranslation();
  const now = useNow(15_000);
  if (state.kind === 'issuer-moved') {
    const hosts = {
      found: visibleText(hostOf(state.newIssuer), 200),
      expected: visibleText(hostOf(issuer), 200),
    };
    return (
      <div className="gh-callout" data-tone="warn" data-testid="account-state" data-kind={state.kind}>
        <p>
          <bdi>{t('account.states.issuer-moved', hosts)}</bdi>
        </p>
        <p className="gh-soft gh-small">
          <bdi>{t('account.states.movedAdvice', hosts)}</bdi>
        </p>
      </div>
    );
  }
  const words = (() => {
    switch (state.kind) {
      case 'live':
        return null;
      case 'revoked':
        return t('account.states.revoked', {
          time: relativeTime(state.at, now, i18n.language),
          reason: visibleText(state.reason),
        });
      case 'expired':
        return t('account.states.expired', { time: relativeTime(state.at, now, i18n.language) });
      case 'insufficient':
        return state.wantedBy
          ? t('account.states.insufficientBy', { tool: visibleText(state.wantedBy, 120) })
          : t('account.states.insufficient');
      case 'secrets-lost':
        return t('account.states.secrets-lost');
    }
  })();
  return words === null ? null : (
    <p className="gh-account-state" data-testid="account-state" data-kind={state.kind}>
      <bdi>{words}</bdi>
    </p>
  );
}
