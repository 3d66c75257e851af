import type { TFunction } from 'i18next';
import type { AccountView, ServerView } from '../../../shared/domain/snapshot.ts';
import type { Route } from '../../state/route.ts';
import { placeOf } from '../../state/server-list.ts';
import { folded } from './matching.ts';

export type PaletteGroup = 'here' | 'actions' | 'pages' | 'servers' | 'accounts' | 'search';

/** Something one can do or go to. */
export interface PaletteEntry {
  readonly id: string;
  readonly group: PaletteGroup;
  /** What is done, or gone to. Names in it come from outside. */
  readonly label: string;
  /** Where, or to what. */
  readonly note: string | null;
  /** The keys that do the same. */
  readonly keys: string | null;
  /** What a query is compared with. */
  readonly text: string;
  readonly run: () => void;
}

/** What can be done with a server, in the order it is offered. */
export type ServerVerb =
  | 'open'
  | 'tools'
  | 'resources'
  | 'prompts'
  | 'activity'
  | 'settings'
  | 'reconnect'
  | 'addAccount'
  | 'signOutAll'
  | 'approve'
  | 'enable'
  | 'disable';

export type AccountVerb = 'open' | 'refresh' | 'signIn' | 'signOut';

/** What the app itself does. */
export type AppVerb =
  | 'addServer'
  | 'import'
  | 'search'
  | 'filter'
  | 'reconnectFailed'
  | 'signOutEverywhere'
  | 'toggleSidebar'
  | 'selectServers'
  | 'sortByName'
  | 'themeLight'
  | 'themeDark'
  | 'themeSystem'
  | 'checkUpdates'
  | 'copyDiagnostics'
  | 'exportMarkdown'
  | 'exportJson';

export interface PaletteDoings {
  readonly app: (verb: AppVerb) => void;
  readonly go: (route: Route) => void;
  readonly server: (verb: ServerVerb, server: ServerView) => void;
  readonly account: (verb: AccountVerb, account: AccountView) => void;
}

export interface PaletteWorld {
  readonly servers: ReadonlyMap<string, ServerView>;
  readonly accounts: ReadonlyMap<string, AccountView>;
  /** Servers that can be neither removed nor switched off. */
  readonly forcedServers: readonly string[];
  readonly updatesOff: boolean;
}

export interface PaletteOptions {
  readonly world: PaletteWorld;
  readonly doings: PaletteDoings;
  readonly t: TFunction;
  /** How the keys of a shortcut are written here; `mod` stands for the command key. */
  readonly keys: (shortcut: string) => string;
}

const SHORTCUTS: Partial<Record<AppVerb, string>> = {
  addServer: 'mod+N',
  search: 'mod+Shift+F',
  filter: '/',
  toggleSidebar: 'mod+B',
};

/** What the app does, and its pages. */
export function appEntries({ world, doings, t, keys }: PaletteOptions): PaletteEntry[] {
  const { servers, accounts, updatesOff } = world;
  const some: readonly (AppVerb | false)[] = [
    'addServer',
    'import',
    servers.size > 0 && 'search',
    servers.size > 0 && 'filter',
    servers.size > 0 && 'reconnectFailed',
    servers.size > 1 && 'selectServers',
    servers.size > 1 && 'sortByName',
    'toggleSidebar',
    'themeSystem',
    'themeLight',
    'themeDark',
    accounts.size > 0 && 'signOutEverywhere',
    accounts.size > 0 && 'exportMarkdown',
    accounts.size > 0 && 'exportJson',
    !updatesOff && 'checkUpdates',
    'copyDiagnostics',
  ];
  const actions = some.flatMap((verb): PaletteEntry[] => {
    if (!verb) return [];
    const label = t(`palette.app.${verb}`);
    const shortcut = SHORTCUTS[verb];
    return [
      {
        id: `app ${verb}`,
        group: 'actions',
        label,
        note: null,
        keys: shortcut ? keys(shortcut) : null,
        text: folded(label),
        run: () => doings.app(verb),
      },
    ];
  });
  const page = (label: string, route: Route, shortcut: string | null = null): PaletteEntry => ({
    id: `page ${route.page}`,
    group: 'pages',
    label,
    note: null,
    keys: shortcut && keys(shortcut),
    text: folded(label),
    run: () => doings.go(route),
  });
  return [
    ...actions,
    page(t('palette.home'), { page: 'home' }),
    page(t('frame.accounts'), { page: 'accounts' }),
    page(t('frame.activity'), { page: 'activity', traceId: null }),
    page(t('frame.settings'), { page: 'settings' }, 'mod+,'),
  ];
}

