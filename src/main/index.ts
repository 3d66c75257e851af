import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, ipcMain, Menu, protocol, session, shell } from 'electron';
import { appIdentity } from '../shared/app-identity.ts';
import { EVENT_CHANNEL } from '../shared/contract/channels.ts';
import { chooseLanguage } from '../shared/languages.ts';
import type { BehindWindowOptions } from './behind-window.ts';
import { systemScheduler } from './ports.ts';
import { appMenu } from './shell/app-menu.ts';
import { declareAppScheme, serveApp } from './shell/app-protocol.ts';
import { DeepLinks } from './shell/deep-links.ts';
import { answerCalls } from './shell/ipc-bridge.ts';
import { PageEvents } from './shell/page-events.ts';
import { PlaceFile } from './shell/place-file.ts';
import {
  confineWebContents,
  PAGE_PARTITION,
  refuseDebugging,
  refusePermissions,
  sealPageSession,
} from './shell/security.ts';
import { SpokenLanguage } from './shell/spoken-language.ts';
import { startedHidden } from './shell/start-at-login.ts';
import { MainWindow, type MainWindowOptions } from './shell/window.ts';
import type { ShellWords } from './shell/words/words.ts';

const here = dirname(fileURLToPath(import.meta.url));

app.setName(appIdentity.productName);
// Windows shows notifications and groups windows by it.
app.setAppUserModelId(appIdentity.appId);
app.enableSandbox();
refuseDebugging(app);
declareAppScheme(protocol);

if (!app.requestSingleInstanceLock()) {
  // The running instance gets our arguments, and with them the link.
  app.exit(0);
} else {
  void run();
}

async function run(): Promise<void> {
  const links = new DeepLinks(app, process.argv);
  const placeFile = new PlaceFile(join(app.getPath('userData'), 'window.json'), systemScheduler);
  // Read while Chromium starts.
  const place = placeFile.read();
  let window: MainWindow | null = null;
  let quitting = false;
  let closing: MainWindowOptions['closing'] = () => 'close';
  app.on('before-quit', () => {
    quitting = true;
  });
  // Whoever starts the app again wants to see it, whether a link came along or not.
  app.on('second-instance', () => window?.show());
  confineWebContents(app);
  await app.whenReady();

  refusePermissions(session.defaultSession);
  const pageSession = session.fromPartition(PAGE_PARTITION);
  sealPageSession(pageSession);
  serveApp(pageSession.protocol, join(here, '..', 'renderer'));
  const page = new PageEvents((name, payload) => window?.send(EVENT_CHANNEL, name, payload));
  window = new MainWindow({
    preload: join(here, '..', 'preload', 'index.cjs'),
    devTools: !app.isPackaged,
    place: await place,
    placed: placeFile.note,
    pageGone: () => page.pageGone(),
    closing: () => closing(),
  });
  app.on('activate', window.show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  if (!startedHidden(app, process.platform, process.argv)) window.show();
  // The page may ask before the core is there: its calls wait, the window does not.
  const spoken = new SpokenLanguage(chooseLanguage(app.getPreferredSystemLanguages()));
  const started = startBehind({ window, page, links, spoken, quitting: () => quitting });
  answerCalls(ipcMain, async (name, input) => {
    const answer = await (await started).route(name, input);
    if (name === 'app.snapshot') page.pageListens();
    return answer;
  });
  const menu = () => showMenu(window, page, started, spoken.words);
  menu();
  spoken.onChange(menu);
  stopCleanly(started, placeFile);
  closing = (await started).closing;
}

/** Loads and starts everything behind the window. Imported late: the window is asked for first. */
async function startBehind(options: BehindWindowOptions) {
  const { startBehindWindow } = await import('./behind-window.ts');
  return startBehindWindow(options);
}

function showMenu(
  window: MainWindow,
  page: PageEvents,
  started: ReturnType<typeof startBehind>,
  words: ShellWords,
): void {
  const template = appMenu({
    platform: process.platform,
    development: !app.isPackaged,
    words: words.menu,
    actions: {
      addServer: () => {
        window.show();
        page.send('show.add-server', { url: '', name: null });
      },
      openDialog: (dialog) => {
        window.show();
        page.send('show.dialog', { dialog });
      },
      openPage: (name) => {
        window.show();
        page.send('show.page', { page: name });
      },
      reconnect: () => void started.then((behind) => behind.reconnect()),
      openHomepage: () => void shell.openExternal(appIdentity.homepage),
    },
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  app.setAboutPanelOptions({
    applicationName: appIdentity.productName,
    applicationVersion: app.getVersion(),
    website: appIdentity.homepage,
  });
}

/** Quits once everything being written is on disk. */
function stopCleanly(started: ReturnType<typeof startBehind>, placeFile: PlaceFile): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void Promise.all([started.then((behind) => behind.stop()), placeFile.settled()])
      .catch(() => undefined)
      .finally(() => {
        stopped = true;
        app.quit();
      });
  });
}
