import { join, resolve } from 'node:path';
import type { App, Session, WebContents, WebFrameMain, WebPreferences } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';

/** The session pages live in, apart from the one the main process talks to servers with. Kept: the theme of last time. */
export const PAGE_PARTITION = 'persist:page';

/** The discard port of loopback, as a proxy no connection gets past. */
const NOWHERE = '127.0.0.1:9';

const WEBRTC_POLICY = 'disable_non_proxied_udp';

/** Whether a frame is the app's own page: the main frame, on the app's origin. */
export function isOwnFrame(frame: Pick<WebFrameMain, 'url' | 'parent'> | null): boolean {
  if (!frame || frame.parent !== null || !URL.canParse(frame.url)) return false;
  const { protocol, host } = new URL(frame.url);
  return `${protocol}//${host}` === appIdentity.rendererOrigin;
}

/** What every window is made with: Electron's security checklist, item by item, also where it is Electron's default. */
export function pagePreferences(options: { preload: string; devTools: boolean }): WebPreferences {
  return {
    ...options,
    partition: PAGE_PARTITION,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  };
}

/** Refuses everything a page could ask of a session: no page of this app needs any permission. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/**
 * Cuts the session of the pages off: no network, no permission, no download, no dictionary fetched. The content
 * security policy refuses remote loads already; this holds for what no policy reaches, such as preconnecting and WebRTC.
 */
export function sealPageSession(session: Session): void {
  refusePermissions(session);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  // Nothing waits for it: the page's own files don't come over a network.
  void session.setProxy({
    mode: 'fixed_servers',
    proxyRules: NOWHERE,
    proxyBypassRules: '<-loopback>',
  });
}

/**
 * Takes away the switches that let another program drive a packaged app's pages. As in Chrome, they work with a profile
 * of one's own, so that a package can be tested, and not on the person's. Must run before the app is ready.
 */
export function refuseDebugging(app: Pick<App, 'commandLine' | 'getPath' | 'getName' | 'isPackaged'>): void {
  if (!app.isPackaged) return;
  const usual = join(app.getPath('appData'), app.getName());
  if (resolve(app.getPath('userData')) !== resolve(usual)) return;
  app.commandLine.removeSwitch('remote-debugging-port');
  app.commandLine.removeSwitch('remote-debugging-pipe');
}

/** Keeps every web contents on the page it was made for: no navigation, no window, no embedded view. */
export function confineWebContents(app: App): void {
  // Without a proxy that takes datagrams, and the pages' session has none, WebRTC reaches nobody.
  app.commandLine.appendSwitch('webrtc-ip-handling-policy', WEBRTC_POLICY);
  app.on('web-contents-created', (_event, contents) => confine(contents));
}

function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.setWebRTCIPHandlingPolicy(WEBRTC_POLICY);
}
