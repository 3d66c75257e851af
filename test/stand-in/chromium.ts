import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { DevTools } from './devtools.ts';
import { neverAddress, startNeverServer } from './never-server.ts';

/** A running Chromium and the way to talk to it. */
export interface Chromium {
  devtools: DevTools;
  process: ChildProcess;
  /** Product and version as Chromium reports them, for example `Chrome/156.0.8078.79`. */
  product: string;
}

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--disable-dev-shm-usage',
  '--disable-search-engine-choice-screen',
  '--metrics-recording-only',
  '--password-store=basic',
  '--use-mock-keychain',
  // A window behind another one, or none at all, must not slow the page down as a background tab would.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--force-color-profile=srgb',
  '--hide-scrollbars=false',
  // One process per page keeps all frames in one DevTools session.
  '--disable-site-isolation-trials',
];

const disabledFeatures = [
  'IsolateOrigins',
  'site-per-process',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'Translate',
  'PaintHolding',
  'DestroyProfileOnBrowserClose',
  'PreconnectToSearch',
];

/** Where Chromium is: the environment's choice, Debian's package, or the one npm ships. */
export async function chromiumExecutable(): Promise<string> {
  const candidates = [
    process.env.STAND_IN_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/chromium-browser',
  ];
  for (const candidate of candidates) if (candidate && existsSync(candidate)) return candidate;
  const { default: sparticuz } = await import('@sparticuz/chromium');
  return await sparticuz.executablePath();
}

// Every process of Chromium's holds its output open, so `cat` ends after the last of them, and none writes to the profile any
// more. The shells close their copies of the debugging pipe, or its end would not be seen.
const keeper = `
profile=$1; shift
{ "$@" & exec 3<&- 4>&-; wait; } | { exec 3<&- 4>&-; cat >/dev/null; } &
exec 3<&- 4>&-
wait
rm -rf "$profile"
`;

/**
 * Starts Chromium without a window and connects to it.
 *
 * @param switches additional command line switches; a later one wins
 * @param onDevToolsAddress called with Chromium's WebSocket address, if `switches` ask for a debugging port
 */
export async function startChromium(
  switches: string[],
  onDevToolsAddress: (address: string) => void,
): Promise<Chromium> {
  const executable = await chromiumExecutable();
  const profile = mkdtempSync(join(tmpdir(), 'stand-in-chromium-'));
  const headed = process.env.STAND_IN_HEADED === '1' && Boolean(process.env.DISPLAY);
  const extraDisabled = switches
    .filter((one) => one.startsWith('--disable-features='))
    .flatMap((one) => one.slice('--disable-features='.length).split(','));
  const args = [
    ...(headed ? [] : ['--headless']),
    ...quiet,
    ...switches.filter((one) => !one.startsWith('--disable-features=')),
    `--disable-features=${[...new Set([...disabledFeatures, ...extraDisabled])].join(',')}`,
    `--host-resolver-rules=MAP ${new URL(neverAddress).host} 127.0.0.1:${await startNeverServer()},MAP *.invalid ~NOTFOUND`,
    '--no-startup-window',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
  ];
  // The shell outlives a killed main process: Chromium then sees its pipe close and quits, and the shell clears up.
  // It is detached so that a signal to our process group leaves it to do so.
  const child = spawn('/bin/sh', ['-c', keeper, 'sh', profile, executable, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const [, , stderr, write, read] = child.stdio as unknown as [null, null, Readable, Writable, Readable];
  const complaints: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => {
    const [, address] = /^DevTools listening on (ws:\/\/\S+)/.exec(line) ?? [];
    if (address) onDevToolsAddress(address);
    complaints.push(line);
    if (complaints.length > 50) complaints.shift();
  });
  const devtools = new DevTools(write, read);
  try {
    const { product } = await devtools.root.send('Browser.getVersion');
    return { devtools, process: child, product };
  } catch {
    throw new Error(`Chromium did not start (${executable}):\n${complaints.join('\n')}`);
  }
}
