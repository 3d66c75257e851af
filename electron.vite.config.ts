import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { recordPackages } from './scripts/bundled-packages.ts';

// Everything the app needs is bundled; the package holds no node_modules.
export default defineConfig({
  main: {
    plugins: [recordPackages('main', import.meta.dirname)],
    build: {
      externalizeDeps: false,
      rollupOptions: { input: 'src/main/index.ts', output: { format: 'es' }, external: ['electron'] },
    },
  },
  preload: {
    plugins: [recordPackages('preload', import.meta.dirname)],
    build: {
      externalizeDeps: false,
      // A sandboxed preload script must be CommonJS.
      rollupOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
        external: ['electron'],
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    build: {
      minify: true,
      // Files of this machine are there at once; asking for each of them beforehand costs more than it saves.
      modulePreload: false,
      rollupOptions: { input: 'src/renderer/index.html' },
    },
    plugins: [react(), recordPackages('renderer', import.meta.dirname)],
  },
});
