import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  clipboard,
  ipcMain,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron';
import { appIdentity } from '../shared/app-identity.ts';
import { EVENT_CHANNEL } from '../shared/contract/channels.ts';
import { declareAppScheme, serveApp } from './shell/app-protocol.ts';
import { DeepLinks, isSchemeHandler, registerScheme } from './shell/deep-links.ts';
import { answerCalls } from './shell/ipc-bridge.ts';
import { netFetch } from './shell/net-fetch.ts';
import { confineWebContents, refusePermissions } from './shell/security.ts';
import { MainWindow } from './shell/window.ts';

const here = dirname(fileURLToPath(import.meta.url));

app.setName(appIdentity.productName);
app.enableSandbox();
declareAppScheme(protocol);

if (!app.requestSingleInstanceLock()) {
  // The running instance gets our arguments, and with them the link.
  app.exit(0);
} else {
  void run();
}

async function run(): Promise<void> {
  const links = new DeepLinks(app, process.argv);
  confineWebContents(app);
  await app.whenReady();

  refusePermissions(session.defaultSession);
  serveApp(protocol, join(here, '..', 'renderer'));
  const window = new MainWindow({
    preload: join(here, '..', 'preload', 'index.cjs'),
    dark: nativeTheme.shouldUseDarkColors,
    devTools: !app.isPackaged,
  });
  app.on('second-instance', (_event, argv) => {
    window.show();
    links.takeArguments(argv);
  });
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  // The page may ask before the core is there: its calls wait, the window does not.
  const started = startCore(window, links);
  answerCalls(ipcMain, async (name, input) => (await started).route(name, input));
  window.show();
  stopCleanly(started);
}

/** Loads and starts everything behind the window. Imported late: the window is asked for first. */
async function startCore(window: MainWindow, links: DeepLinks) {
  const [
    { createBackground },
    { safeStorageBox },
    { addressCheckedFetch },
    { resolveHost },
    { getCACertificates },
  ] = await Promise.all([
    import('./background.ts'),
    import('./vault/safe-storage-box.ts'),
    import('./network/address-checked-fetch.ts'),
    import('./network/resolve-host.ts'),
    import('node:tls'),
  ]);
  const background = await createBackground({
    folder: app.getPath('userData'),
    secretBox: safeStorageBox(safeStorage, process.platform),
    // Chromium's network stack honours the system's proxy and certificates. What must not reach private
    // addresses is connected by Node, which lets us look at the address; with the same certificates.
    fetch: addressCheckedFetch({
      unchecked: netFetch(net),
      isDirect: async (url) => (await session.defaultSession.resolveProxy(url.href)) === 'DIRECT',
      certificateAuthorities: [...getCACertificates('default'), ...getCACertificates('system')],
    }),
    resolveHost,
    browser: { open: (url) => shell.openExternal(url.href) },
    clipboard: {
      readText: async () => clipboard.readText(),
      writeText: async (text) => clipboard.writeText(text),
    },
    schemeHandler: { isRegistered: async () => isSchemeHandler(app, process.execPath) },
    app: {
      version: app.getVersion(),
      runtime: `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}`,
      platform: process.platform,
    },
    send: (name, payload) => window.send(EVENT_CHANNEL, name, payload),
  });
  background.onTheme((theme) => {
    nativeTheme.themeSource = theme;
  });
  registerScheme(app, process.execPath);
  powerMonitor.on('resume', () => background.wake());
  links.listen((link) => {
    window.show();
    background.openLink(link);
  });
  return background;
}

/** Quits once everything being written is on disk. */
function stopCleanly(started: ReturnType<typeof startCore>): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void started
      .then((background) => background.stop())
      .catch(() => undefined)
      .finally(() => {
        stopped = true;
        app.quit();
      });
  });
}
