import { Menu, type NativeImage, nativeImage, Tray } from 'electron';
import type { Attention } from './attention.ts';
import { trayBitmap } from './tray-icon.ts';
import { type TrayActions, trayMenu } from './tray-menu.ts';
import type { ShellWords } from './words/words.ts';
import { trayToolTip } from './words.ts';

/** Edge of the picture, in device-independent pixels. */
const SIZE = 16;

/** The item in the tray or menu bar. */
export class TrayItem {
  readonly #tray: Tray;
  readonly #actions: TrayActions;
  readonly #icons: { readonly calm: NativeImage; readonly attention: NativeImage };
  #shown = '';

  /** @throws Error where the system has no place for it */
  constructor(platform: NodeJS.Platform, actions: TrayActions) {
    const template = platform === 'darwin';
    this.#icons = { calm: icon(template, false), attention: icon(template, true) };
    this.#tray = new Tray(this.#icons.calm);
    this.#actions = actions;
    // On macOS a click opens the menu; elsewhere the menu is at the other button.
    if (!template) this.#tray.on('click', actions.openWindow);
  }

  update(attention: Attention, words: ShellWords): void {
    const menu = trayMenu(attention, words, this.#actions);
    const toolTip = trayToolTip(attention, words);
    const shown = JSON.stringify([attention, toolTip, menu]);
    // A menu that is replaced while it is open closes.
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray.setImage(attention.needy.length > 0 ? this.#icons.attention : this.#icons.calm);
    this.#tray.setToolTip(toolTip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(menu));
  }
}

function icon(template: boolean, attention: boolean): NativeImage {
  const drawn = (size: number) => trayBitmap(size, { template, attention }).pixels;
  const image = nativeImage.createFromBitmap(drawn(SIZE), { width: SIZE, height: SIZE });
  for (const scaleFactor of [1.5, 2]) {
    const size = SIZE * scaleFactor;
    image.addRepresentation({ scaleFactor, width: size, height: size, buffer: drawn(size) });
  }
  image.setTemplateImage(template);
  return image;
}
