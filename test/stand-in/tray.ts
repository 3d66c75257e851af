import { EventEmitter } from 'node:events';
import type { Menu } from './menu.ts';

type Checked = Pick<
  Electron.Tray,
  | 'setImage'
  | 'setToolTip'
  | 'setTitle'
  | 'getTitle'
  | 'setIgnoreDoubleClickEvents'
  | 'destroy'
  | 'isDestroyed'
>;

/** An icon in a tray that nobody sees: tests emit `click` on it, or click in its menu. */
export class Tray extends EventEmitter implements Checked {
  #destroyed = false;
  #title = '';
  contextMenu: Menu | null = null;
  toolTip = '';

  constructor(_image: Electron.NativeImage | string) {
    super();
  }

  setImage(_image: Electron.NativeImage | string): void {}

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip;
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setContextMenu(menu: Menu | null): void {
    this.contextMenu = menu;
  }

  setIgnoreDoubleClickEvents(_ignore: boolean): void {}

  destroy(): void {
    this.#destroyed = true;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