/** What can be done with each server and each account. */
export function serverEntries({ world, doings, t }: PaletteOptions): PaletteEntry[] {
  // Words are asked for once and not for each of a thousand servers.
  const words = <Verb extends string>(verbs: readonly Verb[], of: (verb: Verb) => string) =>
    new Map(verbs.map((verb) => [verb, { label: of(verb), text: folded(of(verb)) }]));
  const serverWords = words<ServerVerb>(
    [
      ...(['open', 'tools', 'resources', 'prompts', 'activity', 'settings'] as const),
      ...(['reconnect', 'addAccount', 'signOutAll', 'approve', 'enable', 'disable'] as const),
    ],
    (verb) => t(`palette.server.${verb}`),
  );
  const accountWords = words<AccountVerb>(['open', 'refresh', 'signIn', 'signOut'], (verb) =>
    t(`palette.account.${verb}`),
  );
  const entries: PaletteEntry[] = [];
  const withAccounts = new Set([...world.accounts.values()].map(({ serverId }) => serverId));
  for (const server of world.servers.values()) {
    const place = placeOf(server);
    const name = folded(server.name);
    for (const verb of verbsOf(
      server,
      withAccounts.has(server.id),
      world.forcedServers.includes(server.id),
    )) {
      const { label = '', text = '' } = serverWords.get(verb) ?? {};
      entries.push({
        id: `server ${server.id} ${verb}`,
        group: 'servers',
        // To open a server is what its name stands for.
        label: verb === 'open' ? server.name : label,
        note: verb === 'open' ? place : server.name,
        keys: null,
        text: verb === 'open' ? `${name} ${folded(place)}` : `${text} ${name}`,
        run: () => doings.server(verb, server),
      });
    }
  }
  for (const account of world.accounts.values()) {
    const serverName = world.servers.get(account.serverId)?.name ?? '';
    const of = folded(`${account.label} ${serverName}`);
    for (const verb of accountVerbsOf(account)) {
      const { label = '', text = '' } = accountWords.get(verb) ?? {};
      entries.push({
        id: `account ${account.id} ${verb}`,
        group: 'accounts',
        label: verb === 'open' ? account.label : label,
        note: verb === 'open' ? serverName : `${account.label} · ${serverName}`,
        keys: null,
        text: verb === 'open' ? of : `${text} ${of}`,
        run: () => doings.account(verb, account),
      });
    }
  }
  return entries;
}

function verbsOf(server: ServerView, hasAccounts: boolean, isForced: boolean): readonly ServerVerb[] {
  const isUnapproved = server.kind === 'local' && server.approval !== server.digest;
  const verbs: readonly (ServerVerb | false)[] = [
    'open',
    isUnapproved && 'approve',
    server.enabled && 'reconnect',
    'tools',
    'resources',
    'prompts',
    'activity',
    'settings',
    server.enabled && server.kind === 'remote' && 'addAccount',
    hasAccounts && 'signOutAll',
    !server.enabled ? 'enable' : !isForced && 'disable',
  ];
  return verbs.filter((verb) => verb !== false);
}

function accountVerbsOf({ state, grant }: AccountView): readonly AccountVerb[] {
  const isLive = state.kind === 'live' || state.kind === 'insufficient';
  return isLive && grant.refreshable
    ? ['open', 'refresh', 'signIn', 'signOut']
    : ['open', 'signIn', 'signOut'];
}
