import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Deletes files and folders of ours, with the copies and left-overs beside them (set aside, half-written).
 * Everything else in the folder is somebody else's and stays.
 * @param folder absolute path of the user data folder
 * @param names names of ours in it
 * @returns what is still there afterwards: nothing, unless the file system refused
 */
export async function eraseFiles(folder: string, names: readonly string[]): Promise<string[]> {
  const ours = async () => {
    const present = await readdir(folder).catch(() => []);
    return present.filter((one) => names.some((name) => one === name || one.startsWith(`${name}.`)));
  };
  for (const name of await ours()) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
  return ours();
}
