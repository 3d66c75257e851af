import { EventEmitter } from 'node:events';
import { fetchIn } from './net.ts';
import { neverAddress } from './never-server.ts';
import { Permissions } from './permissions.ts';
import { Protocol, registerSchemesAsPrivileged } from './protocol.ts';
import { chromium } from './runtime.ts';
import { toChromium } from './scheme-urls.ts';
import { WebRequest } from './web-request.ts';

/** A partition's handlers, and the browser context of Chromium that keeps its cookies and storage. */
export class Session extends EventEmitter {
  readonly protocol = new Protocol();
  readonly webRequest = new WebRequest();
  readonly permissions = new Permissions();
  readonly #isDefault: boolean;
  /** Origins seen in this session, as Chromium knows them. */
  readonly origins = new Set<string>();
  #context: Promise<string | undefined> | undefined;
  #userAgent = '';
  #spellChecker = true;
  #proxy: { proxyServer?: string; proxyBypassList?: string } = {};

  constructor(isDefault: boolean) {
    super();
    this.#isDefault = isDefault;
  }

  /** Chromium's ID of this session's context; the default one has none. */
  browserContextId(): Promise<string | undefined> {
    this.#context ??= this.#isDefault
      ? Promise.resolve(undefined)
      : chromium()
          .devtools.root.send('Target.createBrowserContext', { disposeOnDetach: true, ...this.#proxy })
          .then(({ browserContextId }) => browserContextId);
    return this.#context;
  }

  fetch = (input: string | Request, init?: RequestInit & { bypassCustomProtocolHandlers?: boolean }) =>
    fetchIn(this.protocol, input, init);

  setPermissionRequestHandler(handler: Parameters<Electron.Session['setPermissionRequestHandler']>[0]): void {
    this.permissions.setRequestHandler(handler);
  }

  setPermissionCheckHandler(handler: Parameters<Electron.Session['setPermissionCheckHandler']>[0]): void {
    this.permissions.setCheckHandler(handler);
  }

  setDevicePermissionHandler(_handler: Parameters<Electron.Session['setDevicePermissionHandler']>[0]): void {
    // Chromium without a person to choose one hands out no device, so nobody asks.
  }

  setDisplayMediaRequestHandler(
    _handler: Parameters<Electron.Session['setDisplayMediaRequestHandler']>[0],
  ): void {
    // Likewise: no screen to share.
  }

  setCertificateVerifyProc(_proc: Parameters<Electron.Session['setCertificateVerifyProc']>[0]): void {
    // Chromium's own verification stays: the DevTools protocol cannot hand the decision over.
  }

  setSpellCheckerEnabled(enable: boolean): void {
    this.#spellChecker = enable;
  }

  isSpellCheckerEnabled(): boolean {
    return this.#spellChecker;
  }

  setSpellCheckerDictionaryDownloadURL(_url: string): void {
    // No dictionary is ever downloaded here.
  }

  setSpellCheckerLanguages(_languages: string[]): void {}

  /** A fixed proxy for the pages of a partition, set before its first page; `net` is Node's and takes none. */
  async setProxy({ mode, proxyRules, proxyBypassRules }: Electron.ProxyConfig): Promise<void> {
    if (this.#isDefault || this.#context || mode !== 'fixed_servers' || !proxyRules) {
      throw new Error('The stand-in takes a proxy for a partition only, a fixed one, before its first page');
    }
    const direct = new URL(neverAddress).hostname;
    this.#proxy = {
      proxyServer: proxyRules,
      proxyBypassList: proxyBypassRules ? `${proxyBypassRules},${direct}` : direct,
    };
  }

  /** Node connects by itself: there is never a proxy. */
  async resolveProxy(_url: string): Promise<string> {
    return 'DIRECT';
  }
  setUserAgent(userAgent: string): void {
    this.#userAgent = userAgent;
  }

  getUserAgent(): string {
    return this.#userAgent;
  }

  async clearStorageData(options: Electron.ClearStorageDataOptions = {}): Promise<void> {
    const { root } = chromium().devtools;
    const browserContextId = await this.browserContextId();
    await root.send('Storage.clearCookies', browserContextId === undefined ? {} : { browserContextId });
    const { webContentsList } = await import('./window-list.ts');
    const origins = options.origin ? [toChromium(options.origin).replace(/\/$/, '')] : [...this.origins];
    for (const contents of webContentsList.values()) {
      if ((contents.session as unknown) !== this) continue;
      for (const origin of origins) await contents.clearOrigin(origin);
    }
  }
}

const partitions = new Map<string, Session>();

function fromPartition(partition: string): Session {
  let found = partitions.get(partition);
  if (!found) {
    found = new Session(partition === '');
    partitions.set(partition, found);
  }
  return found;
}

const defaultSession = fromPartition('');

export const session = {
  get defaultSession() {
    return defaultSession;
  },
  fromPartition,
};

export const protocol = {
  registerSchemesAsPrivileged,
  handle: defaultSession.protocol.handle.bind(defaultSession.protocol),
  unhandle: defaultSession.protocol.unhandle.bind(defaultSession.protocol),
  isProtocolHandled: defaultSession.protocol.isProtocolHandled.bind(defaultSession.protocol),
} satisfies Pick<
  Electron.Protocol,
  'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'
>;

defaultSession satisfies Pick<
  Electron.Session,
  | 'fetch'
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setCertificateVerifyProc'
  | 'setSpellCheckerEnabled'
  | 'isSpellCheckerEnabled'
  | 'setSpellCheckerDictionaryDownloadURL'
  | 'setProxy'
  | 'resolveProxy'
  | 'setUserAgent'
  | 'getUserAgent'
  | 'clearStorageData'
>;
defaultSession.webRequest satisfies Pick<Electron.WebRequest, 'onBeforeRequest' | 'onHeadersReceived'>;
