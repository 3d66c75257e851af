import { registerHooks } from 'node:module';

const standIn = new URL('./electron.ts', import.meta.url).href;

/** Makes `import … from 'electron'` and `require('electron')` mean the stand-in, wherever in the app they are. */
export function provideElectron(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'electron' || specifier === 'electron/main' || specifier === 'electron/common') {
        return { url: standIn, format: 'module-typescript', shortCircuit: true };
      }
      // Electron's own file system module, without archives in it.
      if (specifier === 'original-fs') return next('node:fs', context);
      return next(specifier, context);
    },
  });
}
