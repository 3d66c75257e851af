import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { appMenu, type MenuActions } from '../../../src/main/shell/app-menu.ts';
import { shellWords } from '../../../src/main/shell/spoken-language.ts';
import { languages } from '../../../src/shared/languages.ts';

const nothing = () => undefined;
const actions: MenuActions = {
  addServer: nothing,
  openDialog: nothing,
  openPage: nothing,
  reconnect: nothing,
  openHomepage: nothing,
};
const menuOf = (platform: NodeJS.Platform, development = false, given = actions, { menu } = shellWords.en) =>
  appMenu({ platform, development, words: menu, actions: given });

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

describe.each(languages)('in %s', (language) => {
  const words = shellWords[language];

  test('no two entries beside each other have the same mnemonic', () => {
    for (const platform of ['win32', 'linux'] as const) {
      const menu = menuOf(platform, false, actions, words);
      for (const level of [menu, ...menu.map(({ submenu }) => submenu as MenuItemConstructorOptions[])]) {
        const mnemonics = level.flatMap(({ label }) => /&(.)/.exec(label ?? '')?.[1]?.toLowerCase() ?? []);
        expect(mnemonics.length).toBeGreaterThan(0);
        expect(new Set(mnemonics).size).toBe(mnemonics.length);
      }
    }
  });

  test('on macOS no entry has a mnemonic', () => {
    for (const { label } of entries(menuOf('darwin', false, actions, words)))
      expect(label ?? '').not.toMatch(/&/);
  });

  test('every entry has a label of its own: Electron names its roles in English only', () => {
    for (const platform of ['darwin', 'win32', 'linux'] as const) {
      const all = entries(menuOf(platform, false, actions, words)).filter(({ type }) => type !== 'separator');
      for (const { label } of all) expect(label).toMatch(/\p{L}/u);
    }
  });
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
    openDialog: (dialog) => done.push(dialog),
    openPage: (page) => done.push(page),
    reconnect: () => done.push('reconnect'),
    openHomepage: () => done.push('homepage'),
  });
  for (const { click } of entries(menu)) (click as unknown as (() => void) | undefined)?.();
  expect(done.sort()).toEqual([
    'accounts',
    'activity',
    'add',
    'homepage',
    'import',
    'palette',
    'reconnect',
    'settings',
  ]);
});
