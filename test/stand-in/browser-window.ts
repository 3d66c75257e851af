import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { StandInEvent } from './event.ts';
import { chromium } from './runtime.ts';
import { workArea } from './screen.ts';
import { type Session, session } from './session.ts';
import { WebContents } from './web-contents.ts';
import { focusedWindow, moveFocus, windowList } from './window-list.ts';

type Options = Electron.BrowserWindowConstructorOptions;

let lastId = 0;

type Checked = Pick<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'loadFile'
  | 'reload'
  | 'show'
  | 'showInactive'
  | 'hide'
  | 'isVisible'
  | 'focus'
  | 'blur'
  | 'isFocused'
  | 'minimize'
  | 'isMinimized'
  | 'restore'
  | 'maximize'
  | 'unmaximize'
  | 'isMaximized'
  | 'setFullScreen'
  | 'isFullScreen'
  | 'isNormal'
  | 'setBounds'
  | 'getBounds'
  | 'getNormalBounds'
  | 'getContentBounds'
  | 'setSize'
  | 'getSize'
  | 'setContentSize'
  | 'getContentSize'
  | 'setMinimumSize'
  | 'getMinimumSize'
  | 'setPosition'
  | 'getPosition'
  | 'center'
  | 'setTitle'
  | 'getTitle'
  | 'setBackgroundColor'
  | 'getBackgroundColor'
  | 'setMenuBarVisibility'
  | 'isMenuBarVisible'
  | 'setAutoHideMenuBar'
  | 'removeMenu'
  | 'setAlwaysOnTop'
  | 'isAlwaysOnTop'
  | 'flashFrame'
  | 'setProgressBar'
  | 'setOverlayIcon'
  | 'setIcon'
  | 'setSkipTaskbar'
  | 'capturePage'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
>;

/** A window: state kept here, size and visibility carried out by Chromium's. */
export class BrowserWindow extends EventEmitter implements Checked {
  readonly id = ++lastId;
  readonly webContents: WebContents;
  #bounds: Electron.Rectangle;
  #normalBounds: Electron.Rectangle;
  #minimum: [number, number];
  #title: string;
  #visible = false;
  #minimized = false;
  #maximized = false;
  #fullScreen = false;
  #destroyed = false;
  #backgroundColor: string;
  #menuBarVisible: boolean;
  #alwaysOnTop: boolean;

