import type { DevToolsSession, Protocol } from './devtools.ts';
import type { WebContents } from './web-contents.ts';

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type Requested = Parameters<NonNullable<RequestHandler>>[1];
type Checked = Parameters<NonNullable<CheckHandler>>[1];

/** Electron's names for what Chromium keeps a setting of. */
const chromiumNames: [Checked, Protocol.Browser.PermissionDescriptor][] = [
  ['geolocation', { name: 'geolocation' }],
  ['notifications', { name: 'notifications' }],
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['midi', { name: 'midi' }],
  ['midiSysex', { name: 'midi', sysex: true }],
  ['clipboard-read', { name: 'clipboard-read' }],
  ['clipboard-sanitized-write', { name: 'clipboard-write' }],
  ['idle-detection', { name: 'idle-detection' }],
  ['storage-access', { name: 'storage-access' }],
  ['window-management' as Checked, { name: 'window-management' }],
  ['local-fonts' as Checked, { name: 'local-fonts' }],
  ['persistent-storage' as Checked, { name: 'persistent-storage' }],
  ['background-sync', { name: 'background-sync' }],
  ['sensors', { name: 'accelerometer' }],
  ['top-level-storage-access', { name: 'top-level-storage-access' }],
];

/**
 * A session's permissions. The check handler decides what Chromium is told about an origin before its document loads, so that
 * `navigator.permissions` and the features themselves obey; the request handler is asked by the wrapped functions of the page.
 *
 * As in Electron, everything is granted while no handler is set.
 */
export class Permissions {
  #request: RequestHandler = null;
  #check: CheckHandler = null;
  #told = new Map<string, string>();

  setRequestHandler(handler: RequestHandler): void {
    this.#request = handler;
  }

  setCheckHandler(handler: CheckHandler): void {
    this.#check = handler;
  }

  /** Brings Chromium's settings for an origin in line with the check handler. */
  async tellChromium(
    browser: DevToolsSession,
    browserContextId: string | undefined,
    contents: WebContents,
    origin: { seen: string; chromium: string },
  ): Promise<void> {
    await Promise.all(
      chromiumNames.map(async ([permission, descriptor]) => {
        const details = {
          isMainFrame: true,
          requestingUrl: `${origin.seen}/`,
          securityOrigin: `${origin.seen}/`,
        };
        const granted = this.#check
          ? this.#check(contents as unknown as Electron.WebContents, permission, `${origin.seen}/`, details)
          : true;
        await this.#tell(browser, browserContextId, origin.chromium, descriptor, granted);
      }),
    );
  }

  /** A page asks; the answer is also what Chromium will say when the page then tries. */
  async ask(
    browser: DevToolsSession,
    browserContextId: string | undefined,
    contents: WebContents,
    permission: string,
    mediaTypes: string[],
    page: { seenUrl: string; chromiumOrigin: string; isMainFrame: boolean },
  ): Promise<boolean> {
    const handler = this.#request;
    const details = {
      isMainFrame: page.isMainFrame,
      requestingUrl: page.seenUrl,
      securityOrigin: page.seenUrl,
      mediaTypes,
    };
    const granted = handler
      ? await new Promise<boolean>((resolve) =>
          handler(
            contents as unknown as Electron.WebContents,
            permission as Requested,
            resolve,
            details as Electron.MediaAccessPermissionRequest,
          ),
        )
      : true;
    for (const [name, descriptor] of chromiumNames) {
      if (name === permission) {
        await this.#tell(browser, browserContextId, page.chromiumOrigin, descriptor, granted).catch(() => {});
      }
    }
    return granted;
  }

  async #tell(
    browser: DevToolsSession,
    browserContextId: string | undefined,
    origin: string,
    permission: Protocol.Browser.PermissionDescriptor,
    granted: boolean,
  ): Promise<void> {
    const setting = granted ? 'granted' : 'denied';
    const key = `${origin} ${JSON.stringify(permission)}`;
    if (this.#told.get(key) === setting) return;
    this.#told.set(key, setting);
    await browser
      .send('Browser.setPermission', {
        permission,
        setting,
        origin,
        ...(browserContextId === undefined ? {} : { browserContextId }),
      })
      // A Chromium that does not know this permission cannot grant it either.
      .catch(() => {});
  }
}
