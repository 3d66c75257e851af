import { useSyncExternalStore } from 'react';

export const serverTabs = ['overview', 'tools', 'resources', 'prompts', 'activity', 'settings'] as const;
export type ServerTab = (typeof serverTabs)[number];

/** Tabs that list what a server offers. */
export const catalogTabs = ['tools', 'resources', 'prompts'] as const satisfies readonly ServerTab[];
export type CatalogTab = (typeof catalogTabs)[number];

/** One thing a server offers. */
export interface CatalogItem {
  /** What it is asked for by: name, URI or URI template. */
  key: string;
  /** Absent: whichever account the tab works with. */
  accountId?: string | null;
}

/** What the main pane shows. */
export type Route =
  | { page: 'home' }
  | {
      page: 'server';
      serverId: string;
      tab: ServerTab;
      traceId: string | null;
      otherTraceId?: string;
      item?: CatalogItem;
    }
  | { page: 'accounts' }
  /** Two traces: the second is compared with the first. */
  | { page: 'activity'; traceId: string | null; otherTraceId?: string }
  | { page: 'settings' };

const ID = /^[a-z0-9-]{1,64}$/;

/** Parses the part of the address after `#`; anything unknown is the home page. */
export function parseRoute(hash: string): Route {
  const [page, first, second, third, fourth, ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (rest.length > 0) return { page: 'home' };
  const idOrNull = (part: string | undefined) => (part && ID.test(part) ? part : null);
  switch (page) {
    case 'servers': {
      const serverId = idOrNull(first);
      if (!serverId) return { page: 'home' };
      const tab = serverTabs.find((name) => name === second) ?? 'overview';
      const item = isCatalogTab(tab) ? parseItem(third, fourth) : null;
      const traceId = tab === 'activity' ? idOrNull(third) : null;
      const otherTraceId = traceId && idOrNull(fourth);
      return {
        page: 'server',
        serverId,
        tab,
        traceId,
        ...(otherTraceId && { otherTraceId }),
        ...(item && { item }),
      };
    }
    case 'accounts':
      return { page: 'accounts' };
    case 'activity':
      return parseActivity(idOrNull(first), idOrNull(second));
    case 'settings':
      return { page: 'settings' };
    default:
      return { page: 'home' };
  }
}

function parseActivity(traceId: string | null, otherTraceId: string | null): Route {
  return { page: 'activity', traceId, ...(traceId && otherTraceId && { otherTraceId }) };
}

export function isCatalogTab(tab: ServerTab): tab is CatalogTab {
  return catalogTabs.some((name) => name === tab);
}

/** Stands for “without an account”: no identifier is a dash alone. */
const NOBODY = '-';

function parseItem(key: string | undefined, account: string | undefined): CatalogItem | null {
  if (!key) return null;
  try {
    const accountId = account === NOBODY ? null : account;
    const known = accountId === null || (accountId !== undefined && ID.test(accountId));
    return { key: decodeURIComponent(key), ...(known && { accountId }) };
  } catch {
    return null;
  }
}

export function routeHash(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'server': {
      const tab = route.tab === 'overview' ? '' : `/${route.tab}`;
      return `#/servers/${route.serverId}${tab}${tracePath(route)}${itemPath(route.item)}`;
    }
    case 'activity':
      return `#/activity${tracePath(route)}`;
    default:
      return `#/${route.page}`;
  }
}

/** What is kept of a page: which one it is, and nothing of what is looked at there. */
export function keptPage(route: Route): string {
  switch (route.page) {
    case 'home':
      return '';
    case 'server':
      return routeHash({ page: 'server', serverId: route.serverId, tab: route.tab, traceId: null });
    case 'activity':
      return routeHash({ page: 'activity', traceId: null });
    default:
      return routeHash(route);
  }
}

export const toServer = (serverId: string, tab: ServerTab = 'overview'): Route => ({
  page: 'server',
  serverId,
  tab,
  traceId: null,
});

/** One thing a server offers, in its tab. */
export const toItem = (serverId: string, tab: CatalogTab, item: CatalogItem): Route => ({
  page: 'server',
  serverId,
  tab,
  traceId: null,
  item,
});

function tracePath({ traceId, otherTraceId }: { traceId: string | null; otherTraceId?: string }): string {
  return traceId ? `/${traceId}${otherTraceId ? `/${otherTraceId}` : ''}` : '';
}

function itemPath(item: CatalogItem | undefined): string {
  if (!item) return '';
  // A dot alone would be taken for a step in the path.
  const key = encodeURIComponent(item.key).replaceAll('.', '%2E');
  return item.accountId === undefined ? `/${key}` : `/${key}/${item.accountId ?? NOBODY}`;
}

export function navigate(route: Route): void {
  window.location.hash = routeHash(route);
}

/** Goes to a server's page, unless one part of it is shown already: what a person has entered there stays. */
export function showServer(serverId: string): void {
  const route = currentRoute();
  if (route.page !== 'server' || route.serverId !== serverId) navigate(toServer(serverId));
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
