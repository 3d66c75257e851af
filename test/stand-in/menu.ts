import { EventEmitter } from 'node:events';

type Template = Electron.MenuItemConstructorOptions;

let lastCommandId = 0;

/** An entry of a menu; `click()` does what a person's click does. */
export class MenuItem {
  readonly id: string;
  readonly commandId = ++lastCommandId;
  readonly type: NonNullable<Template['type']>;
  readonly role: Template['role'];
  readonly submenu: Menu | undefined;
  readonly accelerator: Template['accelerator'];
  label: string;
  sublabel: string;
  toolTip: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  menu: Menu | undefined;
  #click: Template['click'];

  constructor(options: Template) {
    this.id = options.id ?? '';
    this.role = options.role;
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.submenu = Array.isArray(options.submenu)
      ? Menu.buildFromTemplate(options.submenu)
      : (options.submenu as unknown as Menu | undefined);
    this.accelerator = options.accelerator;
    this.label = options.label ?? options.role ?? '';
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.#click = options.click;
  }

  click(event?: unknown, window?: unknown, _contents?: unknown): void {
    if (this.type === 'checkbox') this.checked = !this.checked;
    if (this.type === 'radio') {
      for (const item of this.menu?.items ?? []) if (item.type === 'radio') item.checked = item === this;
    }
    this.#click?.(
      this as unknown as Electron.MenuItem,
      window as Electron.BaseWindow | undefined,
      (event ?? {}) as Electron.KeyboardEvent,
    );
  }
}

let applicationMenu: Menu | null = null;

/** A menu that nobody sees: its entries can be looked up and clicked. */
export class Menu extends EventEmitter {
  items: MenuItem[] = [];

  static buildFromTemplate(template: (Template | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }

  append(item: MenuItem): void {
    this.insert(this.items.length, item);
  }

  insert(position: number, item: MenuItem): void {
    item.menu = this;
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  popup(options: Electron.PopupOptions = {}): void {
    this.emit('menu-will-show');
    // Nobody chooses: it closes again without a click.
    setImmediate(() => {
      this.emit('menu-will-close');
      options.callback?.();
    });
  }

  closePopup(): void {}
}
