import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App, Dialog } from 'electron';
import { failure } from '../../shared/problems.ts';
import type { FileSaver } from '../ports.ts';

/** Asks with the system's own dialog. The name is a suggestion: the person sees and may change where the file goes. */
export function fileSaver(dialog: Pick<Dialog, 'showSaveDialog'>, app: Pick<App, 'getPath'>): FileSaver {
  return {
    async save(suggestedName, content) {
      const { canceled, filePath } = await dialog.showSaveDialog({
        defaultPath: join(app.getPath('downloads'), harmlessFileName(suggestedName)),
      });
      if (canceled || !filePath) return 'cancelled';
      try {
        await writeFile(filePath, content);
      } catch (error) {
        throw failure(
          'file-not-saved',
          { reason: (error as NodeJS.ErrnoException).code ?? 'unknown' },
          null,
          error,
        );
      }
      return 'saved';
    },
  };
}

const NAME_LIMIT = 100;

/** A name that is one path segment on every system: no separators, no control or direction characters, no device name. */
export function harmlessFileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"/\\|?*]/gu, '-')
    .replace(/^[. -]+|[. ]+$/g, '');
  const short = [...plain].slice(-NAME_LIMIT).join('');
  if (short === '') return 'file';
  // Windows keeps these names for devices, whatever follows the first dot.
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `-${short}` : short;
}
