import { useSyncExternalStore } from 'react';

export const serverTabs = ['overview', 'tools', 'activity', 'settings'] as const;
export type ServerTab = (typeof serverTabs)[number];

/** What the main pane shows. */
export type Route =
  | { page: 'home' }
  | { page: 'server'; serverId: string; tab: ServerTab; traceId: string | null }
  | { page: 'accounts' }
  | { page: 'activity'; traceId: string | null }
  | { page: 'settings' };

const ID = /^[a-z0-9-]{1,64}$/;

/** Parses the part of the address after `#`; anything unknown is the home page. */
export function parseRoute(hash: string): Route {
  const [page, first, second, third, ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (rest.length > 0) return { page: 'home' };
  const idOrNull = (part: string | undefined) => (part && ID.test(part) ? part : null);
  switch (page) {
    case 'servers': {
      const serverId = idOrNull(first);
      if (!serverId) return { page: 'home' };
      const tab = serverTabs.find((name) => name === second) ?? 'overview';
      return { page: 'server', serverId, tab, traceId: tab === 'activity' ? idOrNull(third) : null };
    }
    case 'accounts':
      return { page: 'accounts' };
    case 'activity':
      return { page: 'activity', traceId: idOrNull(first) };
    case 'settings':
      return { page: 'settings' };
    default:
      return { page: 'home' };
  }
}

export function routeHash(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'server': {
      const tab = route.tab === 'overview' ? '' : `/${route.tab}`;
      return `#/servers/${route.serverId}${tab}${route.traceId ? `/${route.traceId}` : ''}`;
    }
    case 'activity':
      return route.traceId ? `#/activity/${route.traceId}` : '#/activity';
    default:
      return `#/${route.page}`;
  }
}

export const toServer = (serverId: string, tab: ServerTab = 'overview'): Route => ({
  page: 'server',
  serverId,
  tab,
  traceId: null,
});

export function navigate(route: Route): void {
  window.location.hash = routeHash(route);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

let lastHash: string | null = null;
let lastRoute: Route = { page: 'home' };

function currentRoute(): Route {
  const { hash } = window.location;
  if (hash !== lastHash) {
    lastHash = hash;
    lastRoute = parseRoute(hash);
  }
  return lastRoute;
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute);
}
