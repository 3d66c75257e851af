import type { MenuItemConstructorOptions } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';

/** Pages of the window that a menu leads to. */
export type MenuPage = 'accounts' | 'activity' | 'settings';

export interface MenuActions {
  readonly addServer: () => void;
  readonly openPage: (page: MenuPage) => void;
  readonly reconnect: () => void;
  readonly openHomepage: () => void;
}

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Entries for whoever works on the app itself. */
  readonly development: boolean;
  readonly actions: MenuActions;
}

type Entry = MenuItemConstructorOptions;
const separator: Entry = { type: 'separator' };

/** The application's menu with each system's conventions: names, places and shortcuts. */
export function appMenu({ platform, development, actions }: MenuOptions): Entry[] {
  const mac = platform === 'darwin';
  const name = appIdentity.productName;
  const settings: Entry = {
    id: 'settings',
    label: mac ? 'Settings…' : '&Settings',
    accelerator: 'CommandOrControl+,',
    click: () => actions.openPage('settings'),
  };
  const application: Entry = {
    label: name,
    submenu: [
      { role: 'about', label: `About ${name}` },
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide', label: `Hide ${name}` },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit', label: `Quit ${name}` },
    ],
  };
  const file: Entry = {
    label: mac ? 'File' : '&File',
    submenu: [
      {
        id: 'add-server',
        label: mac ? 'Add Server…' : '&Add server…',
        accelerator: 'CommandOrControl+N',
        click: actions.addServer,
      },
      {
        id: 'reconnect',
        label: mac ? 'Reconnect Servers' : '&Reconnect servers',
        accelerator: 'CommandOrControl+Shift+R',
        click: actions.reconnect,
      },
      separator,
      ...(mac ? [{ role: 'close' } as Entry] : [settings, separator, closing(platform)]),
    ],
  };
  const edit: Entry = {
    label: mac ? 'Edit' : '&Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  };
  const view: Entry = {
    label: mac ? 'View' : '&View',
    submenu: [
      { id: 'accounts', label: mac ? 'Accounts' : 'A&ccounts', click: () => actions.openPage('accounts') },
      { id: 'activity', label: mac ? 'Activity' : 'Acti&vity', click: () => actions.openPage('activity') },
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(development ? [separator, { role: 'reload' } as Entry, { role: 'toggleDevTools' } as Entry] : []),
    ],
  };
  const help: Entry = {
    role: 'help',
    label: mac ? 'Help' : '&Help',
    submenu: [
      { id: 'homepage', label: `${name} on the web`, click: actions.openHomepage },
      ...(mac ? [] : [separator, { role: 'about', label: `&About ${name}` } as Entry]),
    ],
  };
  return mac ? [application, file, edit, view, { role: 'windowMenu' }, help] : [file, edit, view, help];
}

/** Windows ends an app with “Exit”, Linux desktops with “Quit”. */
function closing(platform: NodeJS.Platform): Entry {
  return platform === 'win32'
    ? { role: 'quit', label: 'E&xit' }
    : { role: 'quit', label: '&Quit', accelerator: 'Control+Q' };
}
