import { homedir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import {
  app,
  clipboard,
  dialog,
  nativeTheme,
  net,
  powerMonitor,
  safeStorage,
  session,
  shell,
} from 'electron';
import { appIdentity } from '../shared/app-identity.ts';
import { createBackground } from './background.ts';
import { addressCheckedFetch } from './network/address-checked-fetch.ts';
import { resolveHost } from './network/resolve-host.ts';
import { policyPath, type ReadPolicyOptions, readPolicy } from './policy/policy-file.ts';
import { systemClock, systemScheduler } from './ports.ts';
import { clientFiles } from './servers/import/client-files.ts';
import type { Attention } from './shell/attention.ts';
import { chooseClientCertificates } from './shell/client-certificates.ts';
import { decideClosing } from './shell/closing.ts';
import type { DeepLinks } from './shell/deep-links.ts';
import { fileSaver } from './shell/file-saver.ts';
import { netFetch } from './shell/net-fetch.ts';
import { showNotification } from './shell/notifications.ts';
import type { PageEvents } from './shell/page-events.ts';
import { SchemeRegistration } from './shell/scheme-registration.ts';
import { SignInNotices } from './shell/sign-in-notices.ts';
import type { SpokenLanguage } from './shell/spoken-language.ts';
import { applyStartAtLogin } from './shell/start-at-login.ts';
import { systemBrowser } from './shell/system-browser.ts';
import { TrayItem } from './shell/tray.ts';
import { updateWay } from './shell/update-way.ts';
import { updateSource } from './shell/updates.ts';
import type { MainWindow } from './shell/window.ts';
import type { ShellWords } from './shell/words/words.ts';
import { noticeText } from './shell/words.ts';
import { type Log, openLog } from './trace/log.ts';
import { safeStorageBox } from './vault/safe-storage-box.ts';

export interface BehindWindowOptions {
  readonly window: MainWindow;
  readonly page: PageEvents;
  readonly links: DeepLinks;
  readonly spoken: SpokenLanguage;
  /** Whether the whole app is quitting. */
  readonly quitting: () => boolean;
}

type Background = Awaited<ReturnType<typeof createBackground>>;

/** Builds and starts everything behind the window: the core with Electron's ports, and what shows outside the window. */
export async function startBehindWindow({ window, page, links, spoken, quitting }: BehindWindowOptions) {
  const folder = app.getPath('userData');
  const log = openLog({ path: join(folder, 'logs', 'main.log'), print: !app.isPackaged });
  const runtime = `Electron ${process.versions.electron}, Chromium ${process.versions.chrome}`;
  log.info(`${appIdentity.productName} ${app.getVersion()} starts on ${process.platform}, ${runtime}`);
  logCrashes(log);
  const surroundings = {
    app,
    platform: process.platform,
    environment: process.env,
    execPath: process.execPath,
    home: app.getPath('home'),
  };
  const [policy, way] = await Promise.all([
    readPolicy(policyPlace()),
    updateWay({ ...surroundings, isPackaged: app.isPackaged, resourcesPath: process.resourcesPath }),
  ]);
  if (policy.kind !== 'none') log.info(`policy ${policy.kind}: ${policy.path}`);
  const scheme = new SchemeRegistration({ ...surroundings, argv: process.argv });
  const background = await createBackground({
    folder,
    log,
    policy,
    updateSource: updateSource(way),
    secretBox: safeStorageBox(safeStorage, process.platform),
    // Chromium's network stack honours the system's proxy and certificates. What must not reach private
    // addresses is connected by Node, which lets us look at the address; with the same certificates.
    fetch: addressCheckedFetch({
      unchecked: netFetch(net),
      isDirect: async (url) => (await session.defaultSession.resolveProxy(url.href)) === 'DIRECT',
      certificateAuthorities: [...getCACertificates('default'), ...getCACertificates('system')],
    }),
    resolveHost,
    browser: systemBrowser(shell),
    clipboard: {
      readText: async () => clipboard.readText(),
      writeText: async (text) => clipboard.writeText(text),
    },
    clientFiles: clientFiles({ platform: process.platform, home: homedir(), environment: process.env }),
    files: fileSaver(dialog, app),
    schemeHandler: { isRegistered: async () => scheme.isRegistered() },
    app: { version: app.getVersion(), runtime, platform: process.platform, systemLanguage: spoken.system },
    send: page.send,
  });
  background.onSetting('language', (chosen) => spoken.choose(chosen));
  background.onSetting('theme', (theme) => {
    nativeTheme.themeSource = theme;
  });
  let startsAtLogin = false;
  background.onSetting('startAtLogin', (wanted) => {
    // Nothing to take back at start: it was taken back when the person chose so.
    if (wanted || startsAtLogin) {
      void applyStartAtLogin(wanted, surroundings).catch((error) => log.warn('start at login', error));
    }
    startsAtLogin = wanted;
  });
  // Signing in works without: the browser comes back by loopback then.
  await scheme.register().catch((error) => log.warn('the scheme could not be registered', error));
  chooseClientCertificates(app, async (host, certificates) => {
    window.show();
    return background.chooseCertificate(host, certificates);
  });
  powerMonitor.on('resume', () => background.wake());
  const tray = showOutside(window, page, background, spoken, log);
  links.listen((link) => {
    window.show();
    background.openLink(link);
  });
  return {
    route: background.route,
    reconnect: background.reconnect,
    stop: background.stop,
    /** What a request to close the window does; asks the person when nobody knows yet. */
    closing() {
      const setting = background.settings().closeWindow;
      const decision = decideClosing({ platform: process.platform, quitting: quitting(), tray, setting });
      if (decision === 'ask') void askAboutClosing(window, background, spoken.words);
      return decision;
    },
  };
}

/** Where the policy is looked for. Elsewhere in development only: a packaged app has one place, its administrator's. */
function policyPlace(): ReadPolicyOptions {
  const { GATEHOUSE_POLICY } = process.env;
  if (!app.isPackaged && GATEHOUSE_POLICY) return { path: GATEHOUSE_POLICY };
  const path = policyPath(process.platform, process.env);
  return process.platform === 'win32' ? { path } : { path, owners: [0] };
}

/** Shows how things stand in tray, badge and notifications. Returns whether there is a tray. */
function showOutside(
  window: MainWindow,
  page: PageEvents,
  background: Background,
  spoken: SpokenLanguage,
  log: Log,
): boolean {
  const openServer = (serverId: string) => {
    window.show();
    page.send('show.server', { serverId });
  };
  const notices = new SignInNotices({
    clock: systemClock,
    scheduler: systemScheduler,
    wanted: () => background.settings().notifications && !window.isFocused,
    notify: (notice) =>
      showNotification(noticeText(notice, spoken.words), () => {
        const { accounts } = notice;
        const servers = new Set(accounts.map(({ serverId }) => serverId));
        const [only] = servers;
        if (only !== undefined && servers.size === 1) return openServer(only);
        window.show();
        page.send('show.page', { page: 'accounts' });
      }),
  });
  let tray: TrayItem | null = null;
  try {
    tray = new TrayItem(process.platform, {
      openWindow: window.show,
      openServer,
      reconnect: background.reconnect,
      quit: () => app.quit(),
    });
  } catch (error) {
    log.warn('no tray', error);
    // Started hidden, the app would be nowhere to be seen.
    window.show();
  }
  let standing: Attention | null = null;
  const showStanding = () => standing && tray?.update(standing, spoken.words);
  spoken.onChange(showStanding);
  background.onAttention((attention: Attention) => {
    standing = attention;
    notices.update(attention);
    showStanding();
    app.setBadgeCount(attention.accounts.length);
  });
  return tray !== null;
}

/** Asks once what closing the window shall do, and remembers the answer. */
async function askAboutClosing(window: MainWindow, background: Background, words: ShellWords): Promise<void> {
  if (!window.window) return;
  const { response } = await dialog.showMessageBox(window.window, {
    type: 'question',
    message: words.closing.question(appIdentity.productName),
    detail: words.closing.detail,
    buttons: [words.closing.keepRunning, words.closing.quit, words.closing.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  if (response === 2) return;
  await background.changeSettings({ closeWindow: response === 0 ? 'keep-running' : 'quit' });
  if (response === 0) window.hide();
  else app.quit();
}

function logCrashes(log: Log): void {
  // A monitor changes nothing about what happens next.
  process.on('uncaughtExceptionMonitor', (error) => log.error('not caught', error));
  process.on('unhandledRejection', (reason) => log.error('not handled', reason));
  app.on('render-process-gone', (_event, _contents, { reason }) => log.error(`the page is gone: ${reason}`));
  app.on('child-process-gone', (_event, { type, reason }) => {
    if (reason !== 'clean-exit') log.warn(`a process of type ${type} is gone: ${reason}`);
  });
}
