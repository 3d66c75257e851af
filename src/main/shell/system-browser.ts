import type { Shell } from 'electron';
import type { SystemBrowser } from '../ports.ts';

/**
 * The person's own browser. The last door before the operating system, which would also run what other schemes name:
 * it lets `https:` through, and `http:` to this computer, whoever asks and whatever was checked before.
 */
export function systemBrowser(shell: Pick<Shell, 'openExternal'>): SystemBrowser {
  return {
    async open(url) {
      const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) {
        throw new Error(`Refused to open a ${url.protocol} address`);
      }
      await shell.openExternal(url.href);
    },
  };
}
