import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FuseState,
  FuseV1Options,
  FuseVersion,
  flipFuses,
  getCurrentFuseWire,
  FuseState as State,
} from '@electron/fuses';
import type { AfterPackContext } from 'electron-builder';

/** What each fuse of the packaged executable is set to. docs/decisions/0012-fuses.md says why. */
export const fuses: Readonly<Record<FuseV1Options, boolean>> = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** The second line of the stand-in's executable: a script that says what it is. */
const STAND_IN = '#!/bin/sh\n# Stand-in, not Electron';

/** Whether the executable is the stand-in of test/stand-in. */
export async function isStandIn(executable: string): Promise<boolean> {
  const file = await open(executable);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(STAND_IN.length), 0, STAND_IN.length, 0);
    return buffer.toString('utf8', 0, bytesRead) === STAND_IN;
  } finally {
    await file.close();
  }
}

/**
 * Sets every fuse of an executable and reads them back.
 * @param executable an Electron executable, or the bundle on macOS
 * @throws when it has no fuse wire, when its wire has a fuse nobody has decided about or one that Electron
 * has withdrawn, or when what is read back is not what was set
 */
export async function setFuses(executable: string): Promise<void> {
  const before = await getCurrentFuseWire(executable);
  const withdrawn = named(before).filter(([, state]) => state === State.REMOVED);
  if (withdrawn.length > 0) {
    throw new Error(`Electron no longer has: ${withdrawn.map(([name]) => name).join(', ')}. Decide anew.`);
  }
  const copies = await flipFuses(executable, {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    // Changing the executable breaks the signature Apple silicon insists on; a real one follows.
    resetAdHocDarwinSignature: process.platform === 'darwin',
    ...fuses,
  });
  if (copies !== 1)
    throw new Error(`${copies} fuse wires in one executable; only the first can be read back`);
  await checkFuses(executable);
}

/** @throws when a fuse of the executable is not set as decided, naming each that is wrong */
export async function checkFuses(executable: string): Promise<void> {
  const wire = new Map(named(await getCurrentFuseWire(executable)));
  const wrong = Object.entries(fuses).flatMap(([index, on]) => {
    const name = FuseV1Options[Number(index)] ?? index;
    const state = wire.get(name);
    wire.delete(name);
    return state === (on ? State.ENABLE : State.DISABLE) ? [] : [`${name} is ${spoken(state)}, not ${on}`];
  });
  for (const [name, state] of wire)
    wrong.push(`${name} is ${spoken(state)}, and nobody has decided about it`);
  if (wrong.length > 0) throw new Error(`Fuses of ${executable}: ${wrong.join('; ')}`);
}

function named(wire: Record<string, unknown>): [string, FuseState][] {
  return Object.entries(wire)
    .filter(([key]) => /^\d+$/.test(key))
    .map(([index, state]) => [FuseV1Options[Number(index)] ?? `fuse ${index}`, state as FuseState]);
}

function spoken(state: FuseState | undefined): string {
  if (state === State.ENABLE) return 'on';
  if (state === State.DISABLE) return 'off';
  return state === undefined ? 'missing' : `in state ${state}`;
}

/** Where electron-builder has put the executable. */
function executableOf({ appOutDir, electronPlatformName, packager }: AfterPackContext): string {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`);
  if (electronPlatformName === 'win32') return join(appOutDir, `${productFilename}.exe`);
  return join(appOutDir, (packager as unknown as { executableName: string }).executableName);
}

/** electron-builder's hook: everything is in place and nothing is signed yet. */
export async function afterPack(context: AfterPackContext): Promise<void> {
  const executable = executableOf(context);
  await rm(join(context.packager.getResourcesDir(context.appOutDir), 'default_app.asar'), { force: true });
  if (context.electronPlatformName === 'linux' && (await isStandIn(executable))) {
    if (context.targets.some(({ name }) => name !== 'dir')) {
      throw new Error('The stand-in is for tests in this checkout and is never shipped. Package with --dir.');
    }
    console.log(
      '  • no fuses: this executable is the stand-in, a script that has none. Electron without a fuse wire fails.',
    );
    return;
  }
  await setFuses(executable);
  const list = Object.entries(fuses).map(
    ([index, on]) => `${FuseV1Options[Number(index)]} ${on ? 'on' : 'off'}`,
  );
  console.log(`  • fuses set and read back: ${list.join(', ')}`);
}
