import { Button } from '@mantine/core';
import { KeyRound, LockOpen, Plus, Wrench } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '../../../shared/domain/connection.ts';
import type { RemoteServerView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { Empty } from '../../components/empty.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { When } from '../../components/when.tsx';
import { mostPressing } from '../../state/attention.ts';
import { useCall } from '../../state/calls.ts';
import { useWorld } from '../../state/live.ts';
import { navigate, toServer } from '../../state/route.ts';
import { placeOf } from '../../state/server-list.ts';
import { AccountCard } from './account-card.tsx';

export function Overview({
  server,
  connections,
}: {
  server: RemoteServerView;
  connections: readonly ConnectionView[];
}) {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  // Its panel, above, says what to do next.
  const hasSignIn = useWorld('signIns', (signIns) =>
    [...signIns.values()].some(({ serverId }) => serverId === server.id),
  );
  const begin = useCall('sign-ins.begin');
  const own = useMemo(
    () =>
      [...accounts.values()]
        .filter(({ serverId }) => serverId === server.id)
        .sort((a, b) => a.addedAt - b.addedAt),
    [accounts, server.id],
  );
  const signIn = () => begin.mutate({ serverId: server.id, accountId: null, confirmed: false });

  // A problem of an account's own connection is on its card.
  const problem =
    connections.find(({ accountId, problem }) => accountId === null && problem)?.problem ?? null;
  const repeatsSignIn = problem?.code === 'sign-in-needed' || hasSignIn;
  const told = mostPressing(
    connections.filter(({ serverName, protocolVersion }) => serverName ?? protocolVersion),
  );

  return (
    <div className="gh-stack-6">
      {!server.enabled && (
        <div className="gh-callout">
          <p className="gh-strong">{t('server.disabledTitle')}</p>
          <p className="gh-soft">{t('server.disabledText')}</p>
        </div>
      )}
      {server.enabled && problem && !(repeatsSignIn && own.length === 0) && (
        <ProblemNotice problem={problem} context={{ serverId: server.id }} />
      )}

      {own.length > 0 && (
        <section className="gh-stack-3" aria-labelledby="accounts-heading">
          <div className="gh-section-head">
            <h2 id="accounts-heading">{t('server.accounts')}</h2>
            {/* A machine is its client: the same client is the same account. */}
            {!isMachine(server) && (
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<Plus size={14} aria-hidden="true" />}
                loading={begin.isPending}
                disabled={!server.enabled}
                onClick={signIn}
                data-testid="add-account"
              >
                {t('server.addAccount')}
              </Button>
            )}
          </div>
          {own.map((account) => (
            <AccountCard
              key={account.id}
              account={account}
              connection={connections.find(({ accountId }) => accountId === account.id) ?? null}
            />
          ))}
        </section>
      )}
      {own.length === 0 && server.enabled && !hasSignIn && (
        <NoAccount
          server={server}
          problem={problem !== null && !repeatsSignIn}
          pending={begin.isPending}
          onSignIn={signIn}
        />
      )}

      <section className="gh-stack-3" aria-labelledby="about-heading">
        <div className="gh-section-head">
          <h2 id="about-heading">{t('server.about')}</h2>
        </div>
        <Facts>
          <Fact name={t('server.address')}>
            <OutsideText text={server.url} limit={1000} className="gh-mono" />
          </Fact>
          {told?.serverName && (
            <Fact name={t('server.calls')}>
              <OutsideText text={told.serverName} limit={200} />
              {told.serverVersion && (
                <>
                  {' '}
                  <OutsideText text={told.serverVersion} limit={60} className="gh-faint" />
                </>
              )}
            </Fact>
          )}
          {told?.protocolVersion && (
            <Fact name={t('server.protocol')}>
              {t('connection.protocol', { version: visibleText(told.protocolVersion, 40) })}
            </Fact>
          )}
          <Fact name={t('server.added')}>
            <When at={server.addedAt} />
          </Fact>
        </Facts>
      </section>
    </div>
  );
}

/** Whether no person signs in at a server. */
function isMachine({ settings }: RemoteServerView): boolean {
  return settings.machineGrant !== undefined;
}

function NoAccount({
  server,
  problem,
  pending,
  onSignIn,
}: {
  server: RemoteServerView;
  problem: boolean;
  pending: boolean;
  onSignIn: () => void;
}) {
  const { t } = useTranslation();
  const machine = isMachine(server);
  if (server.consent === 'not-needed') {
    if (problem) return null;
    return (
      <Empty
        icon={<LockOpen size={22} aria-hidden="true" />}
        title={t('server.openTitle')}
        text={t('server.openText')}
      >
        <Button
          variant="default"
          leftSection={<Wrench size={15} aria-hidden="true" />}
          onClick={() => navigate(toServer(server.id, 'tools'))}
        >
          {t('server.showTools')}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty
      icon={<KeyRound size={22} aria-hidden="true" />}
      title={t('server.noAccountTitle')}
      text={t(machine ? 'server.noMachineText' : 'server.noAccountText', {
        host: visibleText(placeOf(server), 100),
      })}
    >
      <Button loading={pending} onClick={onSignIn} data-testid="sign-in-button">
        {machine ? t('server.addFirstMachine') : t('server.addFirstAccount')}
      </Button>
    </Empty>
  );
}
