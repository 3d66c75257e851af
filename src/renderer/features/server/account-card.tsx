import { Button, Menu } from '@mantine/core';
import { Ellipsis, LogIn, LogOut, Pencil, RotateCw, ShieldPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SignOutReport } from '../../../shared/contract/accounts.ts';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { ConfirmDialog, RenameDialog } from '../../components/dialogs.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { ScopeChips } from '../../components/scopes.tsx';
import { ConnectionStatusLabel, ConsentStatusLabel } from '../../components/status.tsx';
import { storageText } from '../../components/storage-text.ts';
import { Tile } from '../../components/tile.tsx';
import { When } from '../../components/when.tsx';
import { relativeTime } from '../../i18n/format.ts';
import { useCall } from '../../state/calls.ts';
import { useNow } from '../../state/clock.ts';
import { useWorld } from '../../state/live.ts';
import { hostOf } from '../../state/server-list.ts';

/** One account: who, what was agreed to, until when, and every way to change that. */
export function AccountCard({
  account,
  connection,
}: {
  account: AccountView;
  connection: ConnectionView | null;
}) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<'rename' | 'sign-out' | null>(null);
  const refresh = useCall('accounts.refresh');
  const begin = useCall('sign-ins.begin');
  const rename = useCall('accounts.rename');
  const signOut = useCall('accounts.sign-out', { quiet: true });
  const registration = useWorld('registrations', (registrations) =>
    registrations.get(account.registrationId),
  );
  const { grant, state, identity } = account;
  const live = state.kind === 'live' || state.kind === 'insufficient';
  const label = visibleText(account.label, 100);
  const wanted = state.kind === 'insufficient' ? state.wantedScopes : [];
  const close = () => setDialog(null);
  const signIn = (extraScopes: string[] = []) =>
    begin.mutate({ serverId: account.serverId, accountId: account.id, confirmed: true, extraScopes });
  // What the state of the account says already need not be said twice.
  const problem = connection?.problem && live && state.kind !== 'insufficient' ? connection.problem : null;

  return (
    <article
      className="gh-account"
      data-testid={`account-card-${account.id}`}
      aria-label={t('account.card', { label })}
    >
      <header className="gh-account-head">
        <Tile name={account.label} size="lg" />
        <div className="gh-account-who">
          <h3>
            <OutsideText text={account.label} limit={200} />
          </h3>
          <Identity identity={identity} label={account.label} />
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
        <div className="gh-account-actions">
          {wanted.length > 0 ? (
            <Button
              size="xs"
              leftSection={<ShieldPlus size={14} aria-hidden="true" />}
              loading={begin.isPending}
              onClick={() => signIn(wanted)}
            >
              {t('account.grantMore')}
            </Button>
          ) : (
            !live && (
              <Button
                size="xs"
                leftSection={<LogIn size={14} aria-hidden="true" />}
                loading={begin.isPending}
                onClick={() => signIn()}
              >
                {t('account.signInAgain')}
              </Button>
            )
          )}
          {live && grant.refreshable && (
            <Button
              size="xs"
              variant="default"
              leftSection={<RotateCw size={14} aria-hidden="true" />}
              loading={refresh.isPending}
              onClick={() =>
                refresh.mutate(
                  { accountId: account.id },
                  { onSuccess: () => notifyDone(t('account.refreshed')) },
                )
              }
              data-testid="refresh-now"
            >
              {t('account.refresh')}
            </Button>
          )}
          <Menu position="bottom-end" width={190} withinPortal={false} withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <IconButton label={t('account.actions', { label })} variant="default">
                <Ellipsis size={16} aria-hidden="true" />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<LogIn size={14} />} onClick={() => signIn()}>
                {t('account.signInAgain')}
              </Menu.Item>
              <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setDialog('rename')}>
                {t('account.rename')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                leftSection={<LogOut size={14} />}
                className="gh-menu-danger"
                onClick={() => setDialog('sign-out')}
                data-testid="sign-out"
              >
                {t('account.signOut')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </header>

      <StateLine account={account} />
      {problem && (
        <ProblemNotice problem={problem} context={{ serverId: account.serverId, accountId: account.id }} />
      )}
      <div className="gh-account-scopes">
        <ScopeChips requested={grant.requestedScopes} granted={grant.grantedScopes} wanted={wanted} />
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
        {grant.resource && (
          <Fact name={t('account.resource')}>
            <OutsideText text={grant.resource} limit={500} className="gh-mono" />
          </Fact>
        )}
      </Facts>

      {dialog === 'rename' && (
        <RenameDialog
          title={t('account.renameTitle')}
          value={account.label}
          pending={rename.isPending}
          onSave={(name) => rename.mutate({ accountId: account.id, label: name }, { onSuccess: close })}
          onClose={close}
        />
      )}
      {dialog === 'sign-out' && (
        <ConfirmDialog
          title={<bdi>{t('account.signOutTitle', { label: visibleText(account.label, 60) })}</bdi>}
          confirmLabel={t('account.signOutConfirm')}
          pending={signOut.isPending}
          problem={signOut.error ? problemOf(signOut.error) : null}
          testId="sign-out-confirm"
          onConfirm={() =>
            signOut.mutate(
              { accountId: account.id },
              {
                onSuccess: (report: SignOutReport) => {
                  close();
                  notifyDone(
                    t(`account.reports.${report.revocation}`),
                    t('account.reports.title', { label: visibleText(report.label, 60) }),
                  );
                },
              },
            )
          }
          onClose={close}
        >
          <p>{t('account.signOutText', { host: visibleText(hostOf(account.issuer), 100) })}</p>
        </ConfirmDialog>
      )}
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

/** Why the account no longer works, or what it lacks, in one line. */
function StateLine({ account: { state } }: { account: AccountView }) {
  const { t, i18n } = useTranslation();
  const now = useNow(15_000);
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
        return t('account.states.insufficient');
      case 'secrets-lost':
        return t('account.states.secrets-lost');
      case 'issuer-moved':
        return t('account.states.issuer-moved', { issuer: visibleText(hostOf(state.newIssuer)) });
    }
  })();
  return words === null ? null : (
    <p className="gh-account-state" data-kind={state.kind}>
      <bdi>{words}</bdi>
    </p>
  );
}
