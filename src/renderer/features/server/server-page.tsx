import { Button, Menu, Tabs } from '@mantine/core';
import { Ellipsis, LogOut, Pencil, Plug, Power, RefreshCw, Settings, Trash2 } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectionStatus, ConnectionView } from '../../../shared/domain/connection.ts';
import type { ServerView } from '../../../shared/domain/snapshot.ts';
import { RenameDialog } from '../../components/dialogs.tsx';
import { Empty } from '../../components/empty.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { LockedBy } from '../../components/locked-by.tsx';
import { OutsideText } from '../../components/outside-text.tsx';
import { ConnectionStatusLabel, ConsentStatusLabel } from '../../components/status.tsx';
import { Tile } from '../../components/tile.tsx';
import { serverStatus } from '../../state/attention.ts';
import { useCall } from '../../state/calls.ts';
import { openSignOut } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { type CatalogItem, navigate, type ServerTab, serverTabs, toServer } from '../../state/route.ts';
import { placeOf } from '../../state/server-list.ts';
import { PageLoading } from '../frame/page-loading.tsx';
import { shownSignIns } from '../sign-in/shown-sign-ins.ts';
import { SignInPanel } from '../sign-in/sign-in-panel.tsx';
import { Overview } from './overview.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import './server.css';

const ToolsTab = lazy(() => import('../tools/tools-tab.tsx'));
const ResourcesTab = lazy(() => import('../resources/resources-tab.tsx'));
const PromptsTab = lazy(() => import('../prompts/prompts-tab.tsx'));
const ServerActivity = lazy(() => import('../activity/server-activity.tsx'));
const ExtraHeaders = lazy(() => import('./extra-headers.tsx'));
const LocalOverview = lazy(() => import('./local-overview.tsx'));
const LocalSettings = lazy(() => import('./local-settings.tsx'));
const ServerSettings = lazy(() => import('./server-settings.tsx'));

