import type { AppUpdater, ProgressInfo, UpdateInfo } from 'electron-updater';
import type { UpdateWay } from '../../shared/domain/update.ts';
import type { UpdateSource } from '../ports.ts';
import { releaseNotesAsText } from './release-notes.ts';

/** In place of the identifier the library would make up for this installation and send with each question. */
const NOBODY = '00000000-0000-5000-8000-000000000000';

/**
 * Newer versions by electron-updater, which checks each platform's signature or, for an AppImage, the checksum
 * its feed names. It is loaded when it is first needed, fetches and installs nothing by itself, and tells the
 * update's host nothing about this installation but its version's platform.
 */
export function updateSource(way: UpdateWay): UpdateSource {
  let loaded: Promise<AppUpdater> | null = null;
  const updater = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    way,
    async check() {
      const result = await (await updater()).checkForUpdates();
      if (!result?.isUpdateAvailable) return null;
      const { version, releaseNotes } = result.updateInfo;
      return { version, notes: releaseNotesAsText(notesOf(releaseNotes)) };
    },
    async download(progress) {
      const current = await updater();
      const told = ({ percent }: ProgressInfo) => progress(percent);
      current.on('download-progress', told);
      try {
        await current.downloadUpdate();
      } finally {
        current.off('download-progress', told);
      }
    },
    install() {
      // Without a question of the installer's, and the new version starts.
      void updater().then((current) => current.quitAndInstall(true, true));
    },
  };
}

async function load(): Promise<AppUpdater> {
  const { autoUpdater } = await import('electron-updater');
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.allowDowngrade = false;
  autoUpdater.allowPrerelease = false;
  autoUpdater.fullChangelog = false;
  autoUpdater.logger = null;
  Object.assign(autoUpdater, { stagingUserIdPromise: { value: Promise.resolve(NOBODY) } });
  // Failures come as rejections too; without a listener the event would be thrown.
  autoUpdater.on('error', () => undefined);
  return autoUpdater;
}

function notesOf(notes: UpdateInfo['releaseNotes']): string | null {
  if (typeof notes === 'string') return notes;
  return notes?.map(({ version, note }) => `${version}\n${note ?? ''}`).join('\n\n') || null;
}
