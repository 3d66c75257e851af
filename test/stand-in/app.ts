import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { getPath, setPath } from './app-paths.ts';
import { commandLine } from './command-line.ts';
import {
  getApplicationNameForProtocol,
  isDefaultProtocolClient,
  removeAsDefaultProtocolClient,
  setAsDefaultProtocolClient,
} from './default-protocol-client.ts';
import { StandInEvent } from './event.ts';
import { runtime } from './runtime.ts';
import { type SecondInstance, SingleInstance } from './single-instance.ts';
import { focusedWindow, moveFocus, windowList } from './window-list.ts';

class App extends EventEmitter {
  readonly commandLine = commandLine;
  #ready = false;
  #resolveReady: () => void = () => {};
  #whenReady = new Promise<void>((resolve) => {
    this.#resolveReady = resolve;
  });
  #awaited = false;
  #quitting = false;
  #exitCode = 0;
  #singleInstance = new SingleInstance();
  #badgeCount = 0;

  get name(): string {
    return runtime.name;
  }

  set name(name: string) {
    runtime.name = name;
  }

  get isPackaged(): boolean {
    return runtime.isPackaged;
  }

  isReady(): boolean {
    return this.#ready;
  }

  async whenReady(): Promise<void> {
    this.#awaited = true;
    await this.#whenReady;
  }

  /** Whether the app has asked for readiness; then a main module that is still loading is waiting for it. */
  get readinessAwaited(): boolean {
    return this.#awaited;
  }

  /** Called once Chromium is up and the app's main module has been loaded. */
  becomeReady(): void {
    mkdirSync(getPath('userData'), { recursive: true });
    this.#ready = true;
    this.emit('ready', new StandInEvent(), {});
    this.#resolveReady();
  }

  get isQuitting(): boolean {
    return this.#quitting;
  }

  quit(): void {
    if (this.#quitting) return;
    const event = new StandInEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#quitting = true;
    if (windowList.size === 0) {
      this.#willQuit();
      return;
    }
    for (const window of [...windowList]) window.close();
  }

  /** A window has refused to close: everything goes on. */
  cancelQuit(): void {
    this.#quitting = false;
  }

  /** The last window has closed. */
  allWindowsClosed(): void {
    if (this.#quitting) this.#willQuit();
    else if (!this.emit('window-all-closed')) this.quit();
  }

  #willQuit(): void {
    const event = new StandInEvent();
    this.emit('will-quit', event);
    if (event.defaultPrevented) this.#quitting = false;
    else setImmediate(() => this.#end(this.#exitCode));
  }

  exit(exitCode = 0): void {
    this.#quitting = true;
    for (const window of [...windowList]) window.destroy();
    this.#end(exitCode);
  }

  #end(exitCode: number): void {
    this.#exitCode = exitCode;
    this.emit('quit', new StandInEvent(), exitCode);
    this.#singleInstance.release();
    process.exit(exitCode);
  }

  relaunch(options: Electron.RelaunchOptions = {}): void {
    const command = options.execPath ?? runtime.execPath;
    const args = options.args ?? runtime.args;
    this.once('quit', () => {
      process.once('exit', () => {
        const { spawn } = process.getBuiltinModule('node:child_process');
        spawn(command, args, { detached: true, stdio: 'ignore' }).unref();
      });
    });
  }

  requestSingleInstanceLock(additionalData: Record<string, unknown> = {}): boolean {
    const mine = { argv: [...process.argv], workingDirectory: process.cwd(), additionalData };
    return this.#singleInstance.request(getPath('userData'), mine, (second) =>
      this.#onSecondInstance(second),
    );
  }

  #onSecondInstance({ argv, workingDirectory, additionalData }: SecondInstance): void {
    void this.#whenReady.then(() =>
      this.emit('second-instance', new StandInEvent(), argv, workingDirectory, additionalData),
    );
  }

  hasSingleInstanceLock(): boolean {
    return this.#singleInstance.held;
  }

  releaseSingleInstanceLock(): void {
    this.#singleInstance.release();
  }

  getPath = getPath;
  setPath = setPath;
  setAsDefaultProtocolClient = setAsDefaultProtocolClient;
  isDefaultProtocolClient = isDefaultProtocolClient;
  removeAsDefaultProtocolClient = removeAsDefaultProtocolClient;
  getApplicationNameForProtocol = getApplicationNameForProtocol;

  getAppPath(): string {
    return runtime.appPath;
  }

  getVersion(): string {
    return runtime.version;
  }

  getName(): string {
    return runtime.name;
  }

  setName(name: string): void {
    runtime.name = name;
  }

  setDesktopName(name: string): void {
    runtime.desktopName = name;
  }

  getLocale(): string {
    return this.getPreferredSystemLanguages()[0] ?? 'en-US';
  }

  getSystemLocale(): string {
    return this.getLocale();
  }

  getLocaleCountryCode(): string {
    return new Intl.Locale(this.getLocale()).region ?? '';
  }

  getPreferredSystemLanguages(): string[] {
    const asked = commandLine.getSwitchValue('lang');
    if (asked) return [asked];
    const { LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = process.env;
    const given = (LANGUAGE || LC_ALL || LC_MESSAGES || LANG || '').split(':');
    const languages = given
      .map((one) => (one.split('.')[0] ?? '').replace('_', '-'))
      .filter((one) => /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(one));
    return languages.length > 0 ? languages : ['en-US'];
  }

  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  disableHardwareAcceleration(): void {
    if (this.#ready)
      throw new Error('app.disableHardwareAcceleration() can only be called before app is ready');
  }

  setAppUserModelId(_id: string): void {
    // Windows only; Electron ignores it elsewhere.
  }

  setLoginItemSettings(_settings: Electron.Settings): void {
    // macOS and Windows only.
  }

  getLoginItemSettings(): Electron.LoginItemSettings {
    // Electron answers with its defaults on Linux, whatever was set.
    return {
      openAtLogin: false,
      wasOpenedAtLogin: false,
      status: 'not-found',
      executableWillLaunchAtLogin: false,
      launchItems: [],
    };
  }

  setBadgeCount(count = 0): boolean {
    // Unity only; nobody shows it here.
    this.#badgeCount = count;
    return false;
  }

  getBadgeCount(): number {
    return this.#badgeCount;
  }

  focus(): void {
    const [first] = windowList;
    if (!focusedWindow() && first) moveFocus(first);
  }

  setAboutPanelOptions(_options: Electron.AboutPanelOptionsOptions): void {
    // Shown by `showAboutPanel`, which is absent here.
  }
}

export const app = new App();

app satisfies Pick<
  Electron.App,
  | 'commandLine'
  | 'name'
  | 'isPackaged'
  | 'isReady'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'relaunch'
  | 'requestSingleInstanceLock'
  | 'hasSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'getPath'
  | 'setPath'
  | 'setAsDefaultProtocolClient'
  | 'isDefaultProtocolClient'
  | 'removeAsDefaultProtocolClient'
  | 'getApplicationNameForProtocol'
  | 'getAppPath'
  | 'getVersion'
  | 'getName'
  | 'setName'
  | 'getLocale'
  | 'getSystemLocale'
  | 'getLocaleCountryCode'
  | 'getPreferredSystemLanguages'
  | 'enableSandbox'
  | 'disableHardwareAcceleration'
  | 'setAppUserModelId'
  | 'setLoginItemSettings'
  | 'getLoginItemSettings'
  | 'setBadgeCount'
  | 'getBadgeCount'
  | 'focus'
  | 'setAboutPanelOptions'
>;