export default function ServerPage({
  serverId,
  tab,
  traceId,
  item,
}: {
  serverId: string;
  tab: ServerTab;
  traceId: string | null;
  item: CatalogItem | null;
}) {
  const { t } = useTranslation();
  const server = useWorld('servers', (servers) => servers.get(serverId));
  const signIns = useWorld('signIns');
  const connections = useWorld('connections');
  const own = useMemo(
    () => [...connections.values()].filter((connection) => connection.serverId === serverId),
    [connections, serverId],
  );
  const shown = useMemo(() => shownSignIns(signIns.values(), serverId), [signIns, serverId]);

  if (!server) return <Empty title={t('server.missing')} level={1} />;
  const status = serverStatus(server, own);
  return (
    <div className="gh-page">
      <ServerHeader server={server} status={status} connections={own} />
      {shown.map((signIn) => (
        <SignInPanel key={signIn.id} signIn={signIn} />
      ))}
      <Tabs
        value={tab}
        onChange={(value) => {
          const chosen = serverTabs.find((name) => name === value);
          if (chosen) navigate(toServer(serverId, chosen));
        }}
        keepMounted={false}
        classNames={{ list: 'gh-tabs', tab: 'gh-tab', panel: 'gh-tab-panel' }}
      >
        <Tabs.List aria-label={t('server.tabs.label')}>
          {serverTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`server.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<PageLoading />}>
            {tab === 'overview' && server.kind === 'remote' && <Overview server={server} connections={own} />}
            {tab === 'overview' && server.kind === 'local' && (
              <LocalOverview server={server} connections={own} />
            )}
            {tab === 'tools' && <ToolsTab server={server} connections={own} item={item} />}
            {tab === 'resources' && <ResourcesTab server={server} connections={own} item={item} />}
            {tab === 'prompts' && <PromptsTab server={server} connections={own} item={item} />}
            {tab === 'activity' && <ServerActivity serverId={serverId} traceId={traceId} />}
            {tab === 'settings' && server.kind === 'remote' && (
              <>
                <ServerSettings server={server} />
                <ExtraHeaders server={server} />
              </>
            )}
            {tab === 'settings' && server.kind === 'local' && <LocalSettings server={server} />}
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

type Dialog = 'rename' | 'remove' | null;

function ServerHeader({
  server,
  status,
  connections,
}: {
  server: ServerView;
  status: ConnectionStatus;
  connections: readonly ConnectionView[];
}) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Dialog>(null);
  const reconnect = useCall('servers.reconnect');
  const setEnabled = useCall('servers.set-enabled');
  const rename = useCall('servers.rename');
  const accountCount = useWorld(
    'accounts',
    (accounts) => [...accounts.values()].filter(({ serverId }) => serverId === server.id).length,
  );
  const forced = useWorld('policy', (policy) => policy?.forcedServers.includes(server.id) ?? false);
  const one = { serverId: server.id };
  const enable = () => setEnabled.mutate({ ...one, enabled: !server.enabled });
  // Each account has its own connection; the one without an account is for servers that want none.
  const reconnectAll = () => {
    const withAccount = connections.flatMap(({ accountId }) => accountId ?? []);
    for (const accountId of withAccount.length > 0 ? withAccount : [null])
      reconnect.mutate({ ...one, accountId });
  };
  const idle = status === 'disconnected' || status === 'failed';
  const close = () => setDialog(null);

  return (
    <header className="gh-server-head">
      <Tile name={server.name} size="lg" />
      <div className="gh-server-head-text">
        <h1>
          <OutsideText text={server.name} />
        </h1>
        <p className="gh-server-head-line">
          <ConnectionStatusLabel status={status} />
          {server.kind === 'remote' && <ConsentStatusLabel status={server.consent} />}
          <OutsideText text={placeOf(server)} className="gh-soft" />
        </p>
      </div>
      <div className="gh-server-head-actions">
        {server.enabled ? (
          <Button
            size="xs"
            variant="default"
            leftSection={
              idle ? <Plug size={14} aria-hidden="true" /> : <RefreshCw size={14} aria-hidden="true" />
            }
            loading={reconnect.isPending}
            onClick={reconnectAll}
            data-testid="reconnect"
          >
            {status === 'disconnected' ? t('server.connect') : t('server.reconnect')}
          </Button>
        ) : (
          <Button
            size="xs"
            leftSection={<Power size={14} aria-hidden="true" />}
            loading={setEnabled.isPending}
            onClick={enable}
          >
            {t('server.enable')}
          </Button>
        )}
        <Menu position="bottom-end" width={190} withinPortal={false} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <IconButton label={t('server.menu')} size="md" variant="default">
              <Ellipsis size={16} aria-hidden="true" />
            </IconButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setDialog('rename')}>
              {t('server.rename')}
            </Menu.Item>
            <Menu.Item
              leftSection={<Settings size={14} />}
              onClick={() => navigate(toServer(server.id, 'settings'))}
            >
              {t('server.tabs.settings')}
            </Menu.Item>
            {forced && (
              <Menu.Label>
                <LockedBy />
              </Menu.Label>
            )}
            <Menu.Item leftSection={<Power size={14} />} onClick={enable} disabled={forced && server.enabled}>
              {server.enabled ? t('server.disable') : t('server.enable')}
            </Menu.Item>
            <Menu.Divider />
            {accountCount > 1 && (
              <Menu.Item
                leftSection={<LogOut size={14} />}
                className="gh-menu-danger"
                onClick={() => openSignOut({ kind: 'server', serverId: server.id })}
                data-testid="sign-out-server"
              >
                {t('server.signOutAll')}
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<Trash2 size={14} />}
              className="gh-menu-danger"
              disabled={forced}
              onClick={() => setDialog('remove')}
              data-testid="remove-server"
            >
              {t('server.remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {dialog === 'rename' && (
        <RenameDialog
          title={t('server.renameTitle')}
          value={server.name}
          pending={rename.isPending}
          onSave={(name) => rename.mutate({ ...one, name }, { onSuccess: close })}
          onClose={close}
        />
      )}
      {dialog === 'remove' && <RemoveDialog server={server} onClose={close} />}
    </header>
  );
}
