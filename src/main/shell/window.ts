import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import { pagePreferences } from './security.ts';
import { placeWindow, SMALLEST, type WindowPlace } from './window-place.ts';

const BACKGROUND = { light: '#ffffff', dark: '#141517' };

export interface MainWindowOptions {
  /** Absolute path of the preload script. */
  readonly preload: string;
  /** Developer tools, in development only. */
  readonly devTools: boolean;
  /** Where the window was last; null at the first start. */
  readonly place: WindowPlace | null;
  /** Called when the page stops listening: the window closed, or the page loads anew. */
  readonly pageGone: () => void;
  /** Called with the window's place when it may have changed. */
  readonly placed: (place: WindowPlace) => void;
  /** Called when the person closes the window; `ask` leaves it open, whoever asked goes on from there. */
  readonly closing: () => 'close' | 'hide' | 'ask';
}

/** The one window of the app. Made on demand, shown when it has something to show. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #place: WindowPlace | null;
  #window: BrowserWindow | null = null;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    this.#place = options.place;
    nativeTheme.on('updated', () => this.#window?.setBackgroundColor(background()));
  }

  /** The window itself, while there is one; for dialogs that belong to it. */
  get window(): BrowserWindow | null {
    return this.#window;
  }

  /** Opens the window, or brings it to the front. */
  readonly show = (): void => {
    if (!this.#window) this.#open();
    else this.#bringToFront(this.#window);
  };

  /** Takes the window from the screen; its page goes on. */
  hide(): void {
    this.#window?.hide();
  }

  /** Whether the person is looking at it. */
  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Sends an event to the page; without a page it is dropped, the next one starts from a snapshot. */
  send(channel: string, ...values: unknown[]): void {
    if (this.#window && !this.#window.isDestroyed()) this.#window.webContents.send(channel, ...values);
  }

  #open(): void {
    const { preload, devTools, pageGone, closing } = this.#options;
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    const { bounds, maximized } = placeWindow(
      this.#place,
      [primary, ...others].map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow({
      ...bounds,
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: appIdentity.productName,
      backgroundColor: background(),
      autoHideMenuBar: true,
      webPreferences: pagePreferences({ preload, devTools }),
    });
    this.#window = window;
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
    const placed = () => this.#placed(window);
    window.on('resize', placed);
    window.on('move', placed);
    window.on('maximize', placed);
    window.on('unmaximize', placed);
    window.on('close', (event) => {
      const decision = closing();
      if (decision !== 'close') event.preventDefault();
      if (decision === 'hide') window.hide();
    });
    window.on('closed', () => {
      this.#window = null;
      pageGone();
    });
    window.webContents.on('did-navigate', pageGone);
    void window.loadURL(`${appIdentity.rendererOrigin}/index.html`);
  }

  #placed(window: BrowserWindow): void {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    this.#place = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    this.#options.placed(this.#place);
  }

  #bringToFront(window: BrowserWindow): void {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
}

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}
