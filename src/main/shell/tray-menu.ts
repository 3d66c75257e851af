import type { MenuItemConstructorOptions } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import type { Attention } from './attention.ts';
import type { ShellWords } from './words/words.ts';
import { needyLine, statusLine } from './words.ts';

export interface TrayActions {
  readonly openWindow: () => void;
  readonly openServer: (serverId: string) => void;
  readonly reconnect: () => void;
  readonly quit: () => void;
}

const SHOWN_SERVERS = 10;

/** What the tray's menu holds. */
export function trayMenu(
  attention: Attention,
  words: ShellWords,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const { tray } = words;
  const { needy, servers } = attention;
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const entries: MenuItemConstructorOptions[] = needy.slice(0, SHOWN_SERVERS).map((server) => ({
    label: needyLine(server, words),
    click: () => actions.openServer(server.serverId),
  }));
  if (needy.length > SHOWN_SERVERS) {
    entries.push({ label: tray.more(needy.length - SHOWN_SERVERS), click: actions.openWindow });
  }
  return [
    { id: 'status', label: statusLine(attention, words), enabled: false },
    ...(entries.length > 0 ? [separator, ...entries] : []),
    separator,
    { id: 'open', label: tray.open(appIdentity.productName), click: actions.openWindow },
    { id: 'reconnect', label: tray.reconnect, enabled: servers > 0, click: actions.reconnect },
    separator,
    { id: 'quit', label: tray.quit(appIdentity.productName), click: actions.quit },
  ];
}
