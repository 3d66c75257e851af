import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import type { BrowserWindow } from './browser-window.ts';
import type { DevToolsSession, Protocol } from './devtools.ts';
import { eventWith, StandInEvent } from './event.ts';
import {
  bindingName,
  isolatedWorldName,
  isolatedWorldScript,
  mainWorldScript,
  receiverName,
} from './injected-scripts.ts';
import { IpcMain, ipcMain } from './ipc-main.ts';
import type { FromDocument, ToDocument } from './isolated-world.ts';
import { NativeImage } from './native-image.ts';
import { emulatedMedia } from './native-theme.ts';
import { RequestInterception } from './request-interception.ts';
import { chromium, electronVersion, runtime } from './runtime.ts';
import { fromChromium, toChromium } from './scheme-urls.ts';
import type { Session } from './session.ts';
import { structuredCloneWire } from './structured-clone-wire.ts';
import { createTarget } from './targets.ts';
import { WebFrameMain } from './web-frame-main.ts';
import { webContentsList } from './window-list.ts';

const wire = structuredCloneWire();

let lastId = 0;

interface Options {
  preferences: Electron.WebPreferences;
  session: Session;
  window: BrowserWindow;
}

interface Loading {
  url: string;
  resolve(): void;
  reject(error: Error): void;
}

function withoutFragment(url: string): string {
  return url.split('#')[0] ?? '';
}

type Checked = Pick<
  Electron.WebContents,
  | 'setWindowOpenHandler'
  | 'loadURL'
  | 'loadFile'
  | 'reload'
  | 'reloadIgnoringCache'
  | 'stop'
  | 'send'
  | 'getURL'
  | 'getTitle'
  | 'isLoading'
  | 'isLoadingMainFrame'
  | 'isDestroyed'
  | 'isCrashed'
  | 'isFocused'
  | 'focus'
  | 'getProcessId'
  | 'getUserAgent'
  | 'setUserAgent'
  | 'openDevTools'
  | 'closeDevTools'
  | 'isDevToolsOpened'
  | 'setVisualZoomLevelLimits'
  | 'setWebRTCIPHandlingPolicy'
  | 'setZoomFactor'
  | 'getZoomFactor'
  | 'setZoomLevel'
  | 'getZoomLevel'
  | 'setAudioMuted'
  | 'insertCSS'
  | 'capturePage'
  | 'close'
  | 'forcefullyCrashRenderer'
>;

/** One page: a target of Chromium, and what Electron says about it. */
export class WebContents extends EventEmitter implements Checked {
  readonly id = ++lastId;
  readonly session: Session;
  readonly ipc = new IpcMain();
  mainFrame: WebFrameMain;
  /**
   * Settled when the page exists and has all it needs before its first navigation. It is made for its first address, so
   * that nobody who looks on, as Playwright does, sees an empty page first.
   */
  readonly attached: Promise<{ targetId: string; devtools: DevToolsSession }>;
  #begin: (url: string) => void = () => {};
  #begun = false;
  #targetId: string | undefined;
  #window: BrowserWindow;
  #preferences: Electron.WebPreferences;
  #frames = new Map<string, WebFrameMain>();
  #contexts = new Map<string, { frameId: string; id: number }>();
  #requestedByPage = new Map<string, string>();
  #ownNavigations = new Set<string>();
  #statusCodes = new Map<string, number>();
  #loading: Loading | undefined;
  #isLoading = false;
  #destroyed = false;
  #crashed = false;
  #devToolsOpened = false;
  #title = '';
  #zoom = 1;
  #userAgent = '';
  #openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined;
  #loaderId = '';
  #paintedLoader = '';

  constructor({ preferences, session, window }: Options) {
    super();
    this.session = session;
    this.#preferences = preferences;
    this.#window = window;
    this.mainFrame = new WebFrameMain(this, { id: '', url: '', origin: '', name: '' }, null);
    webContentsList.set(this.id, this);
    this.attached = new Promise<string>((resolve) => {
      this.#begin = (url) => {
        this.#begun = true;
        resolve(url);
      };
    }).then((url) => this.#attach(url));
    // Whoever awaits it hears of the failure; an unheard one must not end the app.
    this.attached.catch(() => {});
    app.emit('web-contents-created', new StandInEvent(), this);
  }

