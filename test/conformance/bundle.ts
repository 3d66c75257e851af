import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Bundles the client: loading the sources one by one takes most of a second of processor time, and a run
 * starts it sixty times.
 * @returns the path of the program
 */
export async function bundleClient(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL('./client.ts', import.meta.url)),
      outDir: join(folder, 'client'),
      emptyOutDir: true,
      target: 'node22',
      rollupOptions: { output: { entryFileNames: 'client.js' } },
    },
  });
  return join(folder, 'client', 'client.js');
}
