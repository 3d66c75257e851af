import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Makes one file of the client. The suite starts forty clients at once and gives each 30 s; loading the
 * sources one by one takes each of them most of a second of processor time.
 * @returns the path of the file
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
      rollupOptions: { output: { entryFileNames: 'client.js', codeSplitting: false } },
    },
  });
  return join(folder, 'client', 'client.js');
}
