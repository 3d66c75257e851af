import { BrowserWindow } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';

const SIZE = { width: 1180, height: 780, minWidth: 480, minHeight: 480 };
const BACKGROUND = { light: '#ffffff', dark: '#141517' };

export interface MainWindowOptions {
  /** Absolute path of the preload script. */
  readonly preload: string;
  readonly dark: boolean;
  /** Developer tools, in development only. */
  readonly devTools: boolean;
}

/** The one window of the app. Made on demand, shown when it has something to show. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | null = null;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (!this.#window) this.#open();
    else this.#bringToFront(this.#window);
  }

  /** Sends an event to the page; without a page it is dropped, the next one starts from a snapshot. */
  send(channel: string, ...values: unknown[]): void {
    if (this.#window && !this.#window.isDestroyed()) this.#window.webContents.send(channel, ...values);
  }

  #open(): void {
    const { preload, dark, devTools } = this.#options;
    const window = new BrowserWindow({
      ...SIZE,
      show: false,
      title: appIdentity.productName,
      backgroundColor: dark ? BACKGROUND.dark : BACKGROUND.light,
      autoHideMenuBar: true,
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        devTools,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => {
      this.#window = null;
    });
    void window.loadURL(`${appIdentity.rendererOrigin}/index.html`);
  }

  #bringToFront(window: BrowserWindow): void {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
}
