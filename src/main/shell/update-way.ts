import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpdateWay } from '../../shared/domain/update.ts';

export interface Installation {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the folder with what was packed beside the app. */
  readonly resourcesPath: string;
}

/**
 * How newer versions come to this installation. Gatehouse installs them itself only where it knows from where,
 * and where something besides the download's address tells that they are its maker's.
 */
export async function updateWay({
  isPackaged,
  platform,
  environment,
  resourcesPath,
}: Installation): Promise<UpdateWay> {
  if (!isPackaged) return 'development';
  const packed = (name: string) => readFile(join(resourcesPath, name), 'utf8').catch(() => null);
  const [packageType, feed] = await Promise.all([packed('package-type'), packed('app-update.yml')]);
  if (platform === 'linux' && !environment.APPIMAGE) {
    return packageType === null ? 'download' : 'package-manager';
  }
  if (feed === null || environment.PORTABLE_EXECUTABLE_FILE) return 'download';
  // Without a publisher to compare with, the signature of an installer for Windows would not be looked at.
  if (platform === 'win32' && !/^publisherName:/m.test(feed)) return 'download';
  return 'itself';
}
