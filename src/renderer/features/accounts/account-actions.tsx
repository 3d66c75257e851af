import { Button, Menu } from '@mantine/core';
import { Ellipsis, LogIn, LogOut, Pencil, RotateCw, ShieldPlus, Star } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountView } from '../../../shared/domain/snapshot.ts';
import { visibleText } from '../../../shared/problems.ts';
import { RenameDialog } from '../../components/dialogs.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { useCall } from '../../state/calls.ts';
import { openSignOut } from '../../state/dialogs.ts';
import { showServer } from '../../state/route.ts';
import { hostOf } from '../../state/server-list.ts';
import { useDefaultAccount } from './default-account.ts';

/** What can be done with an account now: the one obvious thing as a button, the rest in a menu. */
export function AccountActions({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const refresh = useCall('accounts.refresh');
  const begin = useCall('sign-ins.begin');
  const rename = useCall('accounts.rename');
  const setDefault = useCall('servers.set-default-account');
  const { isDefault, hasOthers } = useDefaultAccount(account);
  const { grant, state, id: accountId, serverId } = account;
  const live = state.kind === 'live' || state.kind === 'insufficient';
  const moved = state.kind === 'issuer-moved';
  const label = visibleText(account.label, 100);
  const wanted = state.kind === 'insufficient' ? state.wantedScopes : [];
  const signIn = (extraScopes: string[] = []) =>
    begin.mutate(
      // Another issuer than the one that was agreed to: the person sees it before a browser opens.
      { serverId, accountId, confirmed: !moved, extraScopes },
      { onSuccess: () => showServer(serverId) },
    );
  const signInWords = moved
    ? t('account.signInAt', { host: visibleText(hostOf(state.newIssuer), 60) })
    : t('account.signInAgain');

  return (
    <div className="gh-account-actions">
      {wanted.length > 0 ? (
        <Button
          size="xs"
          leftSection={<ShieldPlus size={14} aria-hidden="true" />}
          loading={begin.isPending}
          onClick={() => signIn(wanted)}
          data-testid="grant-more"
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
            data-testid="sign-in-again"
          >
            {signInWords}
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
            refresh.mutate({ accountId }, { onSuccess: () => notifyDone(t('account.refreshed')) })
          }
          data-testid="refresh-now"
        >
          {t('account.refresh')}
        </Button>
      )}
      <Menu position="bottom-end" width={220} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <IconButton label={t('account.actions', { label })} variant="default">
            <Ellipsis size={16} aria-hidden="true" />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<LogIn size={14} />} onClick={() => signIn()}>
            {signInWords}
          </Menu.Item>
          {hasOthers && !isDefault && !moved && (
            <Menu.Item
              leftSection={<Star size={14} />}
              onClick={() => setDefault.mutate({ serverId, accountId })}
              data-testid="make-default"
            >
              {t('account.makeDefault')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setRenaming(true)}>
            {t('account.rename')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<LogOut size={14} />}
            className="gh-menu-danger"
            onClick={() => openSignOut({ kind: 'accounts', accountIds: [accountId] })}
            data-testid="sign-out"
          >
            {moved
              ? t('account.signOutAt', { host: visibleText(hostOf(account.issuer), 60) })
              : t('account.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renaming && (
        <RenameDialog
          title={t('account.renameTitle')}
          value={account.label}
          pending={rename.isPending}
          onSave={(name) =>
            rename.mutate({ accountId, label: name }, { onSuccess: () => setRenaming(false) })
          }
          onClose={() => setRenaming(false)}
        />
      )}
    </div>
  );
}
