import { Button } from '@mantine/core';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Registration } from '../../../shared/domain/registration.ts';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { When } from '../../components/when.tsx';
import { useCall } from '../../state/calls.ts';
import { useNow } from '../../state/clock.ts';
import { useWorld } from '../../state/live.ts';

const NAMED = 4;

/** One client of Gatehouse at an issuer, and the way to be rid of it. */
export function RegistrationRow({
  registration,
  users,
}: {
  registration: Registration;
  /** Accounts that were signed in with it. */
  users: readonly AccountView[];
}) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const forget = useCall('registrations.forget', { quiet: true });
  const copy = useCall('registrations.copy-client-id');
  const { id: registrationId, redirectUris } = registration;
  const clientId = visibleText(registration.clientId, 60);
  return (
    <li className="gh-registration" data-testid={`registration-${registrationId}`}>
      <div className="gh-grow">
        <p className="gh-registration-name">
          <span className="gh-strong">{t(`account.registrations.${registration.kind}`)}</span>
          <OutsideText text={registration.clientId} limit={300} className="gh-mono gh-soft" />
          <IconButton
            label={t('accounts.copyClientId', { clientId })}
            size="sm"
            onClick={() =>
              copy.mutate({ registrationId }, { onSuccess: () => notifyDone(t('accounts.clientIdCopied')) })
            }
          >
            <Copy size={13} aria-hidden="true" />
          </IconButton>
        </p>
        <p className="gh-faint">
          {t('accounts.registered')} <When at={registration.registeredAt} />
          <SecretEnd at={registration.clientSecretExpiresAt} />
          {' · '}
          <Users users={users} />
        </p>
        <details className="gh-disclosure">
          <summary>{t('accounts.details')}</summary>
          <p className="gh-faint">
            {t('accounts.authentication', {
              method: t(`serverSettings.clientAuthentications.${registration.clientAuthentication}`),
            })}
          </p>
          <p className="gh-faint">
            {redirectUris.length > 0 ? t('accounts.redirects') : t('accounts.noRedirects')}
          </p>
          <ul className="gh-plain-list">
            {redirectUris.map((uri) => (
              <li key={uri}>
                <OutsideText text={uri} limit={500} className="gh-mono" />
              </li>
            ))}
          </ul>
        </details>
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
          testId="forget-registration-confirm"
          onConfirm={() => forget.mutate({ registrationId }, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>
            {registration.kind === 'dynamic'
              ? registration.registrationClientUri
                ? t('accounts.forgetDeletes')
                : t('accounts.forgetKeeps')
              : t(`accounts.forgetOthers.${registration.kind}`)}
          </p>
          {users.length > 0 && <p>{t('accounts.forgetAccounts', { count: users.length })}</p>}
        </ConfirmDialog>
      )}
    </li>
  );
}

function SecretEnd({ at }: { at: number | null }) {
  const { t } = useTranslation();
  const now = useNow(15_000);
  if (at === null) return null;
  const over = at <= now;
  return (
    <>
      {' · '}
      <span className={over ? 'gh-warn' : undefined}>
        {over ? t('accounts.secretExpired') : t('accounts.secretExpires')} <When at={at} />
      </span>
    </>
  );
}

function Users({ users }: { users: readonly AccountView[] }) {
  const { t, i18n } = useTranslation();
  const servers = useWorld('servers');
  if (users.length === 0) return t('accounts.unused');
  const named = users
    .slice(0, NAMED)
    .map(({ label, serverId }) =>
      [label, servers.get(serverId)?.name].map((part) => visibleText(part ?? '…', 60)).join(' · '),
    );
  const more = users.length - NAMED;
  const all = more > 0 ? [...named, t('signOut.more', { count: more })] : named;
  const names = new Intl.ListFormat(i18n.language, { type: 'unit' }).format(all);
  return <bdi>{t('accounts.usedBy', { names })}</bdi>;
}