  constructor(options: Options = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const preferences = options.webPreferences ?? {};
    for (const [preference, only] of [
      ['contextIsolation', true],
      ['nodeIntegration', false],
      ['sandbox', true],
      ['nodeIntegrationInSubFrames', false],
      ['webviewTag', false],
    ] as const) {
      if ((preferences[preference] ?? only) !== only) {
        throw new Error(`The stand-in does not do webPreferences.${preference}: ${!only}`);
      }
    }
    const { width = 800, height = 600, minWidth = 0, minHeight = 0 } = options;
    this.#minimum = [minWidth, minHeight];
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: Math.max(width, minWidth),
      height: Math.max(height, minHeight),
    };
    this.#normalBounds = this.#bounds;
    this.#title = options.title ?? app.name;
    this.#backgroundColor = options.backgroundColor ?? '#FFFFFF';
    this.#menuBarVisible = !options.autoHideMenuBar;
    this.#alwaysOnTop = options.alwaysOnTop ?? false;
    windowList.add(this);
    const inSession =
      (preferences.session as unknown as Session | undefined) ??
      session.fromPartition(preferences.partition ?? '');
    this.webContents = new WebContents({ preferences, session: inSession, window: this });
    this.webContents.once('painted', () => this.emit('ready-to-show'));
    this.applySize();
    this.setBackgroundColor(this.#backgroundColor);
    app.emit('browser-window-created', new StandInEvent(), this);
    if (options.show ?? true) this.show();
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windowList].filter((window) => !window.isDestroyed());
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focusedWindow();
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windowList].find((window) => window.webContents === contents) ?? null;
  }

  static fromId(id: number): BrowserWindow | null {
    return [...windowList].find((window) => window.id === id) ?? null;
  }

  /** For `window.open` that the app allows: a window like this one. */
  open(options: Options): BrowserWindow {
    return new BrowserWindow(options);
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  loadFile(path: string): Promise<void> {
    return this.webContents.loadFile(path);
  }

  reload(): void {
    this.webContents.reload();
  }

  async #withChromiumWindow(
    change: (root: ReturnType<typeof chromium>['devtools']['root'], windowId: number) => Promise<unknown>,
  ): Promise<void> {
    try {
      const { targetId } = await this.webContents.attached;
      const { root } = chromium().devtools;
      const { windowId } = await root.send('Browser.getWindowForTarget', { targetId });
      await change(root, windowId);
    } catch {
      // The window has closed meanwhile.
    }
  }

  /** Makes the page as large as the window: what Chromium draws around it does not count. */
  applySize(): void {
    const { width, height } = this.#bounds;
    void this.#withChromiumWindow((root, windowId) =>
      root.send('Browser.setContentsSize', { windowId, width, height }),
    );
    const zoom = this.webContents.getZoomFactor();
    if (zoom === 1) this.webContents.post('Emulation.clearDeviceMetricsOverride');
    else {
      this.webContents.post('Emulation.setDeviceMetricsOverride', {
        width: Math.round(width / zoom),
        height: Math.round(height / zoom),
        deviceScaleFactor: zoom,
        mobile: false,
      });
    }
  }

  #applyState(): void {
    const windowState = this.#minimized || !this.#visible ? 'minimized' : 'normal';
    void this.#withChromiumWindow((root, windowId) =>
      root.send('Browser.setWindowBounds', { windowId, bounds: { windowState } }),
    );
  }

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    if (this.#destroyed || this.#visible) return;
    this.#visible = true;
    if (this.#wasHidden) this.#applyState();
    this.emit('show');
  }

  #wasHidden = false;

  hide(): void {
    if (this.#destroyed || !this.#visible) return;
    this.#visible = false;
    this.#wasHidden = true;
    this.#applyState();
    if (focusedWindow() === this) moveFocus(null);
    this.emit('hide');
  }

  isVisible(): boolean {
    return this.#visible && !this.#destroyed && !this.#minimized;
  }

  focus(): void {
    if (this.#destroyed || !this.#visible) return;
    moveFocus(this);
    this.webContents.post('Page.bringToFront');
  }

  blur(): void {
    if (focusedWindow() === this) moveFocus(null);
  }

  isFocused(): boolean {
    return focusedWindow() === this;
  }

  minimize(): void {
    if (this.#minimized) return;
    this.#minimized = true;
    this.#applyState();
    if (focusedWindow() === this) moveFocus(null);
    this.emit('minimize');
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  restore(): void {
    if (!this.#minimized) return;
    this.#minimized = false;
    this.#applyState();
    this.emit('restore');
    this.focus();
  }

  maximize(): void {
    if (this.#maximized) return;
    this.#maximized = true;
    this.#normalBounds = this.#bounds;
    this.#setBounds(workArea);
    this.emit('maximize');
    this.show();
  }

  unmaximize(): void {
    if (!this.#maximized) return;
    this.#maximized = false;
    this.#setBounds(this.#normalBounds);
    this.emit('unmaximize');
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  setFullScreen(flag: boolean): void {
    this.#fullScreen = flag;
    this.emit(flag ? 'enter-full-screen' : 'leave-full-screen');
  }

  isFullScreen(): boolean {
    return this.#fullScreen;
  }

  isNormal(): boolean {
    return !this.#minimized && !this.#maximized && !this.#fullScreen;
  }

  #setBounds(wanted: Partial<Electron.Rectangle>): void {
    const before = this.#bounds;
    const bounds = { ...before, ...wanted };
    bounds.width = Math.max(bounds.width, this.#minimum[0]);
    bounds.height = Math.max(bounds.height, this.#minimum[1]);
    this.#bounds = bounds;
    if (!this.#maximized) this.#normalBounds = bounds;
    if (bounds.width !== before.width || bounds.height !== before.height) {
      this.applySize();
      this.emit('resize');
      this.emit('resized');
    }
    if (bounds.x !== before.x || bounds.y !== before.y) {
      this.emit('move');
      this.emit('moved');
    }
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#setBounds(bounds);
  }

  getBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }

  getNormalBounds(): Electron.Rectangle {
    return { ...this.#normalBounds };
  }

  getContentBounds(): Electron.Rectangle {
    return this.getBounds();
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getSize(): number[] {
    return [this.#bounds.width, this.#bounds.height];
  }

  setContentSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getContentSize(): number[] {
    return this.getSize();
  }

  setMinimumSize(width: number, height: number): void {
    this.#minimum = [width, height];
  }

  getMinimumSize(): number[] {
    return [...this.#minimum];
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }

  getPosition(): number[] {
    return [this.#bounds.x, this.#bounds.y];
  }

  center(): void {
    const { width, height } = this.#bounds;
    this.setBounds({
      x: Math.round((workArea.width - width) / 2),
      y: Math.round((workArea.height - height) / 2),
    });
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setBackgroundColor(color: string): void {
    this.#backgroundColor = color;
    const [, r, g, b] = /^#(..)(..)(..)$/.exec(color) ?? [];
    if (!r || !g || !b) return;
    const [red = 0, green = 0, blue = 0] = [r, g, b].map((part) => Number.parseInt(part, 16));
    this.webContents.post('Emulation.setDefaultBackgroundColorOverride', {
      color: { r: red, g: green, b: blue },
    });
  }

  getBackgroundColor(): string {
    return this.#backgroundColor;
  }

  setMenuBarVisibility(visible: boolean): void {
    this.#menuBarVisible = visible;
  }

  isMenuBarVisible(): boolean {
    return this.#menuBarVisible;
  }

  setAutoHideMenuBar(hide: boolean): void {
    this.#menuBarVisible = !hide;
  }

  removeMenu(): void {
    this.#menuBarVisible = false;
  }

  setMenu(_menu: Electron.Menu | null): void {}

  setAlwaysOnTop(flag: boolean): void {
    this.#alwaysOnTop = flag;
  }

  isAlwaysOnTop(): boolean {
    return this.#alwaysOnTop;
  }

  flashFrame(_flag: boolean): void {
    // No window manager to draw attention with; likewise the three below.
  }

  setProgressBar(_progress: number): void {}

  setOverlayIcon(_overlay: Electron.NativeImage | null, _description: string): void {}

  setIcon(_icon: Electron.NativeImage | string): void {}

  setSkipTaskbar(_skip: boolean): void {}

  capturePage(rect?: Electron.Rectangle): Promise<Electron.NativeImage> {
    return this.webContents.capturePage(rect);
  }

  close(): void {
    if (this.#destroyed) return;
    const event = new StandInEvent();
    this.emit('close', event);
    if (event.defaultPrevented) app.cancelQuit();
    else this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (focusedWindow() === this) moveFocus(null);
    void this.#closeTarget();
  }

  async #closeTarget(): Promise<void> {
    try {
      if (!this.webContents.begun) return;
      const { targetId } = await this.webContents.attached;
      await chromium().devtools.root.send('Target.closeTarget', { targetId });
    } catch {
      // It has gone by itself.
    } finally {
      this.#closed();
    }
  }

  /** Chromium has closed the page: `window.close()`, or somebody over DevTools. */
  targetGone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if (focusedWindow() === this) moveFocus(null);
    this.#closed();
  }

  #closed(): void {
    if (!windowList.delete(this)) return;
    this.webContents.destroy();
    this.emit('closed');
    if (windowList.size === 0) app.allWindowsClosed();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}
