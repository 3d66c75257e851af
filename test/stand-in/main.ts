import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { packagedApp, readApp } from './app-files.ts';
import { startChromium } from './chromium.ts';
import { chromiumSwitches, commandLine, readCommandLine } from './command-line.ts';
import { substitute } from './key-store.ts';
import { parseLaunchArguments } from './launch-arguments.ts';
import { provideElectron } from './module-hooks.ts';
import { electronVersion, runtime, setChromium } from './runtime.ts';
import { watchTargets } from './targets.ts';
import { webContentsList } from './window-list.ts';

/** The major version Electron 45 has; which Chromium really runs is in the first line. */
const chromeVersion = '156.0.8078.79';

const [, , execPath = '', ...args] = process.argv;
const resourcesPath = join(dirname(execPath), 'resources');
const packed = packagedApp(resourcesPath);
const launch = parseLaunchArguments(args, packed !== undefined);

if (launch.version) {
  process.stdout.write(`v${electronVersion}\n`);
  process.exit(0);
}
const appPath = packed ?? launch.app;
if (!appPath) {
  process.stderr.write('stand-in, not Electron: usage: electron <app folder> [arguments]\n');
  process.exit(1);
}

const keyStore = substitute();
process.stderr.write(
  `stand-in, not Electron: Node ${process.versions.node} and Chromium over the DevTools protocol${
    keyStore ? `; key store replaced by STAND_IN_KEY_STORE=${keyStore.split(':')[0]}` : ''
  }\n`,
);

process.argv = [execPath, ...args];
Object.defineProperty(process, 'execPath', { value: execPath });
Object.defineProperty(process.versions, 'electron', { value: electronVersion, enumerable: true });
Object.defineProperty(process.versions, 'chrome', { value: chromeVersion, enumerable: true });
Object.assign(process, { type: 'browser', resourcesPath, ...(packed ? {} : { defaultApp: true }) });

if (launch.inspect) {
  inspector.open(launch.inspect.port, launch.inspect.host);
  if (launch.inspect.wait) inspector.waitForDebugger();
}

try {
  const files = readApp(appPath);
  Object.assign(runtime, {
    execPath,
    resourcesPath,
    args,
    appPath: files.folder,
    isPackaged: packed !== undefined,
    name: files.name,
    version: files.version || electronVersion,
    desktopName: process.env.CHROME_DESKTOP ?? files.desktopName,
  });
  readCommandLine(args);
  provideElectron();
  forwardSignals();
  reportUncaught();
  await run(files.main);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}

async function run(main: string): Promise<void> {
  const require = createRequire(join(runtime.appPath, 'package.json'));
  for (const module of launch.require) require(module);
  let loaded = false;
  const loading = import(pathToFileURL(main).href).then(
    () => {
      loaded = true;
    },
    (error: unknown) => {
      loaded = true;
      process.emit('uncaughtException', error as Error);
    },
  );
  // A main module without top-level await has run by now; it has had its chance to quit or to append switches.
  await new Promise((resolve) => setImmediate(resolve));
  if (app.isQuitting) return;
  const chromium = await startChromium(chromiumSwitches(), (address) => {
    if (commandLine.hasSwitch('remote-debugging-port')) {
      process.stderr.write(`\nDevTools listening on ${address}\n`);
    }
  });
  setChromium(chromium);
  await watchTargets();
  chromium.devtools.on('close', () => {
    // Electron's main process is Chromium's browser process: without it there is nothing left to run.
    setImmediate(() => {
      if (app.isQuitting && webContentsList.size === 0) return;
      process.stderr.write('stand-in: Chromium has ended\n');
      app.exit(1);
    });
  });
  // As in Electron, readiness waits for the main module, except for one that is itself waiting for readiness.
  if (!loaded && !app.readinessAwaited) await loading;
  if (!app.isQuitting) app.becomeReady();
}

/** Electron quits in good order on these. */
function forwardSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}

/** Electron reports what nobody caught in a dialog, and goes on. */
function reportUncaught(): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    const stack = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`A JavaScript error occurred in the main process\nUncaught Exception:\n${stack}\n`);
  });
  process.on('unhandledRejection', (reason) => {
    if (process.listenerCount('unhandledRejection') > 1) return;
    const text = reason instanceof Error ? reason.stack : String(reason);
    process.stderr.write(`UnhandledPromiseRejectionWarning: ${text}\n`);
  });
}
