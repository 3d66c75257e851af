import { Button, VisuallyHidden } from '@mantine/core';
import { Activity, CircleUser, PanelLeft, Plus, Search, Settings, X, Zap } from 'lucide-react';
import {
  type ComponentProps,
  type KeyboardEvent,
  lazy,
  memo,
  type ReactNode,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { visibleText } from '../../../shared/problems.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { Mark } from '../../components/mark.tsx';
import { openAddServer, openPalette, openSearch } from '../../state/dialogs.ts';
import {
  changeFrame,
  orderServers,
  selectServers,
  useDrawer,
  useFrameState,
  useSelecting,
} from '../../state/frame.ts';
import { useWorld } from '../../state/live.ts';
import { navigate, type Route, routeHash, toServer } from '../../state/route.ts';
import {
  connectionsByServer,
  countFilters,
  groupAccounts,
  groupsOf,
  indexOfServers,
  indexServers,
  listServers,
  type ServerFilter,
} from '../../state/server-list.ts';
import { movedByOne, movedNextTo } from '../../state/server-order.ts';
import { useShortcutText } from '../../state/shortcuts.ts';
import { ServerList, type ServerListHandle, type ServerSelection } from './server-list.tsx';
import { ServerTools } from './server-tools.tsx';
import { SidebarEdge } from './sidebar-edge.tsx';

const SelectionBar = lazy(() => import('./server-selection.tsx'));

export function Sidebar({
  route,
  menuOpen,
  onCloseMenu,
}: {
  route: Route;
  menuOpen: boolean;
  onCloseMenu: () => void;
}) {
  const { t, i18n } = useTranslation();
  const servers = useWorld('servers');
  // Statuses that change by the hundred leave the frames in between to scrolling and typing.
  const connections = useDeferredValue(useWorld('connections'));
  const accounts = useWorld('accounts');
  const serverOrder = useWorld('settings', (settings) => settings.serverOrder);
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<ServerFilter>('all');
  const [announced, setAnnounced] = useState('');
  const list = useRef<ServerListHandle>(null);

  const index = indexOfServers(servers, i18n.language, serverOrder);
  const byServer = connectionsByServer(connections);
  const accountsByServer = useMemo(() => groupAccounts(accounts.values()), [accounts]);
  const counts = useMemo(() => countFilters(index, byServer), [index, byServer]);
  const items = useMemo(
    () => listServers(index, byServer, search, filter),
    [index, byServer, search, filter],
  );
  const { selection, chosen } = useSelection(servers);

  const arrange = (order: readonly string[], serverId: string) => {
    const all = index.map(({ server }) => server.id);
    if (order.every((id, place) => id === all[place])) return;
    orderServers(order);
    const arranged = listServers(
      indexServers(servers.values(), i18n.language, order),
      byServer,
      search,
      filter,
    );
    const group = groupsOf(arranged).find((one) => one.includes(serverId)) ?? [];
    setAnnounced(
      t('frame.moved', {
        name: visibleText(servers.get(serverId)?.name ?? '', 60),
        place: group.indexOf(serverId) + 1,
        count: group.length,
      }),
    );
  };
  const all = () => index.map(({ server }) => server.id);
  const move = useRef<ComponentProps<typeof ServerList>['onMove']>(() => undefined);
  move.current = (serverId, place, otherId) =>
    arrange(movedNextTo(all(), serverId, place, otherId), serverId);
  const onMove = useCallback<typeof move.current>((...args) => move.current(...args), []);

  const shown = useRef(items);
  shown.current = items;
  const filterKey = useCallback((event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.focusFirst();
    } else if (event.key === 'Enter') {
      const first = shown.current.find((item) => item.kind === 'server');
      if (first) navigate(toServer(first.server.id));
    }
  }, []);

  return (
    <nav
      className="gh-sidebar"
      aria-label={t('frame.servers')}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && menuOpen) onCloseMenu();
      }}
    >
      <Head onCloseMenu={onCloseMenu} />
      {servers.size > 0 && (
        <ServerTools
          onSearch={setSearch}
          onSearchKey={filterKey}
          filter={filter}
          counts={counts}
          onFilter={setFilter}
        />
      )}
      <span className="gh-visually-hidden" role="status">
        {announced}
      </span>
      {items.length > 0 ? (
        <ServerList
          ref={list}
          items={items}
          accounts={accountsByServer}
          selectedId={route.page === 'server' ? route.serverId : null}
          selection={selection}
          onMove={onMove}
        />
      ) : (
        <p className="gh-sidebar-none" role="status">
          {search ? t('frame.noMatch', { search }) : servers.size > 0 ? t('frame.noneLeft') : ''}
        </p>
      )}
      {selection && (
        <Suspense>
          <SelectionBar
            chosen={chosen}
            shown={groupsOf(items).flat()}
            onSelect={selection.set}
            onMove={(direction) =>
              arrange(movedByOne(all(), groupsOf(items), new Set(chosen), direction), chosen[0] ?? '')
            }
          />
        </Suspense>
      )}
      <Places page={route.page} hasServers={servers.size > 0} />
      <SidebarEdge />
    </nav>
  );
}

