import { useTranslation } from 'react-i18next';
import { type Problem, problemCatalogue, type Remedy } from '../../shared/problems.ts';
import { useCall } from '../state/calls.ts';
import { openAddServer, openApproval } from '../state/dialogs.ts';
import { useWorld } from '../state/live.ts';
import { navigate, showServer, toServer } from '../state/route.ts';

/** Where a problem is shown, so that its remedy knows what to act on. */
export interface ProblemContext {
  serverId?: string | null | undefined;
  accountId?: string | null | undefined;
  onRetry?: (() => void) | undefined;
  onEditUrl?: (() => void) | undefined;
  /** Adds the server first, for remedies that are in its settings. */
  onAddAnyway?: (() => void) | undefined;
  /** The steps are shown below already. */
  besideTrace?: boolean | undefined;
}

export interface RemedyAction {
  remedy: Remedy;
  label: string;
  pending: boolean;
  run: () => void;
}

/** The button that solves a problem here, or null where none can. */
export function useRemedy(problem: Problem, context: ProblemContext): RemedyAction | null {
  const { t } = useTranslation();
  const { remedy } = problemCatalogue[problem.code];
  const { serverId = null, accountId = null } = context;
  const server = useWorld('servers', (servers) => (serverId ? servers.get(serverId) : undefined));
  const account = useWorld('accounts', (accounts) => (accountId ? accounts.get(accountId) : undefined));
  const beginSignIn = useCall('sign-ins.begin');
  const reconnect = useCall('servers.reconnect');
  const enable = useCall('servers.set-enabled');
  const updateSettings = useCall('servers.update-settings');
  const pending =
    beginSignIn.isPending || reconnect.isPending || enable.isPending || updateSettings.isPending;

  const as = (run: () => void, label = remedy): RemedyAction => ({
    remedy,
    label: label === 'none' ? '' : t(`problem.remedies.${label}`),
    pending,
    run,
  });
  const begin = (extraScopes: string[] = []) => {
    if (!serverId) return;
    beginSignIn.mutate(
      // Who has an account here has agreed before, but not to another issuer; everyone else sees the preview first.
      {
        serverId,
        accountId,
        confirmed: accountId !== null && account?.state.kind !== 'issuer-moved',
        extraScopes,
      },
      { onSuccess: () => showServer(serverId) },
    );
  };

  switch (remedy) {
    case 'retry':
      if (context.onRetry) return as(context.onRetry);
      return server ? as(() => reconnect.mutate({ serverId: server.id, accountId })) : null;
    case 'sign-in':
      return server ? as(() => begin()) : null;
    case 'grant-more': {
      const named = (problem.params.scopes ?? '').split(/[\s,]+/).filter((scope) => scope.length > 0);
      const wanted = account?.state.kind === 'insufficient' ? account.state.wantedScopes : named;
      return server ? as(() => begin(wanted)) : null;
    }
    case 'reconnect':
      if (!server) return null;
      return server.enabled
        ? as(() => reconnect.mutate({ serverId: server.id, accountId }))
        : as(() => enable.mutate({ serverId: server.id, enabled: true }));
    case 'edit-url':
      if (context.onEditUrl) return as(context.onEditUrl);
      return server?.kind === 'remote'
        ? as(() => openAddServer({ url: server.url, name: server.name, source: 'person' }))
        : null;
    case 'edit-settings':
    case 'enter-client-id':
      if (server) return as(() => navigate(toServer(server.id, 'settings')));
      return context.onAddAnyway ? { ...as(context.onAddAnyway), label: t('addServer.addAnyway') } : null;
    case 'use-loopback':
      return server?.kind === 'remote'
        ? as(() =>
            updateSettings.mutate(
              { serverId: server.id, settings: { ...server.settings, redirect: 'loopback' } },
              { onSuccess: () => begin() },
            ),
          )
        : null;
    case 'unlock-key-store':
      return as(() => navigate({ page: 'settings' }));
    case 'show-activity':
      if (context.besideTrace) return null;
      return as(() =>
        navigate(
          server
            ? { page: 'server', serverId: server.id, tab: 'activity', traceId: problem.traceId }
            : { page: 'activity', traceId: problem.traceId },
        ),
      );
    case 'approve-command':
      return server?.kind === 'local' ? as(() => openApproval(server.id)) : null;
    case 'none':
      return null;
  }
}
