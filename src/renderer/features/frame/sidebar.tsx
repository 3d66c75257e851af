import { Button, CloseButton, TextInput, VisuallyHidden } from '@mantine/core';
import { Activity, CircleUser, Plus, Search, Settings, X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../components/icon-button.tsx';
import { Mark } from '../../components/mark.tsx';
import { openAddServer, openSearch } from '../../state/dialogs.ts';
import { useWorld } from '../../state/live.ts';
import { navigate, type Route, routeHash, toServer } from '../../state/route.ts';
import { groupConnections, indexServers, listServers } from '../../state/server-list.ts';
import { ServerList, type ServerListHandle } from './server-list.tsx';

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
  const connections = useWorld('connections');
  const [search, setSearch] = useState('');
  const deferredSearch = useDeferredValue(search);
  const list = useRef<ServerListHandle>(null);

  const index = useMemo(() => indexServers(servers.values(), i18n.language), [servers, i18n.language]);
  const byServer = useMemo(() => groupConnections(connections.values()), [connections]);
  const items = useMemo(
    () => listServers(index, byServer, deferredSearch),
    [index, byServer, deferredSearch],
  );

  const filterKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.focusFirst();
    } else if (event.key === 'Enter') {
      const first = items.find((item) => item.kind === 'server');
      if (first) navigate(toServer(first.server.id));
    } else if (event.key === 'Escape' && search) {
      event.stopPropagation();
      setSearch('');
    }
  };

  return (
    <nav
      className="gh-sidebar"
      aria-label={t('frame.servers')}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && menuOpen) onCloseMenu();
      }}
    >
      <div className="gh-sidebar-head">
        <a className="gh-brand" href={routeHash({ page: 'home' })}>
          <Mark size={18} />
          <span className="gh-wordmark">{t('frame.navigation')}</span>
        </a>
        <span className="gh-grow" />
        <span className="gh-only-narrow">
          <IconButton label={t('frame.closeMenu')} onClick={onCloseMenu}>
            <X size={18} aria-hidden="true" />
          </IconButton>
        </span>
      </div>
      {servers.size > 0 && (
        <div className="gh-sidebar-filter">
          <TextInput
            id="server-filter"
            size="xs"
            aria-label={t('frame.filter')}
            placeholder={t('frame.filter')}
            title={t('frame.filterHint')}
            value={search}
            leftSection={<Search size={14} aria-hidden="true" />}
            rightSection={
              search ? (
                <CloseButton size="xs" aria-label={t('common.clearSearch')} onClick={() => setSearch('')} />
              ) : (
                <span className="gh-kbd" aria-hidden="true">
                  /
                </span>
              )
            }
            onChange={(event) => setSearch(event.currentTarget.value)}
            onKeyDown={filterKey}
          />
        </div>
      )}
      {items.length > 0 ? (
        <ServerList ref={list} items={items} selectedId={route.page === 'server' ? route.serverId : null} />
      ) : (
        <p className="gh-sidebar-none" role="status">
          {search ? t('frame.noMatch', { search }) : ''}
        </p>
      )}
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
        {servers.size > 0 && (
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
          current={route.page === 'accounts'}
          icon={<CircleUser size={16} />}
          note={<PendingNote />}
        >
          {t('frame.accounts')}
        </Place>
        <Place
          route={{ page: 'activity', traceId: null }}
          current={route.page === 'activity'}
          icon={<Activity size={16} />}
        >
          {t('frame.activity')}
        </Place>
        <Place route={{ page: 'settings' }} current={route.page === 'settings'} icon={<Settings size={16} />}>
          {t('frame.settings')}
        </Place>
      </ul>
    </nav>
  );
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
