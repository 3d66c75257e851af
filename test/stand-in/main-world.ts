import type { contextBridgeEnd } from './context-bridge.ts';
import type { structuredCloneWire } from './structured-clone-wire.ts';

interface Questions {
  askPermission(permission: string, mediaTypes: string[]): Promise<boolean>;
  openWindow(url: string, frameName: string, features: string): void;
}

/**
 * The page's own world, before its first script: the far end of the context bridge, and those of the platform's functions that ask the
 * main process first.
 *
 * Injected as source text: it must not refer to anything outside itself.
 */
export function mainWorld(
  wire: ReturnType<typeof structuredCloneWire>,
  makeBridge: typeof contextBridgeEnd,
  handshake: string,
): void {
  const world = globalThis as unknown as Record<string, unknown>;
  const { apply } = Reflect;
  let questions: Questions | undefined;

  addEventListener(
    handshake,
    (event) => {
      event.stopImmediatePropagation();
      const channel = (event as MouseEvent).relatedTarget;
      if (!channel) return;
      makeBridge(wire, channel, 'main', 'isolated', (key, api) => {
        if (key === handshake) {
          questions = api as Questions;
          return;
        }
        if (key in world)
          throw new Error('Cannot bind an API on top of an existing property on the window object');
        Object.defineProperty(world, key, {
          value: api,
          enumerable: true,
          configurable: false,
          writable: false,
        });
      });
    },
    { once: true, capture: true },
  );

  const replace = (
    holder: object | undefined,
    name: string,
    make: (native: (...args: unknown[]) => unknown) => unknown,
  ) => {
    const native = holder && (holder as Record<string, unknown>)[name];
    if (holder && typeof native === 'function') {
      const descriptor = Object.getOwnPropertyDescriptor(holder, name) ?? {
        configurable: true,
        enumerable: true,
        writable: true,
      };
      Object.defineProperty(holder, name, {
        ...descriptor,
        value: make(native as (...args: unknown[]) => unknown),
      });
    }
  };

  const { URL: Address } = globalThis;
  replace(globalThis, 'open', (native) => {
    return function open(this: unknown, url: unknown = '', target: unknown = '', features: unknown = '') {
      const name = String(target);
      const existing = (window.frames as unknown as Record<string, Window | undefined>)[name];
      if (/^_(self|parent|top)$/i.test(name) || (name && existing?.window === existing && existing)) {
        return apply(native, this ?? globalThis, [url, target, features]);
      }
      const address = String(url) === '' ? 'about:blank' : new Address(String(url), document.baseURI).href;
      questions?.openWindow(address, name === '_blank' ? '' : name, String(features));
      return null;
    };
  });

  const ask = async (permission: string, mediaTypes: string[] = []): Promise<void> => {
    await questions?.askPermission(permission, mediaTypes);
  };
  const askFirst = (holder: object | undefined, name: string, permission: string) => {
    replace(
      holder,
      name,
      (native) =>
        async function (this: unknown, ...args: unknown[]) {
          await ask(permission);
          return apply(native, this, args);
        },
    );
  };
  askFirst(globalThis.Notification, 'requestPermission', 'notifications');
  askFirst(globalThis.Clipboard?.prototype, 'readText', 'clipboard-read');
  askFirst(globalThis.Clipboard?.prototype, 'read', 'clipboard-read');
  askFirst(globalThis.Navigator?.prototype, 'requestMIDIAccess', 'midi');
  askFirst(globalThis.StorageManager?.prototype, 'persist', 'persistent-storage');
  replace(globalThis.MediaDevices?.prototype, 'getUserMedia', (native) => {
    return async function getUserMedia(
      this: unknown,
      constraints: { audio?: unknown; video?: unknown } = {},
    ) {
      const mediaTypes = [...(constraints.audio ? ['audio'] : []), ...(constraints.video ? ['video'] : [])];
      await ask('media', mediaTypes);
      return apply(native, this, [constraints]);
    };
  });
  replace(globalThis.Geolocation?.prototype, 'getCurrentPosition', (native) => {
    return function getCurrentPosition(this: unknown, ...args: unknown[]) {
      void ask('geolocation').then(() => apply(native, this, args));
    };
  });
}
