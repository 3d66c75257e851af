import type { MenuItemConstructorOptions } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import type { Attention } from './attention.ts';
import { needyLine, statusLine } from './words.ts';

export interface TrayActions {
  readonly openWindow: () => void;
  readonly openServer: (serverId: string) => void;
  readonly reconnect: () => void;
  readonly quit: () => void;
}

const SHOWN_SERVERS = 10;

/** What the tray's menu holds. */
export function trayMenu(attention: Attention, actions: TrayActions): MenuItemConstructorOptions[] {
  const { needy, servers } = attention;
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const entries: MenuItemConstructorOptions[] = needy.slice(0, SHOWN_SERVERS).map((server) => ({
    label: needyLine(server),
    click: () => actions.openServer(server.serverId),
  }));
  if (needy.length > SHOWN_SERVERS) {
    entries.push({ label: `${needy.length - SHOWN_SERVERS} more…`, click: actions.openWindow });
  }
  return [
    { id: 'status', label: statusLine(attention), enabled: false },
    ...(entries.length > 0 ? [separator, ...entries] : []),
    separator,
    { id: 'open', label: `Open ${appIdentity.productName}`, click: actions.openWindow },
    { id: 'reconnect', label: 'Reconnect', enabled: servers > 0, click: actions.reconnect },
    separator,
    { id: 'quit', label: `Quit ${appIdentity.productName}`, click: actions.quit },
  ];
}

/** What is shown while the pointer rests on the item. */
export function trayToolTip(attention: Attention): string {
  const { length } = attention.needy;
  const needy = length === 0 ? '' : length === 1 ? ', 1 needs you' : `, ${length} need you`;
  return `${appIdentity.productName}: ${statusLine(attention).toLowerCase()}${needy}`;
}
