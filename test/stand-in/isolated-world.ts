import type { contextBridgeEnd } from './context-bridge.ts';
import type { structuredCloneWire } from './structured-clone-wire.ts';

/** What a page's document tells the main process. */
export type FromDocument =
  | { type: 'invoke'; id: number; channel: string; args: unknown[] }
  | { type: 'send'; channel: string; args: unknown[] }
  | { type: 'ask-permission'; id: number; permission: string; mediaTypes: string[] }
  | { type: 'leave'; url: string }
  | { type: 'open-window'; url: string; frameName: string; features: string }
  | { type: 'preload-failed'; message: string; stack: string };

/** What the main process tells a page's document. */
export type ToDocument =
  | { type: 'reply'; id: number; result: unknown }
  | { type: 'failure'; id: number; message: string }
  | { type: 'event'; channel: string; args: unknown[] };

export interface WorldSettings {
  bindingName: string;
  receiverName: string;
  handshake: string;
  preload: { path: string; run: PreloadFunction } | null;
  process: Record<string, unknown>;
}

type PreloadFunction = (
  require: (name: string) => unknown,
  process: Record<string, unknown>,
  global: typeof globalThis,
  module: { exports: object },
  exports: object,
) => void;

/**
 * The isolated world: what a sandboxed preload script finds, and the only way from a document to the main process.
 *
 * Injected as source text: it must not refer to anything outside itself.
 */
export function isolatedWorld(
  wire: ReturnType<typeof structuredCloneWire>,
  makeBridge: typeof contextBridgeEnd,
  settings: WorldSettings,
): void {
  const world = globalThis as unknown as Record<string, unknown>;
  const post = world[settings.bindingName] as (text: string) => void;
  delete world[settings.bindingName];
  const tell = (message: FromDocument): void => post(wire.encode(message));

  let lastId = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, { listener: (...args: unknown[]) => void; once: boolean }[]>();

  const deliver = (channel: string, args: unknown[]): boolean => {
    const current = listeners.get(channel) ?? [];
    for (const entry of [...current]) {
      if (entry.once) ipcRenderer.removeListener(channel, entry.listener);
      try {
        entry.listener({ sender: ipcRenderer, senderId: 0, ports: [] }, ...args);
      } catch (error) {
        // One listener's failure is the page's uncaught error, not the end of the others.
        reportError(error);
      }
    }
    return current.length > 0;
  };

  const add = (channel: string, listener: (...args: unknown[]) => void, once: boolean) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  };

  const ipcRenderer = {
    on: (channel: string, listener: () => void) => add(channel, listener, false),
    addListener: (channel: string, listener: () => void) => add(channel, listener, false),
    once: (channel: string, listener: () => void) => add(channel, listener, true),
    off: (channel: string, listener: () => void) => ipcRenderer.removeListener(channel, listener),
    removeListener(channel: string, listener: (...args: unknown[]) => void) {
      const current = listeners.get(channel) ?? [];
      const at = current.findLastIndex((entry) => entry.listener === listener);
      if (at >= 0) listeners.set(channel, current.toSpliced(at, 1));
      return ipcRenderer;
    },
    removeAllListeners(channel?: string) {
      if (channel === undefined) listeners.clear();
      else listeners.delete(channel);
      return ipcRenderer;
    },
    listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
    send(channel: string, ...args: unknown[]) {
      if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
      tell({ type: 'send', channel, args });
    },
    async invoke(channel: string, ...args: unknown[]) {
      if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
      const id = ++lastId;
      tell({ type: 'invoke', id, channel, args });
      return await new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
  };

  Object.defineProperty(world, settings.receiverName, {
    value: (text: string) => {
      const message = wire.decode(text) as ToDocument;
      if (message.type === 'event') {
        deliver(message.channel, message.args);
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'reply') call?.resolve(message.result);
      else call?.reject(new Error(message.message));
    },
  });

  // A DOM event can carry an event target from world to world; the page has no script yet that could listen in.
  const channel = new EventTarget();
  dispatchEvent(new MouseEvent(settings.handshake, { relatedTarget: channel }));
  const bridge = makeBridge(wire, channel, 'isolated', 'main', () => {});
  bridge.expose(settings.handshake, {
    askPermission: (permission: string, mediaTypes: string[]) => {
      const id = ++lastId;
      tell({ type: 'ask-permission', id, permission, mediaTypes });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    openWindow: (url: string, frameName: string, features: string) =>
      tell({ type: 'open-window', url, frameName, features }),
  });

  // Chromium would ask a person whether to hand such an address to the system, in a dialog that then swallows input; in
  // Electron that question is the app's.
  globalThis.navigation?.addEventListener('navigate', (event) => {
    const { url } = event.destination;
    if (!event.cancelable || /^(https?|file|blob|data|about|javascript):/i.test(url)) return;
    event.preventDefault();
    tell({ type: 'leave', url });
  });

  // Electron runs the preload script in the main frame only, unless nodeIntegrationInSubFrames is set.
  if (!settings.preload || window.top !== window) return;
  const electron = {
    contextBridge: {
      exposeInMainWorld(key: string, api: unknown) {
        bridge.expose(key, api);
      },
    },
    ipcRenderer,
    webFrame: {
      setZoomFactor: (factor: number) => document.documentElement?.style.setProperty('zoom', String(factor)),
      getZoomFactor: () => Number(document.documentElement?.style.getPropertyValue('zoom') || 1),
    },
  };
  const requireInPreload = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    settings.preload.run(requireInPreload, settings.process, globalThis, module, module.exports);
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    console.error(`Unable to load preload script: ${settings.preload.path}`);
    console.error(stack);
    tell({ type: 'preload-failed', message, stack });
  }
}
