import { app } from './app.ts';
import { addCustomScheme } from './scheme-urls.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/** The `protocol` module of one session. */
export class Protocol implements Pick<Electron.Protocol, 'handle' | 'unhandle' | 'isProtocolHandled'> {
  #handlers = new Map<string, Handler>();

  handle(scheme: string, handler: Handler): void {
    if (!app.isReady()) throw new Error('protocol.handle can only be used after the app is ready');
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    addCustomScheme(scheme);
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  /** Whoever answers for a scheme in this session. */
  handlerFor(scheme: string): Handler | undefined {
    return this.#handlers.get(scheme);
  }
}

/** Only the module has this; a session's protocol does not. */
export function registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
  if (app.isReady())
    throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
  for (const { scheme } of schemes) addCustomScheme(scheme);
}
