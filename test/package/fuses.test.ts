import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseState, FuseV1Options } from '@electron/fuses';
import type { AfterPackContext } from 'electron-builder';
import { describe, expect, test } from 'vitest';
import { afterPack, checkFuses, fuses, isStandIn, setFuses } from '../../scripts/fuses.ts';
import { makeDist } from '../stand-in/make-dist.ts';
import { temporaryFolder } from '../support/folder.ts';

/** How Electron marks the place of its fuses in the executable. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const KNOWN = Object.keys(fuses).length;

interface Wire {
  /** Number of fuses, all as Electron ships them. */
  readonly length?: number;
  /** A fuse that Electron has withdrawn. */
  readonly withdrawn?: number;
  readonly version?: number;
  readonly copies?: number;
}

/** A file with a fuse wire in it, as in Electron's executable. */
async function executable(wire: Wire = {}): Promise<string> {
  const { length = KNOWN, withdrawn, version = 1, copies = 1 } = wire;
  const states = Array.from({ length }, (_, index) =>
    index === withdrawn ? FuseState.REMOVED : FuseState.ENABLE,
  );
  const one = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([version, length, ...states])]);
  const parts = Array.from({ length: copies }, () => [Buffer.alloc(999, 7), one]).flat();
  const file = join(await temporaryFolder(), 'gatehouse');
  await writeFile(file, Buffer.concat([...parts, Buffer.alloc(999, 7)]));
  return file;
}

const states = async (file: string) => {
  const content = await readFile(file);
  const start = content.indexOf(SENTINEL) + SENTINEL.length + 2;
  return [...content.subarray(start, start + KNOWN)].map((byte) => String.fromCharCode(byte));
};

/** electron-builder's context after packing that executable on Linux. */
const packed = (file: string, ...targets: string[]) =>
  ({
    appOutDir: join(file, '..'),
    electronPlatformName: 'linux',
    targets: targets.map((name) => ({ name })),
    packager: {
      appInfo: { productFilename: 'Gatehouse' },
      executableName: 'gatehouse',
      getResourcesDir: (folder: string) => join(folder, 'resources'),
    },
  }) as unknown as AfterPackContext;

describe('Electron’s executable', () => {
  test('gets every fuse as decided, and keeps it', async () => {
    const file = await executable();
    await afterPack(packed(file, 'AppImage', 'deb'));
    // In the order of the wire: Node off, cookies encrypted, NODE_OPTIONS off, inspecting off, archive checked, archive
    // only, no snapshot, no file privileges, WebAssembly traps as Electron has them.
    expect((await states(file)).join('')).toBe('010011001');
    await checkFuses(file);
  });

  test.each(Object.keys(fuses).map(Number))(
    'fails the build when fuse %i is not as decided',
    async (index) => {
      const file = await executable();
      await setFuses(file);
      const content = await readFile(file);
      const at = content.indexOf(SENTINEL) + SENTINEL.length + 2 + index;
      content[at] = content[at] === FuseState.ENABLE ? FuseState.DISABLE : FuseState.ENABLE;
      await writeFile(file, content);
      await expect(checkFuses(file)).rejects.toThrow(`${FuseV1Options[index]} is`);
    },
  );

  test('fails the build when it has a fuse nobody has decided about', async () => {
    await expect(setFuses(await executable({ length: KNOWN + 1 }))).rejects.toThrow(
      /strictlyRequireAllFuses/,
    );
  });

  test('fails the build when it lacks one, or has withdrawn one', async () => {
    await expect(setFuses(await executable({ length: KNOWN - 1 }))).rejects.toThrow(/not long enough/);
    await expect(setFuses(await executable({ withdrawn: FuseV1Options.RunAsNode }))).rejects.toThrow(
      'Electron no longer has: RunAsNode',
    );
  });

  test('fails the build when there is no wire, a newer one, or more than can be read back', async () => {
    await expect(setFuses(await executable({ copies: 0 }))).rejects.toThrow(/Could not find sentinel/);
    await expect(setFuses(await executable({ version: 2 }))).rejects.toThrow(/fuse wire version/);
    await expect(setFuses(await executable({ copies: 2 }))).rejects.toThrow('2 fuse wires');
  });
});

describe('the stand-in', () => {
  async function standIn(): Promise<string> {
    const folder = await temporaryFolder();
    const made = await makeDist(folder);
    const file = join(folder, 'gatehouse');
    await writeFile(file, await readFile(made));
    return file;
  }

  test('says itself what it is, and has no fuses to set', async () => {
    const file = await standIn();
    expect(await isStandIn(file)).toBe(true);
    await afterPack(packed(file, 'dir'));
  });

  test('is never made into a package that could be shipped', async () => {
    await expect(afterPack(packed(await standIn(), 'AppImage'))).rejects.toThrow('never shipped');
    await expect(afterPack(packed(await standIn(), 'dir', 'tar.gz'))).rejects.toThrow('never shipped');
  });

  test('excuses nobody else: any other script or executable without a wire fails', async () => {
    const file = join(await temporaryFolder(), 'gatehouse');
    for (const content of ['#!/bin/sh\nexec node "$@"\n', '', 'Stand-in, not Electron']) {
      await writeFile(file, content);
      await expect(afterPack(packed(file, 'dir'))).rejects.toThrow(/Could not find sentinel/);
    }
    await mkdir(join(file, '..', 'resources'), { recursive: true });
    await writeFile(join(file, '..', 'STAND-IN'), '');
    await expect(afterPack(packed(file, 'dir'))).rejects.toThrow(/Could not find sentinel/);
  });
});
