import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import { problemOf, visibleText } from '../../../shared/problems.ts';
import { ConfirmDialog } from '../../components/dialogs.tsx';
import { useCall } from '../../state/calls.ts';
import { openSignOutReport } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { navigate } from '../../state/route.ts';
import { leavingOf } from '../sign-out/leaving.ts';

/** Asks before a server goes, and then says what the issuers of its accounts confirmed. */
export function RemoveDialog({ server: { id, name }, onClose }: { server: ServerView; onClose: () => void }) {
  const { t } = useTranslation();
  const accounts = useWorld('accounts');
  const servers = useWorld('servers');
  const registrations = useWorld('registrations');
  // As it was when it was asked about: while it goes on, accounts disappear one by one.
  const [leaving] = useState(() =>
    leavingOf({ kind: 'server', serverId: id }, { accounts, servers, registrations }),
  );
  const remove = useCall('servers.remove', { quiet: true });
  const confirm = async () => {
    // A failure is shown in the dialog.
    const reports = await remove.mutateAsync({ serverId: id }).catch(() => null);
    if (reports === null) return;
    navigate({ page: 'home' });
    if (reports.length > 0) openSignOutReport({ reports, places: leaving.places });
  };
  return (
    <ConfirmDialog
      title={<bdi>{t('server.removeTitle', { name: visibleText(name, 60) })}</bdi>}
      confirmLabel={t('server.removeConfirm')}
      pending={remove.isPending}
      problem={remove.error ? problemOf(remove.error) : null}
      testId="remove-server-confirm"
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>{t('server.removeText')}</p>
      {leaving.accounts.length > 0 && <p>{t('server.removeAccounts', { count: leaving.accounts.length })}</p>}
    </ConfirmDialog>
  );
}
