import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { appMenu, type MenuActions } from '../../../src/main/shell/app-menu.ts';

const nothing = () => undefined;
const actions: MenuActions = {
  addServer: nothing,
  openPage: nothing,
  reconnect: nothing,
  openHomepage: nothing,
};
const menuOf = (platform: NodeJS.Platform, development = false, given = actions) =>
  appMenu({ platform, development, actions: given });

function entries(menu: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return menu.flatMap((entry) => [entry, ...(Array.isArray(entry.submenu) ? entries(entry.submenu) : [])]);
}
const rolesIn = ({ submenu }: MenuItemConstructorOptions = {}) =>
  (submenu as MenuItemConstructorOptions[]).flatMap(({ role }) => role ?? []);

test('macOS: the first menu is the app’s, with settings, services, hiding and quitting; closing is in File', () => {
  const [application, file, , , window] = menuOf('darwin');
  expect(application?.label).toBe('Gatehouse');
  expect(rolesIn(application)).toEqual(['about', 'services', 'hide', 'hideOthers', 'unhide', 'quit']);
  expect(rolesIn(file)).toEqual(['close']);
  expect(window?.role).toBe('windowMenu');
});

test('Windows and Linux: quitting and settings are in File, about is in Help', () => {
  for (const [platform, quit] of [
    ['win32', 'E&xit'],
    ['linux', '&Quit'],
  ] as const) {
    const menu = menuOf(platform);
    expect(menu.map(({ label }) => label)).toEqual(['&File', '&Edit', '&View', '&Help']);
    const file = menu[0]?.submenu as MenuItemConstructorOptions[];
    expect(file.at(-1)).toMatchObject({ role: 'quit', label: quit });
    expect(file.some(({ id }) => id === 'settings')).toBe(true);
    expect(rolesIn(menu.at(-1))).toEqual(['about']);
  }
});

test('the shortcuts are the system’s own, and none is given twice', () => {
  for (const platform of ['darwin', 'win32', 'linux'] as const) {
    const all = entries(menuOf(platform));
    const accelerators = all.flatMap(({ accelerator }) => (accelerator ? [accelerator] : []));
    expect(new Set(accelerators).size).toBe(accelerators.length);
    const settings = all.filter(({ id }) => id === 'settings');
    expect(settings.map(({ accelerator }) => accelerator)).toEqual(['CommandOrControl+,']);
    expect(all.find(({ id }) => id === 'add-server')?.accelerator).toBe('CommandOrControl+N');
  }
});

test('within one menu no two entries have the same mnemonic', () => {
  for (const menu of menuOf('win32')) {
    const labels = (menu.submenu as MenuItemConstructorOptions[]).map(({ label }) => label ?? '');
    const mnemonics = labels.flatMap((label) => /&(\w)/.exec(label)?.[1]?.toLowerCase() ?? []);
    expect(new Set(mnemonics).size).toBe(mnemonics.length);
  }
});

test('tools for developers are there in development only', () => {
  const has = (development: boolean) =>
    entries(menuOf('linux', development)).some(({ role }) => role === 'toggleDevTools' || role === 'reload');
  expect([has(false), has(true)]).toEqual([false, true]);
});

test('each entry does what it says', () => {
  const done: string[] = [];
  const menu = menuOf('linux', false, {
    addServer: () => done.push('add'),
    openPage: (page) => done.push(page),
    reconnect: () => done.push('reconnect'),
    openHomepage: () => done.push('homepage'),
  });
  for (const { click } of entries(menu)) (click as unknown as (() => void) | undefined)?.();
  expect(done.sort()).toEqual(['accounts', 'activity', 'add', 'homepage', 'reconnect', 'settings']);
});
