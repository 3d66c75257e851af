import type { TFunction } from 'i18next';
import { problemOf } from '../../../shared/problems.ts';
import { call } from '../../bridge.ts';
import { notifyDone, notifyProblem } from '../../components/notify.tsx';
import { openAddServer, openApproval, openImport, openSearch, openSignOut } from '../../state/dialogs.ts';
import { changeFrame, orderServers, selectServers } from '../../state/frame.ts';
import { currentWorld } from '../../state/live.ts';
import { navigate, toServer } from '../../state/route.ts';
import type { PaletteDoings } from './palette-entries.ts';

/** Does in the background what was chosen; what goes wrong is announced. */
function background(done: Promise<unknown>, message?: string): void {
  done.then(
    () => message !== undefined && notifyDone(message),
    (error: unknown) => notifyProblem(problemOf(error)),
  );
}

/** What the entries of the palette do: the same calls and dialogs as the buttons elsewhere. */
export function doingsOf(t: TFunction): PaletteDoings {
  return {
    go: navigate,
    app(verb) {
      switch (verb) {
        case 'addServer':
          return openAddServer();
        case 'import':
          return openImport();
        case 'search':
          return openSearch();
        case 'filter':
          changeFrame({ collapsed: false });
          requestAnimationFrame(() => document.getElementById('server-filter')?.focus());
          return;
        case 'reconnectFailed': {
          const failed = [...(currentWorld('connections')?.values() ?? [])].filter(
            ({ status }) => status === 'failed',
          );
          const serverIds = [...new Set(failed.map(({ serverId }) => serverId))];
          return background(call('servers.bulk', { serverIds, action: 'reconnect' }));
        }
        case 'signOutEverywhere':
          return openSignOut({ kind: 'everything' });
        case 'toggleSidebar':
          return changeFrame({ collapsed: !currentWorld('settings')?.frame.collapsed });
        case 'selectServers':
          changeFrame({ collapsed: false });
          return selectServers(true);
        case 'sortByName':
          return orderServers([]);
        case 'themeLight':
        case 'themeDark':
        case 'themeSystem': {
          const theme = ({ themeLight: 'light', themeDark: 'dark', themeSystem: 'system' } as const)[verb];
          return background(call('app.update-settings', { theme }));
        }
        case 'checkUpdates':
          navigate({ page: 'settings' });
          return background(call('updates.check', undefined));
        case 'copyDiagnostics':
          return background(call('app.copy-diagnostics', undefined), t('common.copied'));
        case 'exportMarkdown':
        case 'exportJson':
          return background(
            call('accounts.export', { format: verb === 'exportJson' ? 'json' : 'markdown' }).then(
              (answer) => {
                if (answer === 'saved') notifyDone(t('settings.exported'));
              },
            ),
          );
      }
    },
    server(verb, server) {
      const { id: serverId } = server;
      switch (verb) {
        case 'open':
          return navigate(toServer(serverId));
        case 'reconnect':
          return background(call('servers.bulk', { serverIds: [serverId], action: 'reconnect' }));
        case 'addAccount':
          navigate(toServer(serverId));
          return background(call('sign-ins.begin', { serverId, accountId: null, confirmed: false }));
        case 'signOutAll':
          return openSignOut({ kind: 'server', serverId });
        case 'approve':
          navigate(toServer(serverId));
          return openApproval(serverId);
        case 'enable':
        case 'disable':
          return background(call('servers.set-enabled', { serverId, enabled: verb === 'enable' }));
        default:
          return navigate(toServer(serverId, verb));
      }
    },
    account(verb, { id: accountId, serverId }) {
      switch (verb) {
        case 'open':
          return navigate(toServer(serverId));
        case 'refresh':
          return background(call('accounts.refresh', { accountId }), t('account.refreshed'));
        case 'signIn':
          navigate(toServer(serverId));
          return background(call('sign-ins.begin', { serverId, accountId, confirmed: false }));
        case 'signOut':
          return openSignOut({ kind: 'accounts', accountIds: [accountId] });
      }
    },
  };
}