/** The name of the app, and what the sidebar itself does. */
const Head = memo(function Head({ onCloseMenu }: { onCloseMenu: () => void }) {
  const { t } = useTranslation();
  const keys = useShortcutText();
  const { collapsed } = useFrameState();
  const isDrawer = useDrawer();
  return (
    <div className="gh-sidebar-head">
      <a className="gh-brand" href={routeHash({ page: 'home' })}>
        <Mark size={18} />
        <span className="gh-wordmark">{t('frame.navigation')}</span>
      </a>
      <span className="gh-grow" />
      <IconButton
        label={`${t('palette.open')} (${keys('mod+K')})`}
        onClick={openPalette}
        data-testid="open-palette"
      >
        <Zap size={16} aria-hidden="true" />
      </IconButton>
      <span className="gh-sidebar-pin">
        <IconButton
          label={`${t(collapsed ? 'frame.keepSidebar' : 'frame.hideSidebar')} (${keys('mod+B')})`}
          aria-pressed={!collapsed}
          onClick={() => changeFrame({ collapsed: !collapsed })}
          data-testid="toggle-sidebar"
        >
          <PanelLeft size={16} aria-hidden="true" />
        </IconButton>
      </span>
      {isDrawer && (
        <span className="gh-only-drawer">
          <IconButton label={t('frame.closeMenu')} onClick={onCloseMenu}>
            <X size={18} aria-hidden="true" />
          </IconButton>
        </span>
      )}
    </div>
  );
});

/** What leads elsewhere. */
const Places = memo(function Places({ page, hasServers }: { page: Route['page']; hasServers: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="gh-sidebar-add">
        <Button
          fullWidth
          size="xs"
          variant="default"
          leftSection={<Plus size={15} aria-hidden="true" />}
          onClick={() => openAddServer()}
          data-testid="add-server-button"
        >
          {t('frame.addServer')}
        </Button>
      </div>
      <ul className="gh-places">
        {hasServers && (
          <li>
            <button
              type="button"
              className="gh-place"
              onClick={() => openSearch()}
              title={t('search.hint')}
              data-testid="search-all"
            >
              <span aria-hidden="true">
                <Search size={16} />
              </span>
              {t('search.open')}
            </button>
          </li>
        )}
        <Place
          route={{ page: 'accounts' }}
          current={page === 'accounts'}
          icon={<CircleUser size={16} />}
          note={<PendingNote />}
        >
          {t('frame.accounts')}
        </Place>
        <Place
          route={{ page: 'activity', traceId: null }}
          current={page === 'activity'}
          icon={<Activity size={16} />}
        >
          {t('frame.activity')}
        </Place>
        <Place route={{ page: 'settings' }} current={page === 'settings'} icon={<Settings size={16} />}>
          {t('frame.settings')}
        </Place>
      </ul>
    </>
  );
});

/** The servers chosen while the person chooses; those that are gone are chosen no more. */
function useSelection(servers: ReadonlyMap<string, unknown>): {
  selection: ServerSelection | null;
  chosen: readonly string[];
} {
  const selecting = useSelecting();
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!selecting) setWanted(new Set());
  }, [selecting]);
  useEffect(() => {
    if (servers.size === 0) selectServers(false);
  }, [servers.size]);
  const chosen = useMemo(() => [...wanted].filter((id) => servers.has(id)), [wanted, servers]);
  const selection = useMemo<ServerSelection | null>(
    () =>
      selecting
        ? {
            has: (id) => wanted.has(id),
            set: (ids, on) =>
              setWanted((before) => {
                const after = new Set(before);
                for (const id of ids) {
                  if (on) after.add(id);
                  else after.delete(id);
                }
                return after;
              }),
          }
        : null,
    [selecting, wanted],
  );
  return { selection, chosen };
}

function Place({
  route,
  current,
  icon,
  note,
  children,
}: {
  route: Route;
  current: boolean;
  icon: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <li>
      <a className="gh-place" href={routeHash(route)} aria-current={current ? 'page' : undefined}>
        <span aria-hidden="true">{icon}</span>
        {children}
        {note}
      </a>
    </li>
  );
}

/** How many sign-outs wait for their issuers; nothing when none does. */
function PendingNote() {
  const { t } = useTranslation();
  const count = useWorld('revocations', (revocations) => revocations.size);
  if (count === 0) return null;
  const words = t('pending.hint', { count });
  return (
    <span className="gh-place-note" title={words} data-testid="pending-hint">
      <span aria-hidden="true">{count}</span>
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
}