  async #attach(url: string) {
    const { width, height } = this.#window.getBounds();
    const browserContextId = await this.session.browserContextId();
    const { targetId, session: devtools } = await createTarget(
      { width, height, browserContextId },
      { gone: () => this.#gone(), crashed: () => this.#renderProcessGone('crashed') },
    );
    this.#targetId = targetId;
    this.#listen(devtools);
    new RequestInterception(devtools, this, this.session);
    const handshake = randomUUID();
    const preload = this.#preferences.preload;
    let isolated = '';
    try {
      isolated = isolatedWorldScript(handshake, preload, this.#preloadProcess());
    } catch (error) {
      console.error(`Unable to load preload script: ${preload}`);
      this.emit('preload-error', new StandInEvent(), preload, error);
      isolated = isolatedWorldScript(handshake, undefined, this.#preloadProcess());
    }
    await Promise.all([
      devtools.send('Page.enable'),
      devtools.send('Runtime.enable'),
      devtools.send('Log.enable'),
      devtools.send('Page.setLifecycleEventsEnabled', { enabled: true }),
      devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      devtools.send('Runtime.addBinding', { name: bindingName, executionContextName: isolatedWorldName }),
      devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript(handshake) }),
      devtools.send('Page.addScriptToEvaluateOnNewDocument', {
        source: isolated,
        worldName: isolatedWorldName,
      }),
      devtools.send('Emulation.setEmulatedMedia', emulatedMedia()),
      devtools.send('Runtime.runIfWaitingForDebugger'),
      ...(this.#userAgentOverride()
        ? [devtools.send('Emulation.setUserAgentOverride', { userAgent: this.#userAgentOverride() })]
        : []),
    ]);
    // It takes the place of the address that never arrives. Any sooner, and Chromium's renderer now and then crashes.
    await this.#navigate(devtools, url);
    return { targetId, devtools };
  }

  #userAgentOverride(): string {
    return this.#userAgent || this.session.getUserAgent();
  }

  #preloadProcess(): Record<string, unknown> {
    const { platform, arch, version, versions } = process;
    return {
      type: 'renderer',
      sandboxed: true,
      contextIsolated: true,
      platform,
      arch,
      version,
      versions: { ...versions, electron: electronVersion, chrome: process.versions.chrome },
      execPath: runtime.execPath,
      resourcesPath: runtime.resourcesPath,
      argv: [runtime.execPath, '--type=renderer', ...(this.#preferences.additionalArguments ?? [])],
      env: {},
    };
  }

  /** Sends a command once the page is there; one to a page that has gone is dropped. */
  post<C extends keyof Protocol.CommandParameters & keyof Protocol.CommandReturnValues>(
    method: C,
    params?: Protocol.CommandParameters[C],
  ): void {
    this.attached.then(({ devtools }) => devtools.post(method, params)).catch(() => {});
  }

  #listen(devtools: DevToolsSession): void {
    devtools.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== bindingName) return;
      const context = [...this.#contexts.values()].find(({ id }) => id === executionContextId);
      const frame = context && this.#frames.get(context.frameId);
      if (frame) this.#receive(frame, wire.decode(payload) as FromDocument);
    });
    devtools.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== isolatedWorldName) return;
      const { frameId } = context.auxData as { frameId: string };
      this.#contexts.set(context.uniqueId, { frameId, id: context.id });
      const frame = this.#frames.get(frameId);
      if (frame) frame.isolatedContext = context.uniqueId;
    });
    devtools.on('Runtime.executionContextDestroyed', ({ executionContextUniqueId }) => {
      this.#contexts.delete(executionContextUniqueId);
    });
    devtools.on('Runtime.executionContextsCleared', () => this.#contexts.clear());
    devtools.on('Page.frameNavigated', ({ frame }) => this.#navigated(frame));
    devtools.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const frame = this.#frames.get(frameId);
      if (!frame) return;
      frame.url = fromChromium(url);
      const isMainFrame = frame === this.mainFrame;
      this.emit(
        'did-navigate-in-page',
        new StandInEvent(),
        frame.url,
        isMainFrame,
        frame.processId,
        frame.routingId,
      );
    });
    devtools.on('Page.frameDetached', ({ frameId, reason }) => {
      const frame = this.#frames.get(frameId);
      if (reason === 'swap' || !frame) return;
      frame.detached = true;
      this.#frames.delete(frameId);
    });
    devtools.on('Page.frameRequestedNavigation', (request) => this.#navigationRequested(request));
    devtools.on('Page.windowOpen', ({ url, windowName, windowFeatures }) => {
      // A link, since `window.open` is replaced. DevTools reports what a window has by default as features.
      const features = windowFeatures.includes('noopener') ? 'noopener' : '';
      const name = windowName === '_blank' ? '' : windowName;
      this.#openWindow(fromChromium(url), name, features, 'foreground-tab');
    });
    devtools.on('Page.frameStartedLoading', ({ frameId }) => {
      if (frameId !== this.#targetId || this.#isLoading) return;
      this.#isLoading = true;
      this.emit('did-start-loading');
    });
    devtools.on('Page.frameStoppedLoading', ({ frameId }) => {
      if (frameId !== this.#targetId) return;
      this.#isLoading = false;
      this.emit('did-stop-loading');
    });
    devtools.on('Page.domContentEventFired', () => this.emit('dom-ready', new StandInEvent()));
    devtools.on('Page.loadEventFired', () => this.#loaded());
    devtools.on('Page.lifecycleEvent', ({ frameId, loaderId, name }) => {
      if (frameId !== this.#targetId || !this.#begun || loaderId !== this.#loaderId) return;
      // A page that paints nothing has no first paint; loading it is then all there is to wait for.
      if ((name === 'firstPaint' || name === 'load') && this.#paintedLoader !== loaderId) {
        this.#paintedLoader = loaderId;
        this.emit('painted');
      }
    });
    devtools.on('Page.javascriptDialogOpening', () =>
      devtools.post('Page.handleJavaScriptDialog', { accept: true }),
    );
    devtools.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
      const message = args.map(({ value, description }) => description ?? String(value)).join(' ');
      const [place] = stackTrace?.callFrames ?? [];
      const level =
        { error: 'error', assert: 'error', warning: 'warning', debug: 'debug' }[type as string] ?? 'info';
      this.#consoleMessage(level, message, (place?.lineNumber ?? -1) + 1, place?.url ?? '');
    });
    devtools.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text, lineNumber, url } }) => {
      this.#consoleMessage(
        'error',
        `${text} ${exception?.description ?? ''}`.trim(),
        lineNumber + 1,
        url ?? '',
      );
    });
    devtools.on('Log.entryAdded', ({ entry: { level, text, lineNumber, url } }) => {
      this.#consoleMessage(level === 'verbose' ? 'debug' : level, text, lineNumber ?? 0, url ?? '');
    });
  }

  #consoleMessage(level: string, message: string, lineNumber: number, source: string): void {
    const details = { level, message, lineNumber, sourceId: fromChromium(source), frame: this.mainFrame };
    const levels = ['debug', 'info', 'warning', 'error'];
    this.emit(
      'console-message',
      eventWith(details),
      levels.indexOf(level),
      message,
      lineNumber,
      details.sourceId,
    );
  }

  #navigated(frame: Protocol.Page.Frame): void {
    const { id, url, urlFragment = '', securityOrigin, name = '', parentId } = frame;
    const parent = parentId === undefined ? null : (this.#frames.get(parentId) ?? null);
    const before = this.#frames.get(id);
    if (before) before.detached = true;
    const now = new WebFrameMain(this, { id, url: url + urlFragment, origin: securityOrigin, name }, parent);
    const context = [...this.#contexts].find(([, { frameId }]) => frameId === id);
    if (context) now.isolatedContext = context[0];
    this.#frames.set(id, now);
    if (parentId === undefined) {
      for (const [other, old] of this.#frames) {
        if (other === id) continue;
        old.detached = true;
        this.#frames.delete(other);
      }
      this.mainFrame.detached = true;
      this.mainFrame = now;
      this.#loaderId = frame.loaderId;
      this.session.origins.add(securityOrigin);
      const code = this.#statusCodes.get(withoutFragment(url)) ?? -1;
      this.#statusCodes.clear();
      if (url !== 'about:blank' || before) this.emit('did-navigate', new StandInEvent(), now.url, code, '');
    }
    const code = this.#statusCodes.get(withoutFragment(url)) ?? -1;
    this.emit(
      'did-frame-navigate',
      new StandInEvent(),
      now.url,
      code,
      '',
      parentId === undefined,
      now.processId,
      now.routingId,
    );
  }

  frame(frameId: string): WebFrameMain | null {
    return this.#frames.get(frameId) ?? null;
  }

  framesOf(parent: WebFrameMain): WebFrameMain[] {
    return [...this.#frames.values()].filter((frame) => frame.parent === parent);
  }

  #navigationRequested({ frameId, url, disposition }: Protocol.Page.frameRequestedNavigationPayload): void {
    if (disposition === 'newTab' || disposition === 'newWindow') {
      this.#openWindow(
        fromChromium(url),
        '',
        '',
        disposition === 'newWindow' ? 'new-window' : 'foreground-tab',
      );
      return;
    }
    this.#requestedByPage.set(frameId, url);
  }

  #emitWillNavigate(frameId: string, chromiumUrl: string): boolean {
    const frame = this.#frames.get(frameId) ?? null;
    const isMainFrame = frameId === this.#targetId;
    const url = fromChromium(chromiumUrl);
    const details = { url, isSameDocument: false, isMainFrame, frame, initiator: frame };
    const inAnyFrame = eventWith(details);
    this.emit('will-frame-navigate', inAnyFrame, url, false, isMainFrame, frame?.processId, frame?.routingId);
    if (!isMainFrame) return !inAnyFrame.defaultPrevented;
    const inMainFrame = eventWith(details);
    this.emit('will-navigate', inMainFrame, url, false, true, frame?.processId, frame?.routingId);
    return !inAnyFrame.defaultPrevented && !inMainFrame.defaultPrevented;
  }

  /** Asked for every document request: whether the app lets it happen, and Chromium's permissions brought up to date. */
  async mayNavigate({
    frameId,
    request,
    redirectedRequestId,
  }: Protocol.Fetch.requestPausedPayload): Promise<boolean> {
    const { url } = request;
    const isMainFrame = frameId === this.#targetId;
    const frame = this.#frames.get(frameId) ?? null;
    if (redirectedRequestId) {
      const details = { url: fromChromium(url), isSameDocument: false, isMainFrame, frame, initiator: frame };
      const event = eventWith(details);
      this.emit('will-redirect', event, details.url, false, isMainFrame, frame?.processId, frame?.routingId);
      if (event.defaultPrevented) return false;
    } else {
      const requested = this.#requestedByPage.get(frameId);
      this.#requestedByPage.delete(frameId);
      const own = isMainFrame && this.#ownNavigations.delete(withoutFragment(url));
      const byPage = requested !== undefined && withoutFragment(requested) === withoutFragment(url);
      if (!own && (byPage || !isMainFrame) && !this.#emitWillNavigate(frameId, url)) return false;
    }
    if (isMainFrame) {
      const { origin } = new URL(url);
      const context = await this.session.browserContextId();
      const seen = fromChromium(`${origin}/`).replace(/\/$/, '');
      if (origin !== 'null') {
        await this.session.permissions.tellChromium(chromium().devtools.root, context, this, {
          seen,
          chromium: origin,
        });
      }
    }
    return true;
  }

  /** Remembered for `did-navigate`, which reports the response's status. */
  noteStatus(url: string, code: number): void {
    this.#statusCodes.set(withoutFragment(url), code);
  }

  #receive(frame: WebFrameMain, message: FromDocument): void {
    switch (message.type) {
      case 'send':
        ipcMain.receive(this, frame, message.channel, message.args);
        break;
      case 'invoke': {
        const { id } = message;
        void ipcMain.receiveInvoke(this, frame, message, {
          result: (result) => this.deliver(frame, { type: 'reply', id, result }),
          failure: (text) => this.deliver(frame, { type: 'failure', id, message: text }),
        });
        break;
      }
      case 'leave':
        this.#emitWillNavigate(frame.frameToken, message.url);
        break;
      case 'ask-permission':
        void this.#askPermission(frame, message.id, message.permission, message.mediaTypes);
        break;
      case 'open-window':
        this.#openWindow(
          fromChromium(message.url),
          message.frameName,
          message.features,
          message.features ? 'new-window' : 'foreground-tab',
        );
        break;
      case 'preload-failed':
        this.emit(
          'preload-error',
          new StandInEvent(),
          this.#preferences.preload,
          Object.assign(new Error(message.message), { stack: message.stack }),
        );
        break;
    }
  }

  async #askPermission(
    frame: WebFrameMain,
    id: number,
    permission: string,
    mediaTypes: string[],
  ): Promise<void> {
    const page = {
      seenUrl: frame.url,
      chromiumOrigin: toChromium(`${frame.origin}/`).replace(/\/$/, ''),
      isMainFrame: frame.parent === null,
    };
    const context = await this.session.browserContextId();
    const { root } = chromium().devtools;
    const result = await this.session.permissions.ask(root, context, this, permission, mediaTypes, page);
    this.deliver(frame, { type: 'reply', id, result });
  }

  /**
   * Sends to a document; one that has gone, or has no preload yet, hears nothing, as in Electron.
   *
   * @throws when the message cannot be cloned
   */
  deliver(frame: WebFrameMain, message: ToDocument): void {
    const text = JSON.stringify(wire.encode(message));
    if (frame.detached || !frame.isolatedContext) return;
    this.post('Runtime.evaluate', {
      expression: `${receiverName}(${text})`,
      uniqueContextId: frame.isolatedContext,
    });
  }

  #openWindow(url: string, frameName: string, features: string, disposition: string): void {
    const details = {
      url,
      frameName,
      features,
      disposition,
      referrer: { url: this.getURL(), policy: 'strict-origin-when-cross-origin' },
    };
    const answer = this.#openHandler?.(details as Electron.HandlerDetails) ?? { action: 'allow' as const };
    if (answer.action === 'deny') return;
    const options =
      'overrideBrowserWindowOptions' in answer ? answer.overrideBrowserWindowOptions : undefined;
    const child = this.#window.open(options ?? {});
    this.emit('did-create-window', child, { ...details, options: options ?? {} });
    void child.loadURL(url).catch(() => {});
  }

  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.#openHandler = handler;
  }

  async #navigate(devtools: DevToolsSession, url: string): Promise<void> {
    const { errorText, loaderId } = await devtools.send('Page.navigate', { url });
    if (errorText) this.#failed(fromChromium(url), errorText);
    // No new document: only the fragment has changed.
    else if (!loaderId) this.#loaded();
  }

  async loadURL(url: string): Promise<void> {
    this.#loading?.reject(new Error(`ERR_ABORTED (-3) loading '${this.#loading.url}'`));
    const loaded = new Promise<void>((resolve, reject) => {
      this.#loading = { url, resolve, reject };
    });
    // A caller may well not look at the outcome.
    loaded.catch(() => {});
    try {
      const target = toChromium(url);
      this.#ownNavigations.add(withoutFragment(new URL(target).href));
      if (!this.#begun) {
        this.#begin(target);
        await this.attached;
        return await loaded;
      }
      const { devtools } = await this.attached;
      await this.#navigate(devtools, target);
    } catch (error) {
      this.#loading?.reject(error as Error);
    }
    await loaded;
  }

  #loaded(): void {
    if (this.mainFrame.url === 'about:blank' && this.#loading && this.#loading.url !== 'about:blank') return;
    this.#isLoading = false;
    const loading = this.#loading;
    this.#loading = undefined;
    this.emit('did-finish-load', new StandInEvent());
    loading?.resolve();
  }

  #failed(url: string, errorText: string): void {
    const name = errorText.replace('net::', '');
    const codes: Record<string, number> = {
      ERR_ABORTED: -3,
      ERR_FAILED: -2,
      ERR_NAME_NOT_RESOLVED: -105,
      ERR_CONNECTION_REFUSED: -102,
      ERR_BLOCKED_BY_CLIENT: -20,
      ERR_FILE_NOT_FOUND: -6,
    };
    const code = codes[name] ?? -2;
    const loading = this.#loading;
    this.#loading = undefined;
    if (code !== -3) this.emit('did-fail-load', new StandInEvent(), code, name, url, true);
    const error = Object.assign(new Error(`${name} (${code}) loading '${url}'`), {
      code: name,
      errno: code,
      url,
    });
    loading?.reject(error);
  }

  loadFile(path: string): Promise<void> {
    return this.loadURL(new URL(`file://${path.startsWith('/') ? path : `${runtime.appPath}/${path}`}`).href);
  }

  reload(): void {
    this.#ownNavigations.add(withoutFragment(toChromium(this.getURL())));
    this.post('Page.reload');
  }

  reloadIgnoringCache(): void {
    this.#ownNavigations.add(withoutFragment(toChromium(this.getURL())));
    this.post('Page.reload', { ignoreCache: true });
  }

  stop(): void {
    this.post('Page.stopLoading');
  }

  send(channel: string, ...args: unknown[]): void {
    this.mainFrame.send(channel, ...args);
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  getTitle(): string {
    return this.#title;
  }

  isLoading(): boolean {
    return this.#isLoading;
  }

  isLoadingMainFrame(): boolean {
    return this.#isLoading;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  isFocused(): boolean {
    return this.#window.isFocused();
  }

  focus(): void {
    this.#window.focus();
  }

  getOwnerBrowserWindow(): BrowserWindow {
    return this.#window;
  }

  getType(): 'window' {
    return 'window';
  }

  getProcessId(): number {
    return this.mainFrame.processId;
  }

  getUserAgent(): string {
    return this.#userAgentOverride();
  }

  setUserAgent(userAgent: string): void {
    this.#userAgent = userAgent;
    this.post('Emulation.setUserAgentOverride', { userAgent });
  }

  /** There is no front end to show; Playwright or a DevTools client can connect with --remote-debugging-port. */
  openDevTools(): void {
    if (this.#preferences.devTools === false || this.#devToolsOpened) return;
    this.#devToolsOpened = true;
    this.emit('devtools-opened');
  }

  closeDevTools(): void {
    if (!this.#devToolsOpened) return;
    this.#devToolsOpened = false;
    this.emit('devtools-closed');
  }

  isDevToolsOpened(): boolean {
    return this.#devToolsOpened;
  }

  async setVisualZoomLevelLimits(_minimum: number, _maximum: number): Promise<void> {
    // Nobody pinches here.
  }

  setWebRTCIPHandlingPolicy(_policy: string): void {
    // Chromium takes it at its start only: `--webrtc-ip-handling-policy`.
  }

  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0");
    this.#zoom = factor;
    this.#window.applySize();
  }

  getZoomFactor(): number {
    return this.#zoom;
  }

  setZoomLevel(level: number): void {
    this.setZoomFactor(1.2 ** level);
  }

  getZoomLevel(): number {
    return Math.log(this.#zoom) / Math.log(1.2);
  }

  setAudioMuted(_muted: boolean): void {}

  async insertCSS(css: string): Promise<string> {
    const key = randomUUID();
    await this.executeJavaScript(
      `{ const style = document.createElement('style'); style.dataset.key = '${key}'; style.textContent = ${JSON.stringify(css)}; document.head.append(style); }`,
    );
    return key;
  }

  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    if (!this.#begun) this.#begin('about:blank');
    const { devtools } = await this.attached;
    const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture,
    });
    if (exceptionDetails) {
      throw new Error(
        exceptionDetails.exception?.description?.split('\n')[0]?.replace(/^\w*Error: /, '') ??
          exceptionDetails.text,
      );
    }
    return result.value;
  }

  async capturePage(rect?: Electron.Rectangle): Promise<Electron.NativeImage> {
    if (!this.#begun) this.#begin('about:blank');
    const { devtools } = await this.attached;
    const { data } = await devtools.send('Page.captureScreenshot', {
      format: 'png',
      ...(rect ? { clip: { ...rect, scale: 1 } } : {}),
    });
    return new NativeImage(Buffer.from(data, 'base64')) as unknown as Electron.NativeImage;
  }

  async clearOrigin(origin: string): Promise<void> {
    const { devtools } = await this.attached;
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  }

  /** Whether there is a page, or will be. */
  get begun(): boolean {
    return this.#begun;
  }

  /** DevTools' ID of this page, by which Playwright finds it. */
  get devToolsTargetId(): string | undefined {
    return this.#targetId;
  }

  close(_options?: { waitForBeforeUnload?: boolean }): void {
    this.#window.close();
  }

  forcefullyCrashRenderer(): void {
    this.post('Page.crash');
  }

  #renderProcessGone(reason: 'crashed' | 'killed'): void {
    if (this.#destroyed || this.#crashed) return;
    this.#crashed = true;
    const details = { reason, exitCode: reason === 'crashed' ? 139 : 9 };
    this.#loading?.reject(new Error(`ERR_FAILED (-2) loading '${this.#loading.url}'`));
    this.#loading = undefined;
    this.emit('render-process-gone', new StandInEvent(), details);
    app.emit('render-process-gone', new StandInEvent(), this, details);
  }

  #gone(): void {
    this.#window.targetGone();
  }

  /** Called by the window when it closes for good. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const frame of this.#frames.values()) frame.detached = true;
    this.mainFrame.detached = true;
    webContentsList.delete(this.id);
    this.#loading?.reject(new Error(`ERR_ABORTED (-3) loading '${this.#loading.url}'`));
    this.emit('destroyed');
  }

  static fromId(id: number): WebContents | undefined {
    return webContentsList.get(id);
  }

  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return [...webContentsList.values()].find((contents) => contents.devToolsTargetId === targetId);
  }

  static fromFrame(frame: WebFrameMain): WebContents | undefined {
    return [...webContentsList.values()].find((contents) => contents.frame(frame.frameToken) === frame);
  }

  static getAllWebContents(): WebContents[] {
    return [...webContentsList.values()];
  }

  static getFocusedWebContents(): WebContents | null {
    return [...webContentsList.values()].find((contents) => contents.isFocused()) ?? null;
  }
}
