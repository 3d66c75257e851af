import type { App } from 'electron';
import { appIdentity } from '../../shared/app-identity.ts';
import { type KnownDeepLink, linkAmongArguments, parseDeepLink } from '../../shared/deep-link.ts';

/** Links that wait at most until somebody listens; more within one start are a page playing with us. */
const WAITING_LIMIT = 16;

/**
 * Collects links of our scheme from wherever the system hands them over: the arguments of a cold start
 * (Windows, Linux), a second instance, or `open-url` (macOS, also before ready). What arrives before
 * somebody listens waits its turn; what is not understood is dropped at once.
 */
export class DeepLinks {
  readonly #waiting: KnownDeepLink[] = [];
  #listener: ((link: KnownDeepLink) => void) | null = null;

  /** Starts collecting. Must run before the app is ready: macOS hands over the first link early. */
  constructor(app: Pick<App, 'on'>, argv: readonly string[]) {
    app.on('open-url', (event, link) => {
      event.preventDefault();
      this.#take(link);
    });
    app.on('second-instance', (_event, secondArgv) => this.#takeArguments(secondArgv));
    this.#takeArguments(argv);
  }

  /** Hands over what waited, then everything that comes. */
  listen(listener: (link: KnownDeepLink) => void): void {
    this.#listener = listener;
    for (const link of this.#waiting.splice(0)) listener(link);
  }

  #takeArguments(argv: readonly string[]): void {
    const link = linkAmongArguments(argv);
    if (link !== null) this.#take(link);
  }

  #take(text: string): void {
    const link = parseDeepLink(text);
    if (link.kind === 'unknown') return;
    if (this.#listener) this.#listener(link);
    else if (this.#waiting.length < WAITING_LIMIT) this.#waiting.push(link);
  }
}

/** How the system starts this app with a link. */
export interface LinkCommand {
  /** Absolute path of the program. */
  readonly program: string;
  /** Arguments before the link. */
  readonly args: readonly string[];
}

/** The command a link is handed to. In development the app's folder is part of it. */
export function linkCommand(app: Pick<App, 'isPackaged' | 'getAppPath'>, execPath: string): LinkCommand {
  // `--` ends the switches, so that a link can never become one.
  return { program: execPath, args: app.isPackaged ? ['--'] : [app.getAppPath(), '--'] };
}

/** Makes this app the one the operating system hands our scheme to. */
export function registerScheme(app: Pick<App, 'setAsDefaultProtocolClient'>, command: LinkCommand): boolean {
  return app.setAsDefaultProtocolClient(appIdentity.scheme, command.program, [...command.args]);
}

/** Whether the operating system hands our scheme to this app. */
export function isSchemeHandler(app: Pick<App, 'isDefaultProtocolClient'>, command: LinkCommand): boolean {
  return app.isDefaultProtocolClient(appIdentity.scheme, command.program, [...command.args]);
}
