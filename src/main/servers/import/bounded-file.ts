import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export type BoundedFile =
  | { kind: 'text'; text: string }
  | { kind: 'absent' }
  | { kind: 'too-large' }
  /** `reason`: the system's name for it. */
  | { kind: 'unreadable'; reason: string };

/**
 * Reads a file of somebody else, to `limit` bytes at most. Opened for reading only; whatever is no file, such as a
 * pipe that nobody writes to, is not waited for.
 */
export async function readBoundedFile(path: string, limit: number): Promise<BoundedFile> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (!stats.isFile()) return { kind: 'unreadable', reason: 'no file' };
    if (stats.size > limit) return { kind: 'too-large' };
    // It may grow while it is read.
    const bytes = Buffer.alloc(limit + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length, null));
    }
    return length > limit ? { kind: 'too-large' } : { kind: 'text', text: bytes.toString('utf8', 0, length) };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'read failed';
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', reason };
  } finally {
    await file?.close();
  }
}
