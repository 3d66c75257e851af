import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { contextBridgeEnd } from './context-bridge.ts';
import { isolatedWorld } from './isolated-world.ts';
import { mainWorld } from './main-world.ts';
import { structuredCloneWire } from './structured-clone-wire.ts';

export const isolatedWorldName = 'Electron Isolated Context';
export const bindingName = '__standInTell';
export const receiverName = '__standInReceive';

const wire = `(${structuredCloneWire})()`;

/** The script for the page's world. It has to be registered before {@link isolatedWorldScript}, whose greeting it awaits. */
export function mainWorldScript(handshake: string): string {
  return `(${mainWorld})(${wire}, ${contextBridgeEnd}, ${JSON.stringify(handshake)});`;
}

/**
 * The script for the isolated world, with the app's preload script in it.
 *
 * @throws when the preload script cannot be read or is no JavaScript
 */
export function isolatedWorldScript(
  handshake: string,
  preloadPath: string | undefined,
  process: Record<string, unknown>,
): string {
  const settings = JSON.stringify({ bindingName, receiverName, handshake, process });
  let preload = 'null';
  if (preloadPath) {
    const source = `function (require, process, global, module, exports) {${readFileSync(preloadPath, 'utf8')}\n}`;
    new Script(`(${source})`, { filename: preloadPath });
    preload = `{ path: ${JSON.stringify(preloadPath)}, run: ${source} }`;
  }
  return [
    `(${isolatedWorld})(${wire}, ${contextBridgeEnd}, { ...${settings}, preload: ${preload} });`,
    preloadPath ? `//# sourceURL=file://${preloadPath}` : '',
  ].join('\n');
}
