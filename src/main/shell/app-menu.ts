import type { MenuItemConstructorOptions } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import type { MenuLabel, MenuWords } from './words/words.ts';

/** Pages of the window that a menu leads to. */
export type MenuPage = 'accounts' | 'activity' | 'settings';

export interface MenuActions {
  readonly addServer: () => void;
  readonly openDialog: (dialog: 'palette' | 'import') => void;
  readonly openPage: (page: MenuPage) => void;
  readonly reconnect: () => void;
  readonly openHomepage: () => void;
}

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** Entries for whoever works on the app itself. */
  readonly development: boolean;
  readonly words: MenuWords;
  readonly actions: MenuActions;
}

type Entry = MenuItemConstructorOptions;
const separator: Entry = { type: 'separator' };

/** The application's menu with each system's conventions: names, places and shortcuts. */
export function appMenu({ platform, development, words, actions }: MenuOptions): Entry[] {
  const mac = platform === 'darwin';
  const name = appIdentity.productName;
  const label = ([onMac, elsewhere]: MenuLabel) => (mac ? onMac : elsewhere);
  const settings: Entry = {
    id: 'settings',
    label: label(words.settings),
    accelerator: 'CommandOrControl+,',
    click: () => actions.openPage('settings'),
  };
  const about: Entry = { role: 'about', label: label(words.about(name)) };
  const application: Entry = {
    label: name,
    submenu: [
      about,
      separator,
      settings,
      separator,
      { role: 'services', label: words.services },
      separator,
      { role: 'hide', label: words.hide(name) },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.unhide },
      separator,
      { role: 'quit', label: words.quit(name).mac },
    ],
  };
  const file: Entry = {
    label: label(words.file),
    submenu: [
      {
        id: 'add-server',
        label: label(words.addServer),
        accelerator: 'CommandOrControl+N',
        click: actions.addServer,
      },
      { id: 'import', label: label(words.importServers), click: () => actions.openDialog('import') },
      {
        id: 'reconnect',
        label: label(words.reconnect),
        accelerator: 'CommandOrControl+Shift+R',
        click: actions.reconnect,
      },
      separator,
      ...(mac
        ? [{ role: 'close', label: words.close } as Entry]
        : [settings, separator, quitting(platform, words.quit(name))]),
    ],
  };
  // A role brings what it does and its shortcut; its own name is English on every system.
  const edit: Entry = {
    label: label(words.edit),
    submenu: [
      { role: 'undo', label: label(words.undo) },
      { role: 'redo', label: label(words.redo) },
      separator,
      { role: 'cut', label: label(words.cut) },
      { role: 'copy', label: label(words.copy) },
      { role: 'paste', label: label(words.paste) },
      { role: 'selectAll', label: label(words.selectAll) },
    ],
  };
  const view: Entry = {
    label: label(words.view),
    submenu: [
      {
        id: 'palette',
        label: label(words.palette),
        accelerator: 'CommandOrControl+K',
        click: () => actions.openDialog('palette'),
      },
      separator,
      { id: 'accounts', label: label(words.accounts), click: () => actions.openPage('accounts') },
      { id: 'activity', label: label(words.activity), click: () => actions.openPage('activity') },
      separator,
      { role: 'resetZoom', label: label(words.resetZoom) },
      { role: 'zoomIn', label: label(words.zoomIn) },
      { role: 'zoomOut', label: label(words.zoomOut) },
      separator,
      { role: 'togglefullscreen', label: label(words.fullScreen) },
      ...(development ? [separator, { role: 'reload' } as Entry, { role: 'toggleDevTools' } as Entry] : []),
    ],
  };
  const window: Entry = {
    role: 'windowMenu',
    label: label(words.window),
    submenu: [
      { role: 'minimize', label: words.minimize },
      { role: 'zoom', label: words.zoom },
      separator,
      { role: 'front', label: words.front },
    ],
  };
  const help: Entry = {
    role: 'help',
    label: label(words.help),
    submenu: [
      { id: 'homepage', label: label(words.homepage(name)), click: actions.openHomepage },
      ...(mac ? [] : [separator, about]),
    ],
  };
  return mac ? [application, file, edit, view, window, help] : [file, edit, view, help];
}

/** Windows ends an app with “Exit”, Linux desktops with “Quit”. */
function quitting(platform: NodeJS.Platform, { windows, linux }: ReturnType<MenuWords['quit']>): Entry {
  return platform === 'win32'
    ? { role: 'quit', label: windows }
    : { role: 'quit', label: linux, accelerator: 'Control+Q' };
}
